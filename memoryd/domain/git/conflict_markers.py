"""Conflict markers that a merge left in a file."""

import re
from collections.abc import Iterator

from memoryd.domain.markdown.model import Span
from memoryd.values import regex

# Git, Mercurial and Subversion write a name after the first and the last marker. The middle one alone may
# be the underline of a heading.
_MARKER = regex(rb"^(?:<{7} |>{7} |\|{7}(?= |\r?$)|={7}(?=\r?$))[^\r\n]*", re.MULTILINE)

_EVERYWHERE, _BASE, _OURS, _THEIRS = (0, 1, 2), (0,), (1,), (2,)
_STEPS: dict[tuple[bytes, tuple[int, ...]], tuple[int, ...]] = {
    (b"<", _EVERYWHERE): _OURS,
    (b"|", _OURS): _BASE,
    (b"=", _OURS): _THEIRS,
    (b"=", _BASE): _THEIRS,
    (b">", _THEIRS): _EVERYWHERE,
}  # which texts the lines after a marker belong to


def conflicts(source: bytes) -> Iterator[tuple[Span, ...]]:
    """Yield the marker lines, without line ends, of each conflict, also of an incomplete one."""
    if b"=======" not in source:  # skips most files: every conflict has it
        return
    held: list[Span] = []
    seen = b""  # first characters of the markers in `held`, in order
    for match in _MARKER.finditer(source):
        letter = match[0][:1]
        if letter == b"<":
            if seen.startswith(b"<") and b"=" in seen:
                yield tuple(held)
            held, seen = [], b""
        if letter == b">" and b"=" not in seen:
            held, seen = [], b""
            continue
        if letter in b"=|" and not seen.startswith(b"<"):
            held, seen = [], b""  # the last of several underlines may belong to a partial conflict
        held.append(Span(*match.span()))
        seen += letter
        if letter == b">":
            yield tuple(held)
            held, seen = [], b""
    if seen.startswith(b"<") and b"=" in seen:
        yield tuple(held)


def sides(source: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Return the base and both sides of a file with conflicts; None if it has none, or an incomplete one.

    Where git wrote no base between the markers, the base has nothing there: what one side lacks counts as
    added by the other.
    """
    texts: tuple[list[bytes], ...] = ([], [], [])  # of the base, ours, theirs
    into: tuple[int, ...] = _EVERYWHERE
    for line in source.split(b"\n"):
        letter = line[:1] if _MARKER.fullmatch(line.rstrip(b"\r")) else b""
        if letter and (letter, into) in _STEPS:
            into = _STEPS[letter, into]
        elif letter and letter != b"=":
            return None
        else:
            for number in into:
                texts[number].append(line)
    base, ours, theirs = (b"\n".join(lines) for lines in texts)
    return None if into != _EVERYWHERE or base == source else (base, ours, theirs)
