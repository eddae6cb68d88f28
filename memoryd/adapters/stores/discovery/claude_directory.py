"""Contents of a `.claude` directory, the user's or a project's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from memoryd import beneath
from memoryd.adapters.stores.discovery.disk import (
    entries,
    is_dir,
    is_link,
    is_own_dir,
    listed,
    whole,
)
from memoryd.adapters.stores.discovery.places import Item, Places, left
from memoryd.domain.agents.definition import AgentDefinition
from memoryd.domain.agents.roster import Switch
from memoryd.domain.markdown import frontmatter
from memoryd.domain.stores.claude_code import (
    read_settings,
)
from memoryd.domain.stores.store import CONTAINERS, Store, agent_store, auto_store, working_directory
from memoryd.domain.trust import Escape, SkippedPath

_ONLY_AGENTS = {"model", "tools", "color", "memory"}  # keys of front matter
_FILE_BYTES = 1024 * 1024  # of the user's settings, and of a definition
_SETTINGS_BYTES = 64 * 1024  # of a repository's settings


def claude_directory(places: Places, directory: str) -> Iterator[Item]:
    """Yield agents' stores, definitions, and the auto memory that settings move elsewhere."""
    found, problem = listed(directory)
    if problem:
        yield SkippedPath(directory, problem)
    if not found:
        return
    user = places.is_configuration(directory)
    base = directory if user else working_directory(directory)
    within = beneath.ANYWHERE if user else places.bound(base)
    if outside := left(directory, within):
        yield outside
        return
    for entry in found:
        if entry.name not in {*CONTAINERS, "agents", "settings.json", "settings.local.json"}:
            continue
        if is_link(entry) and (outside := left(entry.path, within)):
            yield outside
        elif entry.name in CONTAINERS:
            yield from _agent_stores(entry.path, within, user=user)
        elif entry.name == "agents":
            yield from _definitions(entry.path, base, within, user=user)
        else:
            yield from _settings(places, entry.path, base, within)


def _agent_stores(container: str, within: str, *, user: bool) -> Iterator[Item]:
    found, problem = listed(container)
    if problem:
        yield SkippedPath(container, problem)
    for entry in found:
        # the client makes no directory with a dot in its name
        if entry.name.startswith("."):
            continue
        if is_link(entry) and (outside := left(entry.path, within)):
            yield outside
        elif is_dir(entry):
            yield encodable(agent_store(entry.path, user=user, within=within))


def encodable(store: Store) -> Store | SkippedPath:
    """Return a store, unless its path is not UTF-8: it could not be recorded or shown."""
    try:
        store.root.encode()
    except UnicodeEncodeError:
        return SkippedPath(store.root, "is not a store: its name is not UTF-8")
    return store


def _settings(places: Places, path: str, base: str, within: str) -> Iterator[Item]:
    """Yield what a settings file says of memory: on or off, the directory to which auto memory moves.

    The home directory as a whole is never a store, whatever the settings of a cloned repository say.
    """
    user = places.is_configuration(base)
    try:
        source = whole(path, within, _FILE_BYTES if user else _SETTINGS_BYTES)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        yield SkippedPath(path, _reason(error))
        return
    settings = read_settings(source, str(places.home))
    if settings.problem:
        yield SkippedPath(path, settings.problem)
    if settings.memory is not None:
        yield Switch(path, base, user, settings.memory, source)
    if not settings.directory:
        return
    if outside := left(settings.directory, within):
        known = isinstance(outside, Escape)
        yield Escape(path, settings.written, within, source) if known else replace(outside, path=path)
        return
    root = Path(settings.directory)
    if ".git" in root.parts:
        yield SkippedPath(path, "autoMemoryDirectory is inside a .git directory, and is not followed")
    elif not (places.is_around_home(root) or places.is_around_configuration(root)) and is_dir(root):
        store = auto_store(str(root), "" if user else base, root.name)
        yield encodable(replace(store, within=within))


def _reason(error: OSError | ValueError) -> str:
    return f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)


def _definitions(agents: str, base: str, within: str, *, user: bool) -> Iterator[Item]:
    """Yield the agents defined below a directory: its Markdown files with front matter."""
    pending = [agents]
    while pending:
        directory = pending.pop()
        found, problem = listed(directory)
        if problem:
            yield SkippedPath(directory, problem)
        if directory.count("/") - agents.count("/") > beneath.MOST_DEPTH:
            yield SkippedPath(
                directory, f"is more than {beneath.MOST_DEPTH} directories deep, and is not read"
            )
            continue
        for entry in found:
            if is_own_dir(entry):
                pending.append(entry.path)
            elif entry.name.endswith(".md"):
                if is_link(entry) and (outside := left(entry.path, within)):
                    yield outside
                else:
                    yield from _definition(entry.path, base, within, user=user)


def loose_definitions(places: Places, path: Path) -> Iterator[Item]:
    """Yield the agents that a file, or the files of a directory, define wherever they are: in a plugin, say.

    Name and description alone are what a topic file has too.
    """
    base = str(path if is_dir(path) else path.parent)
    within = places.bound(base)
    for file in sorted(each.path for each in entries(str(path))) if is_dir(path) else [str(path)]:
        if file.endswith(".md"):
            for each in _definition(file, str(Path(file).parent), within, user=False, only_agents=True):
                if isinstance(each, AgentDefinition):
                    yield each


def _definition(
    path: str, base: str, within: str, *, user: bool, only_agents: bool = False
) -> Iterator[AgentDefinition | SkippedPath]:
    """Yield the agent that a file defines; none without front matter."""
    try:
        source = whole(path, within, _FILE_BYTES)
        path.encode()
    except FileNotFoundError:
        return
    except UnicodeEncodeError:
        yield SkippedPath(path, "is not read: its name is not UTF-8")
        return
    except (OSError, ValueError) as error:
        yield SkippedPath(path, _reason(error))
        return
    front_matter = frontmatter.read(source.decode(errors="replace").encode())
    fields = front_matter.fields if front_matter else {}
    if front_matter and (
        not only_agents or ({"name", "description"} <= fields.keys() and fields.keys() & _ONLY_AGENTS)
    ):
        name = fields.get("name") or Path(path).stem
        yield AgentDefinition(path, base, user, name, fields.get("memory", ""), within)
