"""Projects that were moved."""

import os
import re
from collections.abc import Iterable, Iterator

from memoryd.adapters.git.repository import Repository, read_repository, reflog_ids, remotes
from memoryd.adapters.stores.discovery import FoundStores, session_texts
from memoryd.domain.stores.profiles import CLAUDE_AUTO
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.stores.stranded import StrandedStore
from memoryd.errors import MemorydError
from memoryd.values import dataclass, regex

_COMMIT = regex(rb"(?<![0-9a-f-])[0-9a-f]{7,64}(?![0-9a-f-])")
_PREFIX = 7  # digits of a commit that git shows at least
_LEAST_FILES = 3
_LEAST_REMOTE = 9  # characters; a shorter address occurs by chance
_MOST_FILES = 1000


def stranded(found: FoundStores, snapshots: Iterable[Snapshot]) -> Iterator[StrandedStore]:
    """Yield the auto memory of projects that were moved, with the directory where each seems to be now."""
    for snapshot in snapshots:
        store = snapshot.store
        if snapshot.documents and _is_left_behind(store):
            traces = _Traces.of(store)
            ranked = sorted(
                ((*traces.evidence(place), place) for place in found.projects), key=lambda each: -each[0]
            )
            best = ranked[0] if ranked and ranked[0][0] else None
            if best and [each[0] for each in ranked].count(best[0]) == 1:
                yield StrandedStore(store.root, store.base, best[2], best[1])


def _is_left_behind(store: Store) -> bool:
    return (
        store.scope is Scope.AUTO
        and store.profile.name == CLAUDE_AUTO.name
        and os.path.basename(os.path.dirname(os.path.dirname(store.root))) == "projects"
        and store.base.startswith("/")
        and not os.path.lexists(store.base)
    )


@dataclass(frozen=True, slots=True)
class _Traces:
    """Commits, addresses and files that the sessions of a project named.

    Attributes:
        gone: The project's directory.
        texts: Parts of its session records.
        commits: Hexadecimal numbers that can be commits.
        files: Paths of files, relative to the directory.
    """

    gone: str
    texts: tuple[bytes, ...]
    commits: frozenset[bytes]
    files: frozenset[str]

    @classmethod
    def of(cls, store: Store) -> "_Traces":
        """Return the traces in the session records beside a store."""
        texts = tuple(session_texts(os.path.dirname(store.root)))
        named = re.compile(re.escape(os.fsencode(store.base)) + rb"/([^\"\\\s\x00:*?<>|`']{1,200})")
        files: dict[str, None] = {}
        commits: set[bytes] = set()
        for text in texts:
            commits.update(_COMMIT.findall(text))
            for match in named.finditer(text):
                path = os.fsdecode(match[1]).rstrip(".,;)]/")
                if len(files) < _MOST_FILES and path and ".." not in path and not path.startswith(".claude"):
                    files.setdefault(path)
        return cls(store.base, texts, frozenset(commits), frozenset(files))

    def evidence(self, place: str) -> tuple[float, str]:
        """Return how likely another directory is the same project, 0 for not at all, and why."""
        try:
            repository = read_repository(os.path.realpath(place))
        except MemorydError:
            repository = None
        if repository and self._has_commits(repository):
            return 4.0, "it has commits that the sessions named"
        if repository and self._has_remote(repository):
            return 3.0, "it has the remote that the sessions named"
        there = sum(os.path.lexists(f"{place}/{path}") for path in self.files)
        if there >= _LEAST_FILES and there * 2 >= len(self.files):
            return 2.0 + there / len(self.files) / 2, f"{there} of {len(self.files)} files are there"
        return (1.0, "it has the same name") if self._has_name(place) else (0.0, "")

    def _has_commits(self, repository: Repository) -> bool:
        known: dict[bytes, list[bytes]] = {}
        for identity in reflog_ids(repository):
            known.setdefault(identity[:_PREFIX], []).append(identity)
        return any(
            any(identity.startswith(each) for identity in known.get(each[:_PREFIX], ()))
            for each in self.commits
        )

    def _has_remote(self, repository: Repository) -> bool:
        addresses = (os.fsencode(url.removesuffix(".git")) for url in remotes(repository))
        return any(
            len(address) >= _LEAST_REMOTE and any(address in text for text in self.texts)
            for address in addresses
        )

    def _has_name(self, place: str) -> bool:
        return os.path.basename(self.gone) == os.path.basename(place)
