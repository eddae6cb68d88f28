"""Directories, repositories and settings around stores."""

import os
import time
from datetime import date
from functools import cached_property
from operator import attrgetter

from memoryd.adapters.git import worktree
from memoryd.adapters.git.ask import open_repository
from memoryd.adapters.git.process import git_program
from memoryd.adapters.git.repository import GitError, files_of_history
from memoryd.adapters.stores import look as looking
from memoryd.adapters.stores.discovery.disk import entries, is_file
from memoryd.adapters.stores.look import Look, mark_of
from memoryd.domain.agents.roster import StoreOnDisk
from memoryd.domain.checks.selection import Choice, RuleSelection
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.stores.store import CONTAINERS, Scope, Store, agent_store
from memoryd.services.checks.judge import judgement_around
from memoryd.services.git import today
from memoryd.values import blake2b

_OWN = frozenset({Scope.USER, Scope.AUTO})  # scopes whose permissions are judged
_values = attrgetter(*StoreOnDisk.__match_args__)
_SETTINGS = frozenset({".memoryd.toml", "pyproject.toml"})


class Ground:
    """Answers about stores and what is around them, each found out once.

    Args:
        user: Rule settings of the user's configuration.

    Attributes:
        began: The time before the first answer, in nanoseconds since the epoch.
    """

    def __init__(self, user: Choice) -> None:
        self.began = time.time_ns()
        self._user = user
        self._looks: dict[tuple[str, str], Look | None] = {}
        self._real: dict[str, str] = {}
        self._modes: dict[str, str] = {}
        self._tops: dict[str, str] = {}
        self._repositories: dict[str, str] = {}  # by store
        self._marks: dict[str, str] = {}
        self._holders: dict[str, tuple[str, int] | None] = {}
        self._judgements: dict[tuple[str, str, str], RuleSelection] = {}  # by place of the settings
        self._judgements_of: dict[tuple[str, Scope, str], RuleSelection] = {}  # by store
        self._digests: dict[int, tuple[object, str]] = {}
        self._histories: dict[str, tuple[str, tuple[str, ...]] | None] = {}
        self._instructions: dict[tuple[object, ...], str] = {}

    @cached_property
    def today(self) -> date:
        """Today's local date."""
        return today()

    def look(self, store: Store) -> Look | None:
        """Return how a store looks; None if it is not a plain one."""
        key = store.root, store.profile.name
        if key not in self._looks:
            self._looks[key] = looking.look(store)
        return self._looks[key]

    def judgement(self, store: Store) -> RuleSelection:
        """Return the rule selection of a store, without settings that are bad."""
        asked = store.root, store.scope, store.base
        if asked not in self._judgements_of:
            key = self._place_of_settings(store) or (store.root, "", "")
            if key not in self._judgements:
                self._judgements[key] = judgement_around(store, self._user)
            self._judgements_of[asked] = self._judgements[key]
        return self._judgements_of[asked]

    def _place_of_settings(self, store: Store) -> tuple[str, str, str] | None:
        """Return the place that decides on the settings of a store; None if it is the store itself."""
        if store.scope is Scope.AUTO:
            return store.base, "auto", store.bound
        seen, last = self.look(store), self.repository(store) or store.base
        if seen is None or last == store.root or not _SETTINGS.isdisjoint(seen.names):
            return None
        return _above(store.root), last, store.bound

    def repository(self, store: Store) -> str:
        """Return the top of the working tree around a store as its path is written; "" outside of any."""
        if store.root not in self._repositories:
            is_plain = self._is_within_tree(store)
            around = self._top(_above(store.root)) if is_plain else worktree.repository(store.root)
            self._repositories[store.root] = around
        return self._repositories[store.root]

    def top(self, store: Store) -> str:
        """Return the same around the directory that the store is in, links resolved."""
        if self._is_within_tree(store):
            return self._top(self._real_path(_above(store.root)))
        return worktree.repository(os.path.realpath(store.root))

    def _is_within_tree(self, store: Store) -> bool:
        """Return whether a store certainly is no working tree itself, so that the directory above tells."""
        seen = self.look(store)
        return seen is not None and ".git" not in seen.names

    def _top(self, directory: str) -> str:
        if directory not in self._tops:
            self._tops[directory] = worktree.repository(directory)
        return self._tops[directory]

    def key(self, store: Store, standing: StoreOnDisk, *rest: object) -> str:
        """Return a digest of everything that decides about a store, except what its links lead to.

        Args:
            store: A store that was looked at.
            standing: Its state on disk.
            rest: What else decides, each an object that many stores share.
        """
        seen = self.look(store)
        holder = self._real_path(_above(store.root))
        modes = self._modes_above(holder) if store.scope in _OWN else ""
        told = (
            *(store.root, store.scope, store.agent, store.base, store.within, self._digest(store.profile)),
            *(seen.mark if seen else "", holder, modes),
            *map(str, _values(standing)),
            *(self.repository(store), self.top(store)),
            *map(self._digest, rest),
        )
        return blake2b("\0".join(told).encode(errors="surrogatepass"), digest_size=16).hexdigest()

    def history(self, store: Store) -> tuple[str, tuple[str, ...]] | None:
        """Return a digest of the repository around a store, and the files that change with its commits.

        Return None if git cannot be asked about it.
        """
        top = self.top(store)
        if top not in self._histories:
            self._histories[top] = _history_of(top)
        return self._histories[top]

    def instructions(self, store: Store) -> str:
        """Return a digest of the instructions that an agent of a store also reads."""
        from memoryd.services.stores.read_instructions import raw_instructions_for  # noqa: PLC0415  # few rules ask

        repository = self.repository(store)
        key = (store.base, store.bound, store.scope, store.profile.name, repository)
        if key not in self._instructions:
            self._instructions[key] = digest_of(raw_instructions_for(store, repository))
        return self._instructions[key]

    def mark(self, path: str) -> str:
        """Return the mark of a file or directory now."""
        if path not in self._marks:
            self._marks[path] = mark_of(path) or ""
        return self._marks[path]

    def beside(self, store: Store) -> tuple[str, int] | None:
        """Return a digest of all stores of the same place, and their newest change in nanoseconds.

        Return None if one of them cannot be looked at.
        """
        holder, _, kind = store.root.rpartition("/")[0].rpartition("/")
        if kind not in CONTAINERS:
            return "", 0
        if holder not in self._holders:
            self._holders[holder] = self._look_beside(holder, store.within)
        return self._holders[holder]

    def _look_beside(self, holder: str, within: str) -> tuple[str, int] | None:
        told, newest = [self._real_path(holder), within], 0
        for container in sorted(CONTAINERS):
            place = f"{holder}/{container}"
            told.append(f"{place} {mark_of(place)}")
            newest = max(newest, self.began * (mark_of(place, self.began) is None))
            for entry in entries(place):
                if entry.name.startswith(".") or is_file(entry):
                    continue
                seen = self.look(agent_store(entry.path, user=False))
                if seen is None:
                    return None
                told.append(f"{entry.path} {seen.mark}")
                newest = max(newest, seen.newest)
        text = "\n".join(told).encode(errors="surrogatepass")
        return blake2b(text, digest_size=16).hexdigest(), newest

    def _digest(self, value: object) -> str:
        """Return the digest of a value; many stores share it."""
        known = self._digests.get(id(value))
        if known is None:  # with the value, so that no other one gets its id
            known = self._digests[id(value)] = (value, digest_of(value))
        return known[1]

    def _real_path(self, directory: str) -> str:
        if directory not in self._real:
            self._real[directory] = os.path.realpath(directory)
        return self._real[directory]

    def _modes_above(self, directory: str) -> str:
        """Return the permissions of a directory without links, and of all above it."""
        if directory not in self._modes:
            above = os.path.dirname(directory)
            try:
                own = os.stat(directory).st_mode
            except OSError:
                own = 0
            more = "" if above == directory else self._modes_above(above)
            self._modes[directory] = f"{own} {more}"
        return self._modes[directory]


def _history_of(top: str) -> tuple[str, tuple[str, ...]] | None:
    if not top:
        return digest_of(""), ()
    try:
        git_program()
        repository = open_repository(top)
    except (GitError, OSError):
        return None
    return digest_of(repository), files_of_history(repository)


def _above(root: str) -> str:
    """Return the directory that a store is in."""
    return root.rpartition("/")[0] or "/"
