"""Discovery of the stores that the client itself would use."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from glob import glob
from itertools import chain
from pathlib import Path

from memoryd.adapters.stores.discovery.claude_directory import claude_directory
from memoryd.adapters.stores.discovery.common_places import common_store, has_copies, is_owned
from memoryd.adapters.stores.discovery.disk import entries, exists, is_dir, is_link, is_own_dir, normal
from memoryd.adapters.stores.discovery.harnesses import project_stores, user_stores
from memoryd.adapters.stores.discovery.places import FoundStores, Item, Places, collect, left
from memoryd.adapters.stores.discovery.session_records import (
    auto_memory,
    auto_memory_by_records,
    bad_records,
    sessions,
)
from memoryd.adapters.stores.discovery.worktrees import stores_of_worktrees
from memoryd.domain.stores.claude_code import slug_of
from memoryd.domain.stores.store import CONTAINERS, Scope, Store, is_memory_name
from memoryd.values import dataclass

# Trees that tools create for themselves. They mark others themselves.
_MACHINE_MADE = frozenset({
    ".git", ".hg", ".svn", ".jj", "node_modules", "bower_components", ".yarn", ".pnpm-store",
    ".venv", "venv", "site-packages", "__pycache__", "__pypackages__", ".tox", ".nox", ".eggs",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".cache", ".direnv",
    ".gradle", ".terraform", ".next", ".nuxt", ".svelte-kit", ".turbo", ".parcel-cache", "DerivedData",
})  # fmt: skip
_PASSED_OVER = _MACHINE_MADE | CONTAINERS
_MARKS = frozenset({"CACHEDIR.TAG", "pyvenv.cfg"})


def is_machine_made(name: str) -> bool:
    """Return whether directories of this name are made and owned by tools."""
    return name in _MACHINE_MADE


def discover(places: Places, *, cwd: Path | None = None) -> FoundStores:
    """Find every store known: the user's own, and those of every repository known.

    Known are the repository around `cwd`, what the configured patterns match, and the directories that
    the client's session records name.
    """
    records = dict(sessions(places))
    named = map(normal, chain.from_iterable(records.values()))
    configured, escapes = _configured(places)
    known = {*([normal(cwd)] if cwd else []), *configured, *named}
    roots = {places.repository(directory) for directory in known if is_dir(directory)}
    items = chain(_user(places, records), _repositories(places, roots, known=str(places.claude_dir)), escapes)
    found = collect(places, items, [Path("/")])
    near = tuple(_near(places, records, known | roots))
    return replace(found, projects=tuple(sorted(map(str, roots))), near=near)


def _near(places: Places, records: Iterable[str], directories: set[Path]) -> Iterator[str]:
    """Yield where first stores appear: the user's directory, below its projects, a project's `.claude`."""
    yield f"{places.claude_dir}/projects"
    yield from records
    for directory in (str(places.claude_dir), *(f"{each}/.claude" for each in sorted(directories))):
        yield from (directory, *(f"{directory}/{container}" for container in sorted(CONTAINERS)))


def discover_repository(places: Places, cwd: Path) -> FoundStores:
    """Find the stores of the repository around a directory, nested ones included.

    Outside a repository these are the stores in and below the directory, in the user's configuration
    directory the user's own.
    """
    directory = normal(cwd)
    if places.is_in_configuration(directory):
        return discover_user(places)
    root = places.repository(directory)
    real = os.path.realpath(root)
    named = auto_memory_by_records(places, f"{places.claude_dir}/projects/{slug_of(real)}", [real])
    items = chain(_repositories(places, {root}), (item for item in named if isinstance(item, Store)))
    # settings may move auto memory out of the repository
    inside = (i for i in items if not isinstance(i, Store) or Path(i.root).is_relative_to(root))
    return collect(places, chain(_without_stores(places, str(places.claude_dir)), inside), [root])


def discover_user(places: Places) -> FoundStores:
    """Find the stores under the home directory: those of user scope, and auto memory."""
    records = dict(sessions(places))
    named = {normal(each) for each in chain.from_iterable(records.values())} | _configured(places)[0]
    projects = {str(places.repository(directory)) for directory in named if is_dir(directory)}
    found = collect(places, _user(places, records), [places.claude_dir])
    return replace(found, projects=tuple(sorted(projects)))


def agents_near(places: Places, cwd: Path) -> dict[str, dict[str, Scope]]:
    """Return the stores of the user's agents and of those around a directory, by name: root and scope.

    Walks no tree, reads no session record and starts no git: completion in a shell has to be quick.
    """
    root = places.repository(normal(cwd))
    around = [each for each in (normal(cwd), *normal(cwd).parents) if each.is_relative_to(root)]
    directories = {str(places.claude_dir), *(f"{each}/.claude" for each in around)}
    items = chain(
        chain.from_iterable(claude_directory(places, each) for each in sorted(directories)),
        user_stores(places),
        project_stores(places, root),
    )
    found: dict[str, dict[str, Scope]] = {}
    for item in items:
        if isinstance(item, Store):
            found.setdefault(item.agent, {})[item.root] = item.scope
    auto = Path(places.claude_dir, "projects", slug_of(os.path.realpath(root)), "memory")
    if is_dir(auto):
        found.setdefault(root.name, {})[str(auto)] = Scope.AUTO
    return found


def _user(places: Places, records: dict[str, tuple[str, ...]]) -> Iterator[Item]:
    """Yield the user's own stores and definitions, and the auto memory of every project."""
    yield from claude_directory(places, str(places.claude_dir))
    for slug, directories in records.items():
        yield from bad_records(slug)
        if is_dir(Path(slug, "memory")):
            yield auto_memory(slug, directories)
        yield from auto_memory_by_records(places, slug, directories)
    yield from user_stores(places)


def _without_stores(places: Places, directory: str) -> Iterator[Item]:
    """Yield what a `.claude` directory configures about agents and memory elsewhere."""
    return (item for item in claude_directory(places, directory) if not isinstance(item, Store))


def _configured(places: Places) -> tuple[set[Path], list[Item]]:
    """Return what the configured patterns match, and links out of repositories among that."""
    inside: set[Path] = set()
    outside: list[Item] = []
    for pattern in places.projects:
        start, _, rest = pattern.partition("/")
        root = {"~": places.home, "": Path("/")}.get(start)
        if root:
            # Path.glob lets `*` match hidden directories
            for match in glob(rest, root_dir=root):
                directory = normal(root / match)
                escape = _left(places, directory)
                if escape is None:
                    inside.add(directory)
                elif is_dir(directory):
                    outside.append(escape)
    return inside, outside


def _left(places: Places, directory: Path) -> Item | None:
    """Return the link by which a match leaves one of the repositories that it is in, or None."""
    around = (parent for parent in directory.parents if exists(parent / ".git"))
    bounds = (places.bound(str(parent)) for parent in around if not places.is_around_home(parent))
    return next((each for bound in bounds if (each := left(str(directory), bound))), None)


def _repositories(places: Places, roots: set[Path], known: str = "") -> Iterator[Item]:
    """Yield stores and definitions in repositories, and the definitions above them.

    Args:
        places: Where the user's own things are.
        roots: The tops of the repositories.
        known: A `.claude` directory whose contents are known; "" for none.
    """
    above = {str(parent / ".claude") for root in roots for parent in root.parents}
    for directory in sorted(above - places.configuration_paths()):
        yield from _without_stores(places, directory)
    for root in sorted(roots):
        yield from project_stores(places, root)
    pending = {str(root) for root in roots}
    for root in sorted(roots):  # parents first: repositories inside them are not walked again
        if places.is_around_home(root) or places.is_in_configuration(root):
            if str(root / ".claude") != known:
                yield from claude_directory(places, str(root / ".claude"))
        elif str(root) in pending:
            yield from _walk(places, str(root), pending)


def _walk(places: Places, root: str, pending: set[str]) -> Iterator[Item]:
    """Yield the contents of the `.claude` directories of one tree.

    A repository within a repository (a submodule, a linked worktree with its copy of every store) is
    not a part of it.

    Args:
        places: Where the user's own things are.
        root: The top of the tree.
        pending: Repositories still to be walked; those met are removed.
    """
    configuration = places.configuration_paths()
    stack = [_Step(root)]
    while stack:
        step = stack.pop()
        found = entries(step.directory)
        names = {entry.name for entry in found}
        if (step.in_repository and ".git" in names) or (
            step.directory != root and not names.isdisjoint(_MARKS)
        ):
            continue
        pending.discard(step.directory)
        in_repository = step.in_repository or ".git" in names
        store = None if step.copies else common_store(places, step.directory, found)
        if store:
            yield store
        for entry in found:
            if entry.name == ".claude":
                yield from claude_directory(places, entry.path)
                yield from stores_of_worktrees(places, entry.path)
            if store and is_owned(store, entry.path):
                continue
            if entry.name not in _PASSED_OVER and entry.path not in configuration and is_own_dir(entry):
                stack.append(_Step(entry.path, in_repository, step.copies or has_copies(entry.name)))
            elif _may_escape(entry) and (outside := left(entry.path, places.bound(step.directory))):
                yield outside


@dataclass(frozen=True, slots=True)
class _Step:
    """A directory to walk.

    Attributes:
        directory: Its absolute path.
        in_repository: It is below the top of a repository.
        copies: It is in a directory with patterns and test data.
    """

    directory: str
    in_repository: bool = False
    copies: bool = False


def _may_escape(entry: os.DirEntry[str]) -> bool:
    """Return whether this is a link in place of memory in the hidden directory of a tool."""
    holder = os.path.basename(os.path.dirname(entry.path))
    return holder.startswith(".") and is_memory_name(entry.name) and is_link(entry)
