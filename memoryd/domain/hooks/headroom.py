"""Room in an index file after a write."""

from memoryd.domain.history.line_changes import line_counts
from memoryd.domain.hooks.guard import MOST_QUOTED, quoted
from memoryd.domain.limits.budget import Budget
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.plain_text import first_line
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted

_LARGEST = 40 * 1024  # bytes of an index file whose entries are told apart
_SAMPLE = 4096  # bytes


def budget_of_index(raw: bytes, profile: Profile) -> Budget:
    """Return the budget of an index file with these bytes."""
    return Budget(parse(profile.index_name, raw), profile, loaded_view(raw, profile))


def crowded_out(budget: Budget, *, is_compacted: bool) -> str:
    """Return what an agent should know of an index file that does not fit; "" if it fits.

    Args:
        budget: The index file as it would be.
        is_compacted: Whether memoryd compacts it by itself.
    """
    if not budget.is_over:
        return ""
    index = budget.index
    sizes = " and ".join(f"{taken:,} of {most:,} {unit}" for taken, most, unit in budget.limits)
    found, beginning = _unseen(budget)
    lost = f": {found} would not be loaded: {beginning}" if found else ""
    advice = (
        "Do not delete anything for that: memoryd moves what does not fit into topic files."
        if is_compacted
        else "Move detail into topic files."
    )
    return f"memoryd: with this write {index.path} has {sizes}{lost}. {advice}"


def out_of_view(path: str, budget: Budget) -> str:
    """Return a sentence about entries of an index file that are not loaded; "" if all are.

    Args:
        path: Path of the index file, as the agent may read it.
        budget: The index file.
    """
    found, _ = _unseen(budget)
    if not found:
        return ""
    cut = f" (from line {budget.cut_line:,})" if budget.cut_line else ""
    return f"memoryd: {found} of {path} are not loaded{cut}; read the file to see them."


def _unseen(budget: Budget) -> tuple[str, str]:
    """Return how much of an index file is not loaded, "" if all is, and how that begins.

    Entries of a large file are not told apart: whoever asks must not wait.
    """
    source, start, end = budget.index.source, budget.view.cut_offset, budget.view.resume_offset
    if start is None:
        return "", ""
    if len(source) > _LARGEST:
        part = source[start:end].strip(b"\n")
        number = part.count(b"\n") + 1
        lines = part[:_SAMPLE].decode(errors="replace").split("\n")
        return counted(number, "line", "lines"), quoted([line for line in lines if line.strip()], number)
    entries = budget.unseen
    texts = (first_line(budget.index, each.span) for each in entries[:MOST_QUOTED])
    return counted(len(entries), "entry", "entries") if entries else "", quoted(texts, len(entries))


def change_in_short(path: str, before: str, after: str, budget: Budget | None) -> str:
    """Return a change as one line for a person: `MEMORY.md: +3 −1 lines, 186 of 200 lines`.

    Args:
        path: Path of the file.
        before: Its text.
        after: The text after the change.
        budget: The index file as it would be; None for other files.
    """
    plus, minus = line_counts(before.encode(errors="replace"), after.encode(errors="replace"))
    sizes = [f"{taken:,} of {most:,} {unit}" for taken, most, unit in budget.limits] if budget else []
    return visible_line(", ".join([f"{path}: +{plus} −{minus} lines", *sizes]))
