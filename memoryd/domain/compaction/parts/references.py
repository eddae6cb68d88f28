"""Link references of an index file by label."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.parts import fold_label
from memoryd.values import regex

_BRACKETS = regex(rb"\[([^\[\]]+)\]")
_DEFINED = regex(rb"^ {0,3}\[([^\[\]]+)\]:", re.MULTILINE)


class References:
    """The uses and definitions of link references in one file, by folded label.

    Args:
        index: The file.
    """

    def __init__(self, index: Document) -> None:
        self._source = index.source
        self._uses: dict[str, list[int]] = {}
        self._definitions: dict[str, list[Span]] = {}
        if not index.definitions:
            return
        for label, definition in index.definitions.items():
            self._definitions.setdefault(fold_label(label), []).append(definition.span)
        for label, at in _labels(index.source):
            self._uses.setdefault(label, []).append(at)
        spans = ((each.start, label) for label, spans in self._definitions.items() for each in spans)
        self._order = sorted(spans)
        self._starts = [start for start, _ in self._order]

    def used_in(self, text: bytes) -> list[Span]:
        """Return the definitions that a text uses, in order of position."""
        if not self._definitions:
            return []
        used = self._definitions.keys() & {label for label, _ in _labels(text)}
        return sorted(span for label in used for span in self._definitions[label])

    def is_closed(self, span: Span) -> bool:
        """Return whether no label is defined in a part and used outside of it, or the other way round."""
        if not self._uses:
            return True
        first, end = (bisect_left(self._starts, at) for at in span)
        if any(self._is_used_outside(label, span) for _, label in self._order[first:end]):
            return False
        # Of two definitions the first counts: alone, the second would come to life.
        inside = {fold_label(match[1].decode()) for match in _DEFINED.finditer(self._source[slice(*span)])}
        return not any(
            not span.start <= each.start < span.end
            for label in inside & self._definitions.keys()
            for each in self._definitions[label]
        )

    def _is_used_outside(self, label: str, span: Span) -> bool:
        uses = self._uses.get(label, [])
        return bisect_left(uses, span.end) - bisect_left(uses, span.start) < len(uses)


def _labels(text: bytes) -> Iterator[tuple[str, int]]:
    """Yield what is in square brackets, folded, and its offset."""
    return (
        (fold_label(match[1].decode(errors="replace")), match.start()) for match in _BRACKETS.finditer(text)
    )
