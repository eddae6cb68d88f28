"""Full-text search without the database: queries, text as it is indexed, and what to show of a hit.

FTS5's tokenizer sees a run of Chinese, Japanese or Korean as one word. So every such character is set apart
with a separator before indexing, and a query for several of them becomes a phrase.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memoryd.domain.document import Document

# What FTS5 puts around a match; `segment` lets neither into indexed text.
OPEN, CLOSE = "\x02", "\x03"
_SEAM = "\x1f"

# Han, kana, bopomofo, Hangul.
_CJK = (
    r"\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_CJK_RUN = re.compile(rf"[{_CJK}]+")
_PIECE = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
# Neither SQLite (NUL, surrogates) nor a terminal (escape sequences) should meet these.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TERM = re.compile(r'(?P<minus>-(?=[^\s-]))?(?:"(?P<phrase>[^"]*)"?(?P<star>\*?)|(?P<word>\S+))')
_MARK = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")

# A pasted page is a legal query, but hundreds of words in OR take seconds.
_MOST_TERMS = 32
_LONGEST_TERM = 200

_SNIPPET = 160
_LEAD = 40


def clean(text: str) -> str:
    """Text without control characters (tab and newline stay) and lone surrogates, composed (NFC)."""
    text = _UNFIT.sub(" ", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def segment(text: str) -> str:
    """Text as it is indexed: cleaned, CJK characters set apart; newlines stay where they are."""
    text = clean(text)
    return text if text.isascii() else _CJK_RUN.sub(lambda run: f"{_SEAM}{_SEAM.join(run[0])}{_SEAM}", text)


def expressions(query: str) -> tuple[str, ...]:
    """FTS5 expressions for a query, in the order to try: all of its terms, then any word of them.

    Any text is legal: words, `"phrases"`, `prefix*`, and `-excluded` words or phrases. Everything else is
    punctuation (`--flag` is the word "flag"). Only the first 32 terms count.

    Returns:
        Nothing where there is nothing to look for.
    """
    every: list[str] = []
    some: list[str] = []
    without: list[str] = []
    for term in _TERM.finditer(clean(query)):
        word, phrase = term["word"], term["phrase"]
        text = (phrase if word is None else word)[:_LONGEST_TERM]
        if not _PIECE.search(text):
            continue
        star = "*" if term["star"] or (word or "").endswith("*") else ""
        whole = _quoted(text) + star
        if term["minus"]:
            without.append(whole)
            continue
        every.append(whole)
        if word is None:
            some.append(whole)
        else:
            parts = [_quoted(piece) for piece in _pieces(text)]
            some += [*parts[:-1], parts[-1] + star]
    if not every:
        return ()
    minus = f" NOT ({_joined(' OR ', without)})" if without else ""
    tries = (f"({_joined(' AND ', every)}){minus}", f"({_joined(' OR ', some)}){minus}")
    return tuple(dict.fromkeys(tries))


def _quoted(text: str) -> str:
    return '"' + segment(text).replace('"', '""') + '"'


def _joined(operator: str, terms: list[str]) -> str:
    return operator.join(list(dict.fromkeys(terms))[:_MOST_TERMS])


def _pieces(text: str) -> Iterator[str]:
    """Words; of a CJK run, which has no spaces, every two neighbours."""
    for piece in _PIECE.findall(text):
        if _CJK_RUN.match(piece):
            yield from (piece[at : at + 2] for at in range(max(1, len(piece) - 1)))
        else:
            yield piece


@dataclass(frozen=True, slots=True)
class Columns:
    """A document as it is indexed.

    Attributes:
        name: Of the front matter; segmented, as all texts here.
        description: Of the front matter.
        headings: One on each line.
        body: All after the front matter.
        lines: For each of the four, the line in the file (from 1) of its first lines; the last one counts on.
    """

    name: str
    description: str
    headings: str
    body: str
    lines: tuple[tuple[int, ...], ...]


def columns(document: Document) -> Columns:
    """What is indexed of a document, and where it stands."""
    source = document.source
    offsets = [heading.span.start for heading in document.headings]
    return Columns(
        segment(_one_line(document.name)),
        segment(_one_line(document.description)),
        "\n".join(segment(_one_line(heading.text)) for heading in document.headings),
        segment(source[document.body :].decode()),
        (
            (_key_line(document, b"name"),),
            (_key_line(document, b"description"),),
            tuple(_line_numbers(source, offsets)),
            (source.count(b"\n", 0, document.body) + 1,),
        ),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _key_line(document: Document, key: bytes) -> int:
    if document.front_matter is None:
        return 1
    span = document.front_matter.span
    found = re.compile(rb"^[\"']?%b[\"']?[ \t]*:" % key, re.MULTILINE).search(
        document.source, span.start, span.end
    )
    return document.source.count(b"\n", 0, found.start() if found else span.start) + 1


def _line_numbers(source: bytes, offsets: Sequence[int]) -> Iterator[int]:
    line, before = 1, 0
    for offset in offsets:
        line, before = line + source.count(b"\n", before, offset), offset
        yield line


@dataclass(frozen=True, slots=True)
class Passage:
    """What to show of a hit: one line, shortened, without markers.

    Attributes:
        line: In the file, from 1.
        text: Plain text without line breaks.
        matches: Start and end of each match in `text`, in code points from 0.
    """

    line: int
    text: str
    matches: tuple[tuple[int, int], ...]


def best_passage(marked: Sequence[str], lines: Sequence[Sequence[int]]) -> Passage:
    """The line with most different matches; of equal ones the first, the body before everything else.

    Args:
        marked: The four columns in the order of `Columns`, matches between `OPEN` and `CLOSE`.
        lines: As in `Columns`.
    """
    best, most = (3, 0, 0, 0), 0
    for column in (3, 1, 2, 0):
        for row, start, end, different in _rows(marked[column]):
            if different > most:
                best, most = (column, row, start, end), different
    column, row, start, end = best
    known = lines[column]
    at = min(row, len(known) - 1)
    text = marked[column]
    line_end = text.find("\n", end)
    whole = text[text.rfind("\n", 0, start) + 1 : len(text) if line_end < 0 else line_end]
    return Passage(known[at] + row - at, *_shortened(*unmarked(whole)))


def unmarked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Text out of the index as people read it, on one line, and where its matches are."""
    text = _one_line(text.replace(_SEAM, ""))
    matches = tuple(
        (match.start() - 2 * n, match.end() - 2 * n - 2) for n, match in enumerate(_MARK.finditer(text))
    )
    return text.replace(OPEN, "").replace(CLOSE, ""), matches


def _rows(marked: str) -> Iterator[tuple[int, int, int, int]]:
    """Rows with matches: number from 0, start of the first and end of the last match, how many differ."""
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
    """At most about `_SNIPPET` code points, cut at spaces if possible, with as many matches as fit."""
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
    """Start of the match that most different ones follow closely; a look at the first ones is enough."""
    near = matches[:_MOST_TERMS]
    different = [
        len({text[c:d].casefold() for c, d in near if a <= c and d <= a + _SNIPPET - _LEAD}) for a, _ in near
    ]
    return near[different.index(max(different))][0] if near else 0
