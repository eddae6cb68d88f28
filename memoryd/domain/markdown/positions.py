"""Lines and columns of byte offsets."""

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

from memoryd.domain.markdown.model import Span

_STEP = 1024  # bytes
_CONTINUING = bytes(range(0x80, 0xC0))  # of a character, after its first byte


def line_at(source: bytes, offset: int) -> Span:
    """Return the line of a byte, line end included; the end of the file is in its last line."""
    return Span(source.rfind(b"\n", 0, offset) + 1, source.find(b"\n", offset) + 1 or len(source))


def byte_span(text: str, start: int, end: int, at: int = 0) -> Span:
    """Return a span in bytes for a part of a text in code points.

    Args:
        text: The text.
        start: Where the part starts, in code points.
        end: Where it ends, in code points.
        at: Where the text starts, in bytes.
    """
    first = at + len(text[:start].encode())
    return Span(first, first + len(text[start:end].encode()))


def line_and_column(source: bytes, offset: int) -> tuple[int, int]:
    """Return line and column of a byte offset in UTF-8, both from 1, the column in code points."""
    lines, characters = _offsets(source)
    line = bisect_right(lines, offset)
    start = lines[line - 1]
    if not characters:
        column = offset - start
    elif offset - start <= _STEP:
        column = len(source[start:offset].translate(None, _CONTINUING))
    else:
        column = _characters_before(source, offset, characters) - _characters_before(
            source, start, characters
        )
    if start == 0 and source.startswith(b"\xef\xbb\xbf") and offset > 0:
        column -= 1  # editors do not count the byte-order mark
    return line, column + 1


@lru_cache(maxsize=16)  # one file, or one line, may have thousands of findings
def _offsets(source: bytes) -> tuple[list[int], list[int]]:
    """Return the start of each line, and the number of code points before every `_STEP` bytes.

    Of ASCII, where each byte is one, return no numbers.
    """
    lines = [0]
    at = source.find(b"\n") + 1
    while at:
        lines.append(at)
        at = source.find(b"\n", at) + 1
    if source.isascii():
        return lines, []
    steps = (len(source[at : at + _STEP].translate(None, _CONTINUING)) for at in range(0, len(source), _STEP))
    return lines, list(accumulate(steps, initial=0))


def _characters_before(source: bytes, offset: int, characters: list[int]) -> int:
    step = offset // _STEP
    return characters[step] + len(source[step * _STEP : offset].translate(None, _CONTINUING))
