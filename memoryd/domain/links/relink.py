"""Changes of a link's destination, and of nothing else."""

import posixpath
import re
from collections.abc import Iterator

from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import Link, Span
from memoryd.domain.markdown.parts import fold_label
from memoryd.values import regex

_TRIED = 4  # starts of the destination to try in a link's text, from the end
_UNSAFE = regex("[\x00-\x20\x7f\"#%&'()<>?\\[\\\\\\]`{|}\xa0\u2028\u2029\ufeff]")
_HTML_TARGET = regex(rb"(?<=\s)(?:href|src)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+)", re.IGNORECASE)
_SUFFIX = regex(r"[?#].*", re.DOTALL)
_SPACE = b" \t\r\n"


def destination_of(document: str, place: str, root: str, like: str) -> str:
    """Return the destination of a link from a document to a file.

    Args:
        document: Path of the document, relative to the store.
        place: Absolute path of the new target.
        root: Absolute path of the store.
        like: The old destination: its part after `?` or `#` and a leading `./` are kept.
    """
    path = posixpath.relpath(place, posixpath.join(root, posixpath.dirname(document)))
    if (like.startswith("./") and not path.startswith("../")) or ":" in path.partition("/")[0]:
        path = f"./{path}"
    path = _UNSAFE.sub(_escaped, path) + "/" * like.endswith("/")
    suffix = _SUFFIX.search(like)
    return path + (re.sub(r"[\s\"'()<>\\`&|]", _escaped, suffix[0]) if suffix else "")


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def relinked(document: Document, link: Link, destination: str) -> bytes | None:
    """Return the bytes of a document with a new destination for one link; None if that is not certain.

    For a link by reference, the definition changes, and with it all links that use it.
    """
    if document.undecodable is not None:
        return None
    new = destination.encode()
    source = document.source
    for span in _places(document, link):
        if source[span.start : span.end].startswith((b'"', b"'")):
            changed = source[: span.start + 1] + new + source[span.end - 1 :]
        else:
            changed = source[: span.start] + new + source[span.end :]
        grown = len(changed) - len(source)
        whole = link.span if link.span.start <= span.start < link.span.end else _definition(document, span)
        if whole and _leads(changed[whole.start : whole.end + grown], link, destination):
            return changed
    return None


def _leads(part: bytes, link: Link, destination: str) -> bool:
    """Return whether a changed link, or definition of one, has the new destination when parsed alone."""
    document = parse("", part)
    if document.definitions and not document.links:
        return [each.destination for each in document.definitions.values()] == [destination]
    return (
        [each.destination for each in document.links if each.span.end == len(part)] == [destination]
        and document.links[0].span.start == 0
        and document.links[0].text == link.text
    )


def _places(document: Document, link: Link) -> Iterator[Span]:
    """Yield the spans that may be the destination of a link, the likeliest first."""
    source, span = document.source, link.span
    if source.startswith(b"<", span.start):
        for match in _HTML_TARGET.finditer(source, span.start, span.end):
            yield Span(*match.span(1))
        return
    end = span.end
    for _ in range(_TRIED):
        start = source.rfind(b"](", span.start, end)
        if start < 0:
            break
        yield _destination_at(source, start + 2, span.end)
        end = start + 1
    if source.endswith(b"]", span.start, span.end):
        definition = _used(document, span)
        start = source.find(b"]:", definition.start, definition.end) if definition else -1
        if definition and start >= 0:
            yield _destination_at(source, start + 2, definition.end)


def _used(document: Document, span: Span) -> Span | None:
    """Return the definition that a link by reference uses."""
    text = document.slice(span).removesuffix("[]")
    wanted = fold_label(text[text.rfind("[") + 1 : -1])
    return next(
        (each.span for label, each in document.definitions.items() if fold_label(label) == wanted), None
    )


def _definition(document: Document, span: Span) -> Span | None:
    """Return the definition that a span is in."""
    return next(
        (
            each.span
            for each in document.definitions.values()
            if each.span.start <= span.start < each.span.end
        ),
        None,
    )


def _destination_at(source: bytes, start: int, end: int) -> Span:
    """Return the text in angle brackets, or up to the next white space, from an offset on."""
    while start < end and source[start] in _SPACE:
        start += 1
    if source.startswith(b"<", start):
        stop = source.find(b">", start, end)
        return Span(start, stop + 1 if stop >= 0 else end)
    depth, stop = 0, start
    while stop < end and source[stop] not in _SPACE:
        if source[stop] == ord("\\"):
            stop += 1
        elif source[stop] == ord("("):
            depth += 1
        elif source[stop] == ord(")"):
            if not depth:
                break
            depth -= 1
        stop += 1
    return Span(start, min(stop, end))
