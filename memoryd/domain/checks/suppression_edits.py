"""Suppression comments for accepted findings, written."""

from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.domain.checks.suppressions import suppressions_of
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind

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
    inline = [wish for wish in wanted if not wish.whole_file and _takes_comments(document, wish.line)]
    trial = parse(document.path, _with_lines(document, inline))
    inline = [wish for wish in inline if _is_suppressed(trial, wish)]
    codes = sorted({wish.code for wish in wanted if wish not in inline})
    source = _with_lines(document, [wish for wish in inline if wish.code not in codes])
    if codes:
        eol = b"\r\n" if b"\r\n" in source else b"\n"
        gap = eol if source and not source.endswith(b"\n") else b""
        source += gap + _comment("ignore-file", codes) + eol
    after = parse(document.path, source)
    return source if all(_is_suppressed(after, wish) for wish in wanted) else None


def _comment(kind: str, codes: list[str]) -> bytes:
    return f"<!-- memoryd: {kind}[{', '.join(codes)}] -->".encode()


def _takes_comments(document: Document, line: int) -> bool:
    """Return whether a comment in a line would be read as one."""
    lines = document.source.split(b"\n")
    at = sum(len(each) + 1 for each in lines[: line - 1])
    return any(block.span.start <= at < block.span.end and block.kind in _INLINE for block in document.blocks)


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


def _is_suppressed(document: Document, wish: Wish) -> bool:
    return any(
        wish.code in comment.names and (comment.whole_file or wish.line in comment.lines)
        for comment in suppressions_of(document)
    )
