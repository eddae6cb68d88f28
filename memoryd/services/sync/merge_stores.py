"""Stores merged with what other machines have."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from memoryd.adapters.edits import MOST_BYTES
from memoryd.adapters.git.operation import operation_around
from memoryd.adapters.git.transport import Transport
from memoryd.adapters.stores.contents import snapshot
from memoryd.adapters.sync import Bases, Ids
from memoryd.domain.edits.plan import FileChange
from memoryd.domain.git.conflict_markers import conflicts
from memoryd.domain.security.found import named_secrets
from memoryd.domain.stores.store import Store
from memoryd.domain.sync import blob_id, merge, split_tree_path, tree_path
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class SyncedStore:
    """A store that is exchanged: its name, its root here, and itself, or None where it is still missing."""

    key: str
    root: str
    store: Store | None


@dataclass(slots=True)
class MergedStore:
    """A store after the merge.

    Attributes:
        changes: What has to change here.
        merged: Ids of its files then.
        others: Ids of the files that other machines have; together with what is here they are merged.
        held: Absolute paths of files that stay on this machine as they are.
        doubts: How many entries a person may want to look at.
        problems: Why files of other machines are not taken, a sentence each.
    """

    changes: list[FileChange] = field(default_factory=list)
    merged: Ids = field(default_factory=dict)
    others: Ids = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    doubts: int = 0
    problems: list[str] = field(default_factory=list)


Clean = Callable[[Mapping[str, bytes]], Mapping[str, bytes | None]]
"""Returns those of some contents, by path, that have a forgotten text, without it; None for nothing."""


class StoreMerges:
    """The merges of all stores in one exchange.

    Args:
        transport: The repository between the machines.
        tree: Ids of the files that other machines have, by path in it.
        stores: The stores.
        bases: Ids of what both sides had in common, by root and path in the store.
        clean: Removes forgotten texts from what is sent and received.

    Attributes:
        sent: Contents that other machines do not have, by path in the repository; None for deleted files.
    """

    def __init__(
        self,
        transport: Transport,
        tree: Mapping[str, str],
        stores: Sequence[SyncedStore],
        bases: Bases,
        clean: Clean = lambda _: {},
    ) -> None:
        self._clean = clean
        self.sent: dict[str, bytes | None] = {}
        self._there: dict[str, Ids] = {}
        for path, blob in tree.items():
            if split := split_tree_path(path):
                self._there.setdefault(split[0], {})[split[1]] = blob
        self._local = {each.root: _local(each) for each in stores}
        # a store whose files all vanished is not deleted everywhere: they come back
        self._bases = {root: bases.get(root, {}) if files else {} for root, (files, _) in self._local.items()}
        self._contents = {
            blob_id(content): content for files, _ in self._local.values() for content in files.values()
        }
        wanted = {blob for each in stores for blob in self._missing(each)} - self._contents.keys()
        self._contents |= transport.contents(sorted(wanted), MOST_BYTES)

    def _missing(self, each: SyncedStore) -> set[str]:
        """Return the ids of the contents that the merge of a store needs."""
        files, _ = self._local[each.root]
        here = {path: blob_id(content) for path, content in files.items()}
        sides = (here, self._there.get(each.key, {}), self._bases[each.root])
        found = set()
        for path in set().union(*sides):
            ids = {side.get(path) for side in sides}
            found |= ids - {None} if len(ids) > 1 else set()
        return {blob for blob in found if blob}

    def merge(self, each: SyncedStore) -> MergedStore:
        """Merge one store; a second store of the same name sees what the first one sends."""
        files, unread = self._local[each.root]
        there, base = self._there.setdefault(each.key, {}), self._bases[each.root]
        done = MergedStore()
        for path in sorted({*files, *there, *base} - unread):
            if path.endswith(".md"):
                self._merge_file(each, path, done)
        return done

    def _merge_file(self, each: SyncedStore, path: str, done: MergedStore) -> None:
        here, there = self._local[each.root][0].get(path), self._there[each.key]
        other, old = there.get(path), self._bases[each.root].get(path)
        if (
            other
            and other != old
            and other not in self._contents
            and (here is None or blob_id(here) != other)
        ):
            done.problems.append(
                f"{each.root}/{path} of other machines is larger than {MOST_BYTES // 2**20} MiB"
            )
            done.merged |= {path: old} if old else {}
            done.others |= {path: old} if old else {}
            return
        content, doubts = self._merged(here, other, old)
        if content is not None and not (blob_id(content) == other and content == here):
            content = self._clean({path: content}).get(path, content)
        if content is not None and blob_id(content) != other and _stays_here(content, path):
            done.held.append(f"{each.root}/{path}")
            done.merged |= {path: old} if old else {}
            done.others |= {path: old} if old else {}
            return
        done.doubts += doubts
        done.others |= {path: other} if other else {}
        if content != here:
            done.changes.append(FileChange(each.root, f"{each.root}/{path}", here, content))
        new = None if content is None else blob_id(content)
        if new != other:
            self.sent[tree_path(each.key, path)] = content
        if content is None or new is None:
            there.pop(path, None)
        else:
            there[path] = done.merged[path] = new
            self._contents[new] = content

    def _merged(self, here: bytes | None, other: str | None, old: str | None) -> tuple[bytes | None, int]:
        """Return the merged content, and how many of its entries a person may want to look at."""
        blob = None if here is None else blob_id(here)
        if other in {blob, old}:
            return here, 0
        there = None if other is None else self._contents.get(other)
        if blob == old:
            return there, 0
        found = merge(None if old is None else self._contents.get(old), here, there)
        return found.content, found.doubts


def at_rest(stores: Sequence[SyncedStore]) -> tuple[list[SyncedStore], list[str]]:
    """Return the stores that no operation of git is changing, and a sentence for each other one."""
    waiting = {each.root: operation_around(each.root) for each in stores}
    problems = [f"{root} waits: {words}" for root, words in waiting.items() if words]
    return [each for each in stores if not waiting[each.root]], problems


def _local(each: SyncedStore) -> tuple[dict[str, bytes], frozenset[str]]:
    """Return the Markdown files of a store, and the paths of those that cannot be read."""
    if each.store is None:
        return {}, frozenset()
    found = snapshot(each.store)
    unread = frozenset(unread.path for unread in found.unread)
    return {path: document.raw for path, document in found.documents.items()}, unread


def _stays_here(content: bytes, path: str) -> bool:
    """Return whether a file must not leave this machine: it has a certain secret, or conflict markers."""
    text = content.decode(errors="replace").encode()
    has_secret = any(secret.is_certain for each in named_secrets(text, path) for secret in each.secrets)
    return has_secret or any(conflicts(text))


def changed_files(each: SyncedStore, bases: Bases) -> int:
    """Return how many files of a store have changed here since the last exchange."""
    base = bases.get(each.root, {})
    files = {path: blob_id(content) for path, content in _local(each)[0].items()}
    return sum(files.get(path) != base.get(path) for path in {*files, *base})


def contents_here(stores: Sequence[SyncedStore]) -> Bases:
    """Return the ids of the files of stores."""
    return {
        each.root: {path: blob_id(content) for path, content in _local(each)[0].items()} for each in stores
    }
