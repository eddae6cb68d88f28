"""Conflict markers that a merge left in a file."""

import re
from collections.abc import Iterator

from memoryd.domain.markdown.model import Span
from memoryd.values import regex

# Git, Mercurial and Subversion write a name after the first and the last marker. The middle one alone may
# be the underline of a heading.
_MARKER = regex(rb"^(?:<{7} |>{7} |\|{7}(?= |\r?$)|={7}(?=\r?$))[^\r\n]*", re.MULTILINE)


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
