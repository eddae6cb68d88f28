"""Exchange of memory with other machines."""

import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import field
from pathlib import Path

from memoryd.adapters.git.repository import GitError
from memoryd.adapters.git.transport import DamagedError, RejectedError, Transport
from memoryd.adapters.history import History
from memoryd.adapters.sync import Bases, SyncSettings, SyncState, alone, read_state, write_state
from memoryd.domain.edits.plan import SYNC, Applicability, Fix, Plan
from memoryd.domain.sync import split_tree_path
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.sync.forgotten_texts import REPOSITORY, Follow, FollowedText, ForgottenTexts
from memoryd.services.sync.merge_stores import (
    MergedStore,
    StoreMerges,
    SyncedStore,
    at_rest,
    contents_here,
)
from memoryd.services.sync.renew import clean_up
from memoryd.values import dataclass

_REWRITTEN = "memory, without the history of forgotten texts\n"
_TRIES = 6  # while other machines push at the same time


@dataclass(slots=True)
class SyncResult:
    """The result of an exchange.

    Attributes:
        sent: How many files other machines will get.
        received: How many files changed here.
        operations: The operations that changed them.
        doubts: How many entries a person may want to look at.
        held: Absolute paths of files that are not sent.
        problems: Why stores could not be written; the next exchange tries again.
        offline: Why the remote repository could not be reached, or "".
        is_rewritten: It lacks what it had, so that what either side has stays.
        forgotten: Texts that this machine forgot because another one did.
        lacks_key: The other machines have a key that this one needs to forget what they forget.
        faults: Paths in the repository that cannot be understood.
        is_purged: The repository was rewritten, since all machines have forgotten a text.
        refusal: Why it could not be rewritten, or "".
    """

    sent: int = 0
    received: int = 0
    operations: list[int] = field(default_factory=list)
    doubts: int = 0
    held: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    offline: str = ""
    is_rewritten: bool = False
    forgotten: list[FollowedText] = field(default_factory=list)
    lacks_key: bool = False
    faults: list[str] = field(default_factory=list)
    is_purged: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class SyncMeans:
    """Means of an exchange.

    Attributes:
        choose: Returns the stores, by the names of those that the remote repository has.
        open_history: Opens the history, which records the operations.
        remove: Removes a text that was forgotten on another machine.
    """

    choose: Callable[[Iterable[str]], list[SyncedStore]]
    open_history: Callable[[], AbstractContextManager[History]]
    remove: Follow


def exchange(directory: Path, settings: SyncSettings, means: SyncMeans) -> SyncResult:
    """Bring memory and the remote repository to the same state.

    Both sides are merged with what they had in common after the last exchange, entry by entry. What changes
    here is an operation that can be undone. A machine that pushes at the same time, a remote repository
    that is gone or rewritten, and an end at any point lose nothing: the next exchange goes on.

    What other machines have forgotten is forgotten here, before anything is sent. Once all of them have, the
    repository is rewritten.

    Args:
        directory: Where settings, state and the own repository are.
        settings: What a person chose.
        means: What it works with.

    Raises:
        MemorydError: If another process exchanges at the same time, the own repository cannot be written, or
            a text cannot be forgotten.
    """
    with alone(directory):
        try:
            return _Exchange(directory, settings, means).run()
        except DamagedError:
            shutil.rmtree(directory / REPOSITORY, ignore_errors=True)  # the remote one has all of it
        return _Exchange(directory, settings, means).run()


class _Exchange:
    """One exchange, until it is pushed or the remote repository cannot be reached."""

    def __init__(self, directory: Path, settings: SyncSettings, means: SyncMeans) -> None:
        self._directory = directory
        self._machine = settings.machine
        self._means = means
        self._transport = Transport(directory / REPOSITORY, settings.remote)
        self._texts = ForgottenTexts(directory, settings)
        self._state = read_state(directory)
        self._result = SyncResult()

    def run(self) -> SyncResult:
        """Fetch, forget, merge, write and push, again where another machine was faster."""
        for _ in range(_TRIES):
            head, tree = self._fetch()
            self._texts.look(self._transport, tree)
            self._texts.register(is_first=not self._result.offline and bool(tree or not self._state.head))
            self._result.forgotten += self._texts.follow(self._means.remove)
            keys = {split[0] for path in tree if (split := split_tree_path(path))}
            stores, self._result.problems = at_rest(self._means.choose(sorted(keys)))
            self._settle(head, stores)
            merges = StoreMerges(self._transport, tree, stores, self._state.bases, self._texts.clean)
            with self._means.open_history() as history:
                merged = self._merge(merges, stores, history)
            if self._result.offline or self._send(head, merges.sent, merged):
                break
        if self._result.offline:
            write_state(self._directory, self._state)
        else:
            self._renew()
        self._result.lacks_key, self._result.faults = self._texts.is_missed, self._texts.faults
        return self._result

    def _fetch(self) -> tuple[str, dict[str, str]]:
        """Return the last commit of the other machines and its files; the last known one if offline."""
        self._result.offline = ""
        try:
            head = self._transport.fetch()
        except GitError as error:
            self._result.offline = f"{error.message}; {error.hint}" if error.hint else error.message
            head = self._transport.fetched()
        return head, self._transport.tree(head)

    def _settle(self, head: str, stores: list[SyncedStore]) -> None:
        """Learn from what an exchange that was killed has still done, and what others did to the history.

        Where the repository does not have the commit that both sides had, it was rewritten: then nothing
        is known to be in common, and what either side has stays.
        """
        state, rewriting = self._state, self._texts.ledger.rewriting
        count = rewriting.count if rewriting else 0
        is_lost = state.head and not self._result.offline and not self._transport.has(state.head, head)
        if is_lost and count <= state.rewritten:
            state.bases, self._result.is_rewritten = {}, True
        state.rewritten = max(state.rewritten, count)
        if state.writing:
            for root, files in contents_here(stores).items():
                for path, (merged, other) in state.writing.get(root, {}).items():
                    if files.get(path, "") == merged:
                        _set_base(state.bases, root, path, other)
        if state.commit and self._transport.has(state.commit, head):
            state.bases |= state.pushing
        state.writing, state.commit, state.pushing = {}, "", {}

    def _merge(self, merges: StoreMerges, stores: list[SyncedStore], history: History) -> Bases:
        """Merge and write every store; return the ids of what is in common once it is pushed."""
        found = {}
        for each in stores:
            merged = merges.merge(each)
            self._result.doubts += merged.doubts
            self._result.held = sorted({*self._result.held, *merged.held})
            failed = self._write(each, merged, history)
            self._result.problems = sorted(
                {*self._result.problems, *merged.problems, *filter(None, [failed])}
            )
            if failed:
                found[each.root] = self._state.bases.get(each.root, {})
            else:
                found[each.root] = merged.merged
                self._state.bases[each.root] = merged.others
        return found

    def _write(self, each: SyncedStore, merged: MergedStore, history: History) -> str:
        """Apply the changes of one store; return why that failed, or ""."""
        if not merged.changes:
            return ""
        paths = [change.path.removeprefix(f"{each.root}/") for change in merged.changes]
        self._state.writing[each.root] = {
            path: (merged.merged.get(path, ""), merged.others.get(path, "")) for path in paths
        }
        write_state(self._directory, self._state)
        title = f"{counted(len(paths), 'file', 'files')} from other machines"
        plan = Plan(SYNC, (Fix(title, Applicability.UNSAFE, tuple(merged.changes)),))
        try:
            self._result.operations.append(apply(plan, history))
        except MemorydError as error:
            return error.message
        finally:
            del self._state.writing[each.root]
        self._result.received += len(paths)
        return ""

    def _send(self, head: str, sent: dict[str, bytes | None], merged: Bases) -> bool:
        """Push what other machines do not have; return whether the exchange is over."""
        state = self._state
        notes = self._texts.pending
        commit = head
        if sent or notes:
            message = _message(self._machine, sent)
            commit = self._transport.commit(head, {**sent, **notes}, self._machine, message)
        try:
            commit = self._push(head, commit, merged)
        except RejectedError as error:
            self._result.offline = error.message  # unless the next attempt succeeds
            return False
        except GitError as error:
            self._result.offline = error.message
            return True
        self._result.sent += len(sent)
        self._texts.sent(notes)
        told = (state.rewritten, state.renewed, state.is_pruned)
        self._state = SyncState(time.time(), state.bases | merged, commit, {}, "", {}, *told)
        write_state(self._directory, self._state)
        return True

    def _push(self, head: str, commit: str, merged: Bases) -> str:
        """Push a commit, unless the remote one has it; or one without history, if that is to be forgotten.

        Returns:
            The id of what was pushed.
        """
        state = self._state
        state.pushing = merged
        rewriting = self._texts.rewriting()
        if rewriting and commit and not self._result.refusal:
            found, (path, content) = rewriting
            marked = self._transport.commit(commit, {path: content}, self._machine, _REWRITTEN)
            state.commit = self._transport.fresh(marked, self._machine, _REWRITTEN)
            write_state(self._directory, state)
            try:
                self._transport.push(state.commit, instead=head)
            except RejectedError as error:
                if self._transport.fetch() != head:  # another machine was faster
                    raise
                self._result.refusal = error.message
            else:
                state.rewritten, self._result.is_purged = found.count, True
                return state.commit
        if commit != head:
            state.commit = commit
            write_state(self._directory, state)
            self._transport.push(commit)
        return commit

    def _renew(self) -> None:
        """Clean both repositories after the remote one was rewritten."""
        try:
            if clean_up(self._transport, self._state, self._texts):
                write_state(self._directory, self._state)
        except GitError as error:
            self._result.problems.append(error.message)


def _set_base(bases: Bases, root: str, path: str, blob: str) -> None:
    if blob:
        bases.setdefault(root, {})[path] = blob
    else:
        bases.get(root, {}).pop(path, None)


def _message(machine: str, sent: Iterable[str]) -> str:
    """Return what a person reads in the log of the remote repository."""
    if not sent:
        return f"{machine}: machines and forgotten texts\n"
    stores: dict[str, list[str]] = {}
    for key, name in filter(None, map(split_tree_path, sent)):
        stores.setdefault(key, []).append(name)
    count = sum(map(len, stores.values()))
    where = next(iter(stores)) if len(stores) == 1 else counted(len(stores), "store", "stores")
    lines = [f"{key}: {', '.join(names)}" for key, names in stores.items()]
    return "\n".join([f"{machine}: {counted(count, 'file', 'files')} of {where}", "", *lines, ""])
