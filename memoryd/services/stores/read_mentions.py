"""Files of stores that instructions or repositories name."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from memoryd import beneath
from memoryd.adapters.git import worktree
from memoryd.adapters.git.repository import GitError
from memoryd.adapters.stores import files
from memoryd.domain.links.dangling_mentions import mentions
from memoryd.domain.links.named_by_instructions import named
from memoryd.domain.links.names import reachable
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.values import dataclass

_FILES = (
    "CLAUDE.md",
    "CLAUDE.local.md",
    "AGENTS.md",
    "GEMINI.md",
    "QWEN.md",
    "HEARTBEAT.md",
    "SOUL.md",
    "TOOLS.md",
    "BOOTSTRAP.md",
    "settings.json",
    "settings.local.json",
    ".github/copilot-instructions.md",
)
_FOLDERS = ("agents", "commands", "skills", "rules", "hooks", "prompts", "workflows")
_ENDINGS = (".md", ".mdc", ".json", ".sh", ".py", ".js", ".ts", ".toml", ".yml", ".yaml")
_MOST_FILES = 500  # of instructions around one store
_MOST_FOLDERS = 200  # at the top of a repository, in which a skill is looked for
_MOST_WALKED = 1_000  # directories in which a name is looked for
_MOST_BYTES = 256 * 1024  # of one of them


def read_mentions(snapshot: Snapshot, around: Surroundings, *, git: bool = True) -> Surroundings:
    """Add which files of a store instructions name, and which names of missing files exist elsewhere.

    Nothing is read where the index file reaches every topic and mentions no missing file.

    Args:
        snapshot: A store.
        around: What is known around it.
        git: Git may be asked for the names of tracked files. If not, every missing name may exist elsewhere.
    """
    question = asked_by(snapshot)
    return around if question is None else answered(question, snapshot.store, around, git=git)


@dataclass(frozen=True, slots=True)
class Question:
    """Question of a store about the files around it.

    Attributes:
        topics: Topic files that the index file does not reach, and empty ones.
        missing: Names of files that the index file mentions, and that the store lacks.
    """

    topics: tuple[str, ...]
    missing: tuple[str, ...]


def asked_by(snapshot: Snapshot) -> Question | None:
    """Return what a store asks about the files around it; None if its index file leads nowhere."""
    if snapshot.index is None or not snapshot.store.profile.leads:
        return None
    reached = reachable(snapshot)
    topics = (
        topic.path
        for topic in snapshot.topics
        if topic.path not in reached or not topic.source[topic.body :].strip()
    )
    missing = {each.path.rpartition("/")[2] for each in mentions(snapshot)}
    return Question(tuple(topics), tuple(sorted(missing)))


def answered(question: Question, store: Store, around: Surroundings, *, git: bool = True) -> Surroundings:
    """Add the answers to the question of a store to what is known around it."""
    texts = _instructions(store, around.repository) if question.topics else {}
    missing = set(question.missing)
    return replace(
        around,
        named=named(question.topics, store.root, texts),
        elsewhere=_elsewhere(missing, store, around.repository, git=git) if missing else frozenset(),
    )


def _instructions(store: Store, repository: str) -> Mapping[str, str]:
    """Return the texts of instructions around a store, by absolute path."""
    texts: dict[str, str] = {}
    for top in dict.fromkeys(filter(None, (store.base, repository))):
        for path in _candidates(top):
            if len(texts) >= _MOST_FILES:
                return texts
            if path in texts or path.startswith(f"{store.root}/"):
                continue
            try:
                content = files.read(path, store.bound)
            except files.UnreadableError:
                continue
            if len(content) <= _MOST_BYTES:
                texts[path] = content.decode(errors="replace")
    return texts


def _candidates(top: str) -> Iterator[str]:
    """Yield paths of instructions below a directory, existing or not."""
    for place in (top, f"{top}/.claude"):
        yield from (f"{place}/{name}" for name in _FILES)
        for folder in _FOLDERS:
            for _, entries in beneath.walk(f"{place}/{folder}"):
                yield from (entry.path for entry in entries if entry.name.endswith(_ENDINGS))
    try:
        with os.scandir(top) as inside:
            names = sorted(entry.name for entry in inside if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    yield from (f"{top}/{name}/SKILL.md" for name in names[:_MOST_FOLDERS])


def _elsewhere(names: set[str], store: Store, repository: str, *, git: bool) -> frozenset[str]:
    """Return which names of files exist in the repository or project, or beside the store."""
    if not git:
        return frozenset(names)
    top = repository or worktree.repository(os.path.realpath(store.base or store.root))
    places = {store.base, top, f"{store.base}/.claude", os.path.dirname(store.root)}
    inside = store.bound
    found = {
        name for name in names for place in places if place and beneath.exists(f"{place}/{name}", inside)
    }
    for folder in _around(store.root, store.base if not top else ""):
        found |= names.intersection(folder)
    if top and names - found:
        try:
            found |= names & {path.rpartition("/")[2] for path in worktree.tracked(top)}
        except GitError:
            return frozenset(names)
    return frozenset(found)


def _around(root: str, project: str) -> Iterator[set[str]]:
    """Yield the names in the stores beside a store, and in the directories of a project."""
    for place in filter(None, dict.fromkeys((os.path.dirname(root), project))):
        for folder, entries in islice(beneath.walk(place), _MOST_WALKED):
            if not f"{folder}/".startswith(f"{root}/"):
                yield {entry.name for entry in entries}
