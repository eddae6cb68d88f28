"""`memory_check`."""

from collections.abc import Iterator, Mapping

from memoryd.domain.duplicates.pairs import Pair
from memoryd.domain.duplicates.said import relation
from memoryd.domain.hooks.headroom import budget_of_index
from memoryd.domain.limits.budget import Budget
from memoryd.domain.markdown.plain_text import first_line
from memoryd.domain.stores.store import Store
from memoryd.domain.text.phrases import counted
from memoryd.mcp.answers import fitting, quoted
from memoryd.mcp.project import Project

READING = 2.0  # seconds to read the notes of a store for the first time


def check(project: Project, given: Mapping[str, object]) -> str:
    """Return what would happen if a text were added to a memory file; nothing is written.

    Raises:
        MemorydError: If the file is none of the project.
    """
    store, path = project.place_of(str(given["path"]))
    text = str(given["text"]).strip("\r\n")
    before = project.raw(store, path) or b""
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    after = before + gap + text.encode() + b"\n"
    pairs = project.notes.compare(store, path, after, READING)
    fits = room_after(store, path, before, after)
    return fitting(f"{fits[0]}; {_counts(pairs)}", [*fits[1:], *likenesses(pairs)])


def room_after(store: Store, path: str, before: bytes, after: bytes) -> list[str]:
    """Return whether a file fits after a change, and a line for each entry that would leave the view."""
    if path != store.profile.index_name:
        return [f"fits: {path} is a topic file, which has no limit"]
    budget = budget_of_index(after, store.profile)
    now = {
        _text(each, entry.span) for each in [budget_of_index(before, store.profile)] for entry in each.unseen
    }
    lost = [
        first_line(budget.index, entry.span)
        for entry in budget.unseen
        if _text(budget, entry.span) not in now
    ]
    sizes = ", ".join(f"{taken:,} of {most:,} {unit}" for taken, most, unit in budget.limits)
    if not budget.is_over:
        return [f"fits: {path} would have {sizes or 'no limit'}"]
    count = counted(len(lost), "more entry", "more entries")
    return [f"does not fit: {path} would have {sizes}; {count} not loaded", *map(quoted, lost)]


def _text(budget: Budget, span: tuple[int, int]) -> bytes:
    return budget.index.source[span[0] : span[1]].strip()


def _counts(pairs: tuple[Pair, ...]) -> str:
    return counted(
        len(pairs), "note says that already or contradicts it", "notes say that already or contradict it"
    )


def likenesses(pairs: tuple[Pair, ...]) -> Iterator[str]:
    """Yield a line for each note that a new one repeats or contradicts."""
    for pair in pairs:
        line = pair.one.document.position(pair.one.span.start).line
        yield f"{relation(pair)} {pair.one.document.path}:{line} {quoted(pair.one.text)}"
