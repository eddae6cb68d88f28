"""Removal of a text that was forgotten on another machine."""

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from itertools import chain

from memoryd import beneath, private
from memoryd.adapters import forgetting
from memoryd.adapters.history import History
from memoryd.adapters.history.purge import PurgeResult
from memoryd.adapters.stores import contents, files
from memoryd.config.locations import Locations
from memoryd.domain.edits.plan import Plan
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.forgetting.tombstone import Seeker, changed_parts
from memoryd.domain.stores.store import Store
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.forgetting.forget import plan_forget
from memoryd.services.forgetting.purge import OwnFiles, clear, purge_all, standing
from memoryd.values import dataclass

_MOST_SHARE = 4  # a text in more than a quarter of all lines is not forgotten without a person
_LEAST_LINES = 20  # unless there are few
_ROUNDS = 4  # another form of the text may be found once the first one is gone
_CONTENTS = frozenset({"stored"})  # the table of contents, which are searched as wholes


@dataclass(frozen=True, slots=True)
class RemovedCounts:
    """Numbers of files, versions and operations that contained a text that was removed."""

    files: int = 0
    versions: int = 0
    operations: int = 0


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """Choices of a person: profiles that may be rewritten, and whether very much may be removed."""

    rewrites: frozenset[str] = frozenset()
    is_agreed: bool = False


def own_files(locations: Locations) -> OwnFiles:
    """Return memoryd's own files at their locations."""
    others = (locations.urls, locations.log)
    return OwnFiles(locations.history, locations.index, locations.usage, locations.facts, others)


def removed_counts(plan: Plan, purged: PurgeResult) -> RemovedCounts:
    """Return how much a plan and the purge after it have removed."""
    return RemovedCounts(len(plan.changes), purged.rewritten + purged.removed, purged.operations)


def follow(seeker: Seeker, stores: tuple[Store, ...], own: OwnFiles, how: FollowOptions) -> RemovedCounts:
    """Find a text by its tombstone in stores and in memoryd's own files, and remove it permanently.

    Args:
        seeker: The search for the text.
        stores: All stores.
        own: memoryd's files.
        how: What is allowed.

    Returns:
        What was removed; nothing where the text never was.

    Raises:
        MemorydError: If it cannot be removed from everywhere, or is in very many lines; the message does not
            contain it.
    """
    done = RemovedCounts()
    for _ in range(_ROUNDS):
        needle = recognize(seeker, stores, own)
        if needle is None:
            return done
        try:
            more = _remove(needle, stores, own, how)
        except MemorydError as error:
            hint = error.hint and needle.masked(error.hint)
            raise MemorydError(needle.masked(error.message), hint) from None
        done = RemovedCounts(
            done.files + more.files, done.versions + more.versions, done.operations + more.operations
        )
    raise MemorydError(
        "a text that was forgotten on another machine is still in memoryd's own files",
        "`memoryd doctor` finds files that are damaged",
    )


def recognize(seeker: Seeker, stores: Iterable[Store], own: OwnFiles) -> Needle | None:
    """Return the text of a tombstone, if it is in stores or in memoryd's own files."""
    return next(filter(None, map(seeker.in_bytes, _everything(list(stores), own))), None)


def _everything(stores: list[Store], own: OwnFiles) -> Iterator[bytes]:
    """Yield the bytes of all that may contain a text."""
    roots = {store.root for store in stores}
    for root in dict.fromkeys(os.path.realpath(store.root) for store in stores):
        yield from _store(root)
    if private.may_exist(own.history):
        with History(own.history) as history:
            roots |= set(history.roots())
            yield from changed_parts(history.all_contents())
    known = sorted(map(os.fsencode, roots), key=len, reverse=True)
    for database, skipped in ((own.history, _CONTENTS), (own.index, ()), (own.usage, ())):
        if database.exists():
            for cell in forgetting.cells(database, skipped):
                yield _without(cell, known)
    conflicts = beneath.walk(str(own.history.parent / "conflicts"))
    asides = (entry.path for _, entries in conflicts for entry in entries)
    for path in chain(asides, map(str, own.facts.glob("*")), map(str, own.others)):
        yield os.fsencode(os.path.basename(path))
        yield from forgetting.chunks(path)


def _store(root: str) -> Iterator[bytes]:
    """Yield the names and contents of all files of a store."""
    for path in forgetting.paths_below(root):
        yield os.fsencode(os.path.relpath(path, root))
        with suppress(OSError):  # `standing` names what cannot be read
            kind = forgetting.kind_of(path)
            if kind == stat.S_IFLNK:
                yield os.fsencode(os.readlink(path))
            elif kind == stat.S_IFREG:
                yield from forgetting.chunks(path)


def _without(cell: bytes, roots: Collection[bytes]) -> bytes:
    """Return a value without the paths of stores, which stay whatever is forgotten."""
    for root in roots:
        cell = cell.replace(root, b"/")
    return cell


def _remove(needle: Needle, stores: tuple[Store, ...], own: OwnFiles, how: FollowOptions) -> RemovedCounts:
    """Remove a text from stores, history and index."""
    planned = plan_forget(stores, needle, rewrites=how.rewrites)
    if planned.problems:
        raise MemorydError(planned.problems[0], "fix that by hand, then run `memoryd sync` again")
    lines = sum(each.mention.lines for each in planned.found if each.mention.exact)
    if not how.is_agreed and lines > max(_LEAST_LINES, _lines_of(stores) / _MOST_SHARE):
        raise MemorydError(
            f"a text that was forgotten on another machine is in {counted(lines, 'line', 'lines')} here",
            "`memoryd sync --forget` removes them, which cannot be undone",
        )
    operation = _apply(planned.plan, own) if planned.plan.fixes else None
    clear(needle, stores)
    if left := standing(needle, stores):
        raise MemorydError(
            f"a text that was forgotten on another machine is still in {left[0]}",
            "remove it there by hand, then run `memoryd sync` again",
        )
    purged = purge_all(needle, stores, own, final=operation)
    return removed_counts(planned.plan, purged)


def _lines_of(stores: Iterable[Store]) -> int:
    """Return the number of lines in Markdown files of stores."""
    found = 0
    for store in stores:
        with suppress(files.UnreadableError):
            found += sum(each.raw.count(b"\n") for each in contents.snapshot(store).documents.values())
    return found


def _apply(plan: Plan, own: OwnFiles) -> int:
    with History(own.history) as history:
        return apply(plan, history)
