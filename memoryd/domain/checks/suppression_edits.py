"""Suppression comments for accepted findings, written."""

from bisect import bisect_right
from collections.abc import Iterable

from memoryd.domain.checks.suppressions import suppressions_of
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind
from memoryd.values import dataclass

_INLINE = frozenset(
    {
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST,
        BlockKind.TABLE,
        BlockKind.QUOTE,
        BlockKind.FOOTNOTE,
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """A finding to suppress: its line from 1, its code, and whether it is about the whole file."""

    line: int
    code: str
    whole_file: bool


def with_suppressions(document: Document, wishes: Iterable[Wish]) -> bytes | None:
    """Return the file with a comment for each wish, at the end of its line or else for the whole file.

    Return None if the file cannot have comments: it is not UTF-8, or ends within code or a comment.
    """
    if document.undecodable is not None:
        return None
    wanted = sorted(set(wishes))
    taking = _lines_with_text(document)
    inline = [wish for wish in wanted if not wish.whole_file and wish.line in taking]
    trial = _Suppressed(parse(document.path, _with_lines(document, inline)))
    inline = [wish for wish in inline if trial.has(wish)]
    codes = sorted({wish.code for wish in set(wanted).difference(inline)})
    source = _with_lines(document, [wish for wish in inline if wish.code not in codes])
    if codes:
        eol = b"\r\n" if b"\r\n" in source else b"\n"
        gap = eol if source and not source.endswith(b"\n") else b""
        source += gap + _comment("ignore-file", codes) + eol
    after = _Suppressed(parse(document.path, source))
    return source if all(map(after.has, wanted)) else None


def _comment(kind: str, codes: list[str]) -> bytes:
    return f"<!-- memoryd: {kind}[{', '.join(codes)}] -->".encode()


def _lines_with_text(document: Document) -> set[int]:
    """Return the lines, from 1, in which a comment would be read as one."""
    found: set[int] = set()
    for block in document.blocks:
        if block.kind in _INLINE and block.span.start < block.span.end:
            first, last = (document.position(at).line for at in (block.span.start, block.span.end - 1))
            is_whole = document.line_at(block.span.start).start == block.span.start
            found.update(range(first + (not is_whole), last + 1))
    return found


def _with_lines(document: Document, wishes: list[Wish]) -> bytes:
    """Return the source with comments at the end of lines, one per line for all its codes."""
    lines = document.source.split(b"\n")
    codes: dict[int, list[str]] = {}
    for wish in wishes:
        codes.setdefault(wish.line, []).append(wish.code)
    for line, named in codes.items():
        text = lines[line - 1]
        at = _end_of(text)
        lines[line - 1] = text[:at] + b" " + _comment("ignore", named) + text[at:]
    return b"\n".join(lines)


def _end_of(line: bytes) -> int:
    """Return the offset for a comment: before the last bar of a table row, and before a hard line break."""
    text = line.rstrip(b" \t\r")
    if line.lstrip().startswith(b"|") and text.endswith(b"|") and not text.endswith(b"\\|"):
        return len(text[:-1].rstrip(b" \t"))
    return len(text) - (text.endswith(b"\\") and not text.endswith(b"\\\\"))


class _Suppressed:
    """The findings that the comments of a document suppress."""

    def __init__(self, document: Document) -> None:
        self._everywhere: set[str] = set()
        self._lines: dict[str, list[range]] = {}  # of each name; both ends only grow
        for comment in suppressions_of(document):
            if comment.whole_file:
                self._everywhere.update(comment.names)
            else:
                for name in comment.names:
                    self._lines.setdefault(name, []).append(comment.lines)

    def has(self, wish: Wish) -> bool:
        """Return whether a finding is suppressed."""
        lines = self._lines.get(wish.code, [])
        last = bisect_right(lines, wish.line, key=lambda each: each.start) - 1
        return wish.code in self._everywhere or (last >= 0 and wish.line in lines[last])
