"""Snippets: the best line of a hit."""

from collections.abc import Iterator, Sequence

from memoryd.domain.search.segments import CLOSE, OPEN, unsegmented
from memoryd.domain.text.phrases import one_line
from memoryd.values import dataclass, regex

_MARK = regex(f"{OPEN}([^{CLOSE}]*){CLOSE}")
_SNIPPET = 160
_LEAD = 40
_MOST_MATCHES = 32  # checked in one line
_BODY = 3


@dataclass(frozen=True, slots=True)
class Snippet:
    """The line of a hit to show, shortened, without markers.

    Attributes:
        line: Its number in the file, from 1.
        text: Plain text without line breaks.
        matches: Start and end of each match in `text`, in code points from 0.
        different: The number of different words that match in the line.
    """

    line: int
    text: str
    matches: tuple[tuple[int, int], ...]
    different: int = 0


def best_passage(marked: Sequence[str], lines: Sequence[Sequence[int]]) -> Snippet:
    """Return the line with most different matches; of equal ones the first, the body before other columns.

    Args:
        marked: The four columns in the order of `facts.Columns`, matches between `OPEN` and `CLOSE`.
        lines: As in `facts.Columns`.
    """
    best, most = (_BODY, 0, 0, 0), 0
    for column in (_BODY, 1, 2, 0):
        for row, start, end, different in _rows(marked[column]):
            if different > most:
                best, most = (column, row, start, end), different
    column, row, start, end = best
    known = lines[column]
    at = min(row, len(known) - 1)
    line = known[at] + (row - at if column == _BODY else 0)
    text = marked[column]
    line_end = text.find("\n", end)
    whole = text[text.rfind("\n", 0, start) + 1 : len(text) if line_end < 0 else line_end]
    return Snippet(line, *_shortened(*unmarked(whole)), most)


def first_passage(marked: Sequence[str], lines: Sequence[Sequence[int]]) -> Snippet:
    """Return the line to show of a document found by filters alone: its description, or its beginning."""
    if marked[1]:
        return Snippet(lines[1][0], *_shortened(*unmarked(marked[1])))
    rows = enumerate(marked[_BODY].split("\n"))
    row, text = next(((row, text) for row, text in rows if text.strip(" \t#")), (0, ""))
    return Snippet(lines[_BODY][0] + row, *_shortened(*unmarked(text)))


def unmarked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return text out of the index as people read it, on one line, and the spans of its matches."""
    text = one_line(unsegmented(text))
    matches = tuple(
        (match.start() - 2 * n, match.end() - 2 * n - 2) for n, match in enumerate(_MARK.finditer(text))
    )
    return text.replace(OPEN, "").replace(CLOSE, ""), matches


def _rows(marked: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield rows with matches: number from 0, start of first and end of last match, different matches."""
    row, before, first, last = 0, 0, 0, 0
    seen: set[str] = set()
    for match in _MARK.finditer(marked):
        skipped = marked.count("\n", before, match.start())
        if skipped and seen:
            yield row, first, last, len(seen)
        if skipped or not seen:
            row, first, seen = row + skipped, match.start(), set()
        before, last = match.start(), match.end()
        seen.add(match[1].casefold())
    if seen:
        yield row, first, last, len(seen)


def _shortened(text: str, matches: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return at most about `_SNIPPET` code points, cut at spaces if possible, with as many matches as fit."""
    if len(text) <= _SNIPPET:
        return text, matches
    start = max(0, _busiest(text, matches) - _LEAD)
    if start:
        space = text.find(" ", start, start + _LEAD // 2)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + _SNIPPET)
    if end < len(text):
        space = text.rfind(" ", end - _LEAD // 2, end)
        end = space if space >= 0 else end
    before, after = "…" * (start > 0), "…" * (end < len(text))
    move = len(before) - start
    inside = ((max(a, start) + move, min(b, end) + move) for a, b in matches if a < end and b > start)
    return before + text[start:end] + after, tuple(inside)


def _busiest(text: str, matches: tuple[tuple[int, int], ...]) -> int:
    """Return the start of the match that most different ones follow closely, among the first ones."""
    near = matches[:_MOST_MATCHES]
    different = [
        len({text[c:d].casefold() for c, d in near if a <= c and d <= a + _SNIPPET - _LEAD}) for a, _ in near
    ]
    return near[different.index(max(different))][0] if near else 0
