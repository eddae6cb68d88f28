"""What lies in a directory named `.claude`, the user's or a project's."""

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from memoryd.adapters.stores.discovery.disk import ends, entries, is_dir, is_own_dir
from memoryd.adapters.stores.discovery.places import Item, Places
from memoryd.domain.agents.definition import AgentDefinition
from memoryd.domain.agents.roster import Switch
from memoryd.domain.markdown import frontmatter
from memoryd.domain.stores.claude_code import (
    auto_memory_directory,
    client_version,
    memory_switch,
    project_of,
    session_directories,
)
from memoryd.domain.stores.store import CONTAINERS, Store, agent_store, auto_store, working_directory

_ONLY_AGENTS = {"model", "tools", "color", "memory"}  # keys of front matter
_FILE_BYTES = 1024 * 1024  # no settings file and no definition is larger
_MODIFIED = 3  # of a signature
_RECORD_BYTES = 64 * 1024  # of each end of a session's records, which may be many megabytes


def claude_directory(places: Places, directory: str) -> Iterator[Item]:
    """Agents' stores, definitions, and the auto memory that settings move elsewhere."""
    user = places.is_configuration(directory)
    base = directory if user else working_directory(directory)
    for entry in entries(directory):
        if entry.name in CONTAINERS:
            for store in entries(entry.path):
                # the client makes no directory with a dot in its name
                if not store.name.startswith(".") and is_dir(store):
                    yield agent_store(store.path, user=user)
        elif entry.name == "agents":
            yield from _definitions(entry.path, base, user=user)
        elif entry.name in {"settings.json", "settings.local.json"}:
            yield from _settings(places, entry.path, base, user=user)


def sessions(places: Places) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each project that the client knows: its slug's path, and the directories its records name."""
    for entry in entries(str(places.claude_dir / "projects")):
        if is_dir(entry):
            yield entry.path, working_directories(entry.path)


def working_directories(slug: str) -> tuple[str, ...]:
    """The working directories that the session records of one project name."""
    found: dict[str, None] = {}
    for entry in entries(slug):
        if entry.name.endswith(".jsonl"):
            found.update(dict.fromkeys(_named_in(entry.path, *_signature(entry))))
    return tuple(found)


@lru_cache(100_000)  # a daemon asks every minute, and of most projects nothing changes any more
def _named_in(path: str, *_signature: int) -> tuple[str, ...]:
    """The working directories that one session record names."""
    found: dict[str, None] = {}
    for number, piece in enumerate(ends(path, _RECORD_BYTES)):
        # the second piece begins within a line
        records = piece[piece.find(b"\n") + 1 :] if number else piece
        found.update(dict.fromkeys(session_directories(records)))
    return tuple(found)


def _signature(entry: os.DirEntry[str]) -> tuple[int, ...]:
    try:
        status = entry.stat()
    except OSError:
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def auto_memory(slug: str, directories: Iterable[str]) -> Store:
    """The auto memory beside the session records of a project."""
    name = slug.rpartition("/")[2]
    return auto_store(f"{slug}/memory", project_of(name, directories), name, _client_in(slug)[1])


def newest_client(places: Places) -> str:
    """Return the version of Claude Code that the newest session record of all names, or ""."""
    projects = (entry.path for entry in entries(str(places.claude_dir / "projects")) if is_dir(entry))
    return max(map(_client_in, projects), default=(0, ""))[1]


def _client_in(slug: str) -> tuple[int, str]:
    """Return when the newest session record of a project was written, in nanoseconds, and its version."""
    records = [
        (signature[_MODIFIED], entry.path, signature)
        for entry in entries(slug)
        if entry.name.endswith(".jsonl") and (signature := _signature(entry))
    ]
    if not records:
        return 0, ""
    modified, path, signature = max(records)
    return modified, _version_in(path, *signature)


@lru_cache(100_000)
def _version_in(path: str, *_signature: int) -> str:
    """Return the version of the client that one session record names last, or ""."""
    pieces = ends(path, _RECORD_BYTES)
    return next(filter(None, map(client_version, reversed(pieces))), "")


def _settings(places: Places, path: str, base: str, *, user: bool) -> Iterator[Item]:
    """What a settings file says of memory: that it is on or off, the directory to which auto memory moves.

    The home directory as a whole is never a store, whatever the settings of a cloned repository say.
    """
    for source in ends(path, _FILE_BYTES)[:1]:
        on = memory_switch(source)
        if on is not None:
            yield Switch(path, base, user, on, source)
        root = Path(auto_memory_directory(source, str(places.home)))
        if not root.is_absolute() or places.is_around_home(root) or places.is_around_configuration(root):
            continue
        if is_dir(root):
            yield auto_store(str(root), "" if user else base, root.name)


def _definitions(agents: str, base: str, *, user: bool) -> Iterator[AgentDefinition]:
    """The agents defined below a directory: its Markdown files with front matter."""
    pending = [agents]
    while pending:
        for entry in entries(pending.pop()):
            if is_own_dir(entry):
                pending.append(entry.path)
            elif entry.name.endswith(".md"):
                for source in ends(entry.path, _FILE_BYTES)[:1]:
                    yield from _definition(entry.path, source, base, user=user)


def loose_definitions(path: Path) -> Iterator[AgentDefinition]:
    """The agents that a file, or the files of a directory, define wherever they lie: of a plugin, a template.

    Name and description alone are what a topic file has too.
    """
    for file in sorted(each.path for each in entries(str(path))) if is_dir(path) else [str(path)]:
        if file.endswith(".md"):
            for source in ends(file, _FILE_BYTES)[:1]:
                front_matter = frontmatter.read(source.decode(errors="replace").encode())
                fields = front_matter.fields.keys() if front_matter else set()
                if {"name", "description"} <= fields and fields & _ONLY_AGENTS:
                    yield from _definition(file, source, str(Path(file).parent), user=False)


def _definition(path: str, source: bytes, base: str, *, user: bool) -> Iterator[AgentDefinition]:
    """The agent that a file defines; none without front matter."""
    front_matter = frontmatter.read(source.decode(errors="replace").encode())
    if front_matter:
        name = front_matter.fields.get("name") or Path(path).stem
        yield AgentDefinition(path, base, user, name, front_matter.fields.get("memory", ""))
