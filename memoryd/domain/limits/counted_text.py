"""The counted text of a file, with its byte offsets."""

from collections.abc import Iterable, Iterator

from memoryd.domain.limits.client_blocks import BlockName, blocks_between
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.text.utf16 import JS_SPACE, js_trim
from memoryd.values import dataclass, regex

_SPACE = f"[{JS_SPACE}]*"
_FRONT_MATTER_OPEN = regex(f"---{_SPACE}\n")
_FRONT_MATTER_CLOSE = regex(f"---{_SPACE}")  # the harness matches it anywhere, even inside a line

_CRLF = regex(rb"\r\n")


@dataclass(frozen=True, slots=True)
class CountedText:
    """The text that the limits are applied to.

    Attributes:
        text: The text.
        source: The file's text in UTF-8, complete: the bytes of `Document.source`.
        body: Offset in `source` of the first byte after byte-order mark and removed front matter.
        unified: Whether the body's line ends became LF.
        removed: The removed spans, in bytes of the body after its line ends were unified.
        lead: Bytes of white space trimmed from the start of the rest.
    """

    text: str
    source: bytes
    body: int
    unified: bool
    removed: tuple[Span, ...]
    lead: int

    def source_offset(self, index: int) -> int:
        """Return the offset in `source`, in bytes, of the character at `index`, in code points."""
        at = self.lead + len(self.text[:index].encode())
        for span in self.removed:
            if span.start > at:
                break
            at += span.end - span.start
        if self.unified:
            for earlier, crlf in enumerate(_CRLF.finditer(self.source, self.body)):
                if crlf.start() - self.body - earlier >= at:
                    return self.body + at + earlier
            at += self.source.count(b"\r\n", self.body)
        return self.body + at


def counted_text(raw: bytes, profile: Profile) -> CountedText:
    """Decode, strip and trim a file as the harness does before it counts; any bytes are legal."""
    whole = raw.decode("utf-8", "replace")
    start = int(whole.startswith("\ufeff"))
    if profile.strips_front_matter:
        start = _after_front_matter(whole, start)
    text = whole[start:]
    removed: list[Span] = []
    if profile.strips_comments and "<!--" in text:
        unix = text.replace("\r\n", "\n").replace("\r", "\n")
        removed = _strippable(unix, definitions=profile.drops_definitions)
        if removed:  # else its line ends stay as well (measured, in random_90052)
            text = _without(unix.encode(), removed).decode()
    trimmed = text.lstrip(JS_SPACE)
    return CountedText(
        text=js_trim(trimmed),
        source=whole.encode(),
        body=len(whole[:start].encode()),
        unified=bool(removed),
        removed=tuple(removed),
        lead=len(text[: len(text) - len(trimmed)].encode()),
    )


def _after_front_matter(text: str, start: int) -> int:
    """Return the end of front matter that starts at `start`; `start` itself if there is none."""
    opening = _FRONT_MATTER_OPEN.match(text, start)
    closing = opening and _FRONT_MATTER_CLOSE.search(text, opening.end())
    return closing.end() if closing else start


def _strippable(text: str, *, definitions: bool) -> list[Span]:
    r"""Return what is removed from a text with `\n` as its line ends, in bytes of its UTF-8 form.

    Args:
        text: The text.
        definitions: Link reference definitions at top level are removed as well.
    """
    last = text.rfind("<!--")
    if definitions:
        last = max(last, text.rfind("]:"))
    parts = [
        part
        for start, end, kind in blocks_between(text, 0, last)
        for part in _strippable_part(text, start, end, kind, definitions=definitions)
    ]
    return list(_in_bytes(text, parts))


def _strippable_part(
    text: str, start: int, end: int, kind: BlockName, *, definitions: bool
) -> Iterator[tuple[int, int]]:
    """Yield the removed spans of one block, in code points."""
    if kind is BlockName.DEFINITION and definitions:
        yield start, end
    if kind is not BlockName.HTML or not text[start:end].lstrip(JS_SPACE).startswith("<!--"):
        return
    comments = list(_closed_comments(text, start, end))
    rest = "".join(
        text[one:other]
        for one, other in zip(
            [start, *(close for _, close in comments)], [*(begin for begin, _ in comments), end], strict=True
        )
    )
    yield from [(start, end)] if comments and not js_trim(rest) else comments


def _closed_comments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    # Not a regular expression: many openings without an end would take quadratic time.
    start = text.find("<!--", start, end)
    while start >= 0 and (close := text.find("-->", start + 4, end)) >= 0:
        yield start, close + 3
        start = text.find("<!--", close + 3, end)


def _in_bytes(text: str, parts: Iterable[tuple[int, int]]) -> Iterator[Span]:
    """Yield spans in bytes for sorted spans in code points."""
    at = size = 0
    for start, end in parts:
        before = size + len(text[at:start].encode())
        at, size = end, before + len(text[start:end].encode())
        yield Span(before, size)


def _without(source: bytes, removed: Iterable[Span]) -> bytes:
    kept = []
    at = 0
    for span in removed:
        kept.append(source[at : span.start])
        at = span.end
    kept.append(source[at:])
    return b"".join(kept)
