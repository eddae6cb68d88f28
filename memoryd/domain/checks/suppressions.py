"""Suppression comments: `<!-- memoryd: ignore[L001] reason -->`.

A comment applies to its own line and, if it is alone there, to the next line with content; `ignore-file`
applies to the whole file. Only real HTML comments count, not examples in code blocks.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from memoryd.domain.checks.diagnostic import Diagnostic, UnusedSuppression
from memoryd.domain.checks.rule import Rule
from memoryd.domain.checks.selection import find_rule, suggestion
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.frontmatter import BOM
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.parts import html_spans
from memoryd.domain.markdown.positions import line_at
from memoryd.values import dataclass, regex

_COMMENT = regex(
    rb"<!--\s*memoryd:\s*ignore(?P<file>-file)?(?![\w-])\s*(?:\[(?P<names>[^\]\n]*)\])?(?:(?!<!--).)*?-->",
    re.DOTALL,
)
_MARK = b"memoryd:"
_MARGIN = b" \t\r\n>"
# A line with an allowed broken link must not be removed for it either.
_ALSO = {"P006": ("l001", "broken-link")}


@dataclass(frozen=True, slots=True)
class Suppression:
    """One suppression comment.

    Attributes:
        span: The comment.
        names: Codes and names of rules, as written.
        listed: The span of these names.
        whole_file: It applies to the whole file.
        lines: The lines that it applies to, from 1.
        alone: It is alone on its lines.
    """

    span: Span
    names: tuple[str, ...]
    listed: Span
    whole_file: bool
    lines: range
    alone: bool

    def suppresses(self, diagnostic: Diagnostic) -> str | None:
        """Return the name by which it suppresses a finding of its file, or None."""
        if not self.whole_file and diagnostic.start.line not in self.lines:
            return None
        called = {diagnostic.code.lower(), diagnostic.name, *_ALSO.get(diagnostic.code, ())}
        return next((name for name in self.names if name.lower() in called), None)


Used = tuple[str, int, str]
"""Absolute path of a file, offset of a comment in it, and one of its names."""


@lru_cache(maxsize=64)  # every check of the same text asks for them
def suppressions_of(document: Document) -> tuple[Suppression, ...]:
    """Return the suppression comments of a document, in order."""
    source = document.source
    if _MARK not in source:
        return ()
    html = tuple(html_spans(source, document.body))
    starts = [span.start for span in html]
    found = []
    for match in _COMMENT.finditer(source, document.body):
        at = bisect_left(starts, match.start() + 1) - 1
        if at >= 0 and match.start() < html[at].end:
            found.append(match)
    return tuple(_read(source, found))


def _read(source: bytes, comments: list[re.Match[bytes]]) -> Iterator[Suppression]:
    if not comments:
        return
    line_starts = [0, *(match.end() for match in re.finditer(b"\n", source))]
    blanked = bytearray(source.replace(BOM, b" " * len(BOM), 1) if source.startswith(BOM) else source)
    for match in comments:
        blanked[match.start() : match.end()] = b" " * len(match[0])
    lines = bytes(blanked).split(b"\n")  # a multi-line comment is one line here
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    written = [start for start, line in zip(starts, lines, strict=False) if line.strip(_MARGIN)]
    for match in comments:
        first, last = (bisect_left(line_starts, at + 1) for at in (match.start(), match.end() - 1))
        own = starts[bisect_left(starts, match.start() + 1) - 1]
        following = bisect_left(written, own)
        alone = following == len(written) or written[following] != own
        if alone and following < len(written):
            last = bisect_left(line_starts, written[following] + 1)
        names = (name.strip() for name in (match["names"] or b"").decode().split(","))
        yield Suppression(
            span=Span(match.start(), match.end()),
            names=tuple(filter(None, names)),
            listed=Span(*match.span("names")),
            whole_file=match["file"] is not None,
            lines=range(first, last + 1),
            alone=alone,
        )


def apply_suppressions(
    diagnostics: Iterable[Diagnostic], comments: Mapping[str, tuple[Suppression, ...]]
) -> tuple[tuple[Diagnostic, ...], frozenset[Used]]:
    """Return the findings that no comment suppresses, and the names that suppress a finding.

    Args:
        diagnostics: All findings.
        comments: The comments of each file, by absolute path.
    """
    kept = []
    used: set[Used] = set()
    files = {path: _Comments(each) for path, each in comments.items()}
    for diagnostic in diagnostics:
        file = files.get(diagnostic.path)
        if file is None or not file.suppress(diagnostic, used):
            kept.append(diagnostic)
    return tuple(kept), frozenset(used)


class _Comments:
    """Comments of one file by the names in them; each is found once, however many findings it suppresses."""

    def __init__(self, comments: Iterable[Suppression]) -> None:
        named: dict[str, list[Suppression]] = {}
        for comment in comments:
            for name in {name.lower() for name in comment.names}:
                named.setdefault(name, []).append(comment)
        self._named = {name: _Named(each) for name, each in named.items()}
        self._known: dict[tuple[int, str], bool] = {}

    def suppress(self, diagnostic: Diagnostic, used: set[Used]) -> bool:
        """Return whether a comment suppresses a finding, and add the names that do."""
        key = diagnostic.start.line, diagnostic.code
        if key not in self._known:
            called = {diagnostic.code.lower(), diagnostic.name, *_ALSO.get(diagnostic.code, ())}
            found = [self._named[name].suppress(diagnostic, used) for name in called & self._named.keys()]
            self._known[key] = any(found)
        return self._known[key]


class _Named:
    """Comments of one file with the same name."""

    def __init__(self, comments: list[Suppression]) -> None:
        self._whole = [comment for comment in comments if comment.whole_file]
        self._local = [comment for comment in comments if not comment.whole_file]  # both ends only grow
        self._firsts = [comment.lines.start for comment in self._local]
        self._ends = [comment.lines.stop for comment in self._local]
        self._next = list(range(len(self._local) + 1))  # of each comment, the next that was not used

    def suppress(self, diagnostic: Diagnostic, used: set[Used]) -> bool:
        """Return whether a comment suppresses a finding, and add the names that do."""
        line = diagnostic.start.line
        first, end = bisect_right(self._ends, line), bisect_right(self._firsts, line)
        found = [*self._whole, *(self._local[number] for number in self._unused(first, end))]
        for comment in found:
            if name := comment.suppresses(diagnostic):
                used.add((diagnostic.path, comment.span.start, name))
        is_suppressed = first < end or bool(self._whole)
        self._whole = self._whole[:1]
        return is_suppressed

    def _unused(self, first: int, end: int) -> Iterator[int]:
        """Yield the numbers of comments that were not used before."""
        number = self._find(first)
        while number < end:
            self._next[number] = number + 1
            yield number
            number = self._find(number)

    def _find(self, number: int) -> int:
        while self._next[number] != number:
            self._next[number] = self._next[self._next[number]]
            number = self._next[number]
        return number


def unused_names(
    path: str, comment: Suppression, used: frozenset[Used], rules: tuple[Rule, ...], judge: str
) -> UnusedSuppression | None:
    """Return the unused part of a comment, or None.

    Args:
        path: Absolute path of its file.
        comment: The comment.
        used: The names that suppress a finding, after a run of all `rules`.
        rules: The catalogue.
        judge: Code of the calling rule, whose own suppressions are unknown.
    """
    problems = []
    idle = []
    for name in comment.names:
        known = find_rule(name, rules)
        if known is None:
            problems.append(f'there is no rule "{name}" ({suggestion(name, rules)})')
        elif known.code != judge and (path, comment.span.start, name) not in used:
            problems.append(f"it suppresses no {known.code} here")
        else:
            continue
        idle.append(name)
    if not comment.names:
        problems = ["it names no rule: write ignore[CODE]"]
    if not problems:
        return None
    return UnusedSuppression(comment.span, tuple(idle), "; ".join(problems))


def without(document: Document, unused: UnusedSuppression) -> bytes | None:
    """Return the file without these names of a comment, or without the comment if none is left.

    Return None if that would change another part of the file.
    """
    if document.undecodable is not None:
        return None
    comment = next(each for each in suppressions_of(document) if each.span == unused.span)
    source = document.source
    if left := _left(comment, unused):
        return source[: comment.listed.start] + left + source[comment.listed.end :]
    entries = _entries(document)
    for cut in _cuts(source, comment):
        candidate = source[: cut.start] + source[cut.end :]
        if _entries(parse(document.path, candidate)) == entries:
            return candidate
    return None


def without_all(document: Document, unused: Iterable[UnusedSuppression]) -> bytes | None:
    """Return the file without the unused names of all these comments, in one pass.

    Return None if that would change another part of the file.
    """
    if document.undecodable is not None:
        return None
    source = document.source
    comments = {comment.span: comment for comment in suppressions_of(document)}
    pieces, end = [], 0
    for each in sorted(unused, key=lambda each: each.span.start):
        comment = comments[each.span]
        left = _left(comment, each)
        cut = comment.listed if left else next(_cuts(source, comment))
        pieces += [source[end : cut.start], left]
        end = max(end, cut.end)
    candidate = b"".join([*pieces, source[end:]])
    return candidate if _entries(parse(document.path, candidate)) == _entries(document) else None


def _left(comment: Suppression, unused: UnusedSuppression) -> bytes:
    """Return the names of a comment that are used, as they are written there."""
    return ", ".join(name for name in comment.names if name not in unused.names).encode()


def _cuts(source: bytes, comment: Suppression) -> Iterator[Span]:
    """Yield parts that may be removed with a comment: its whole lines, or the comment by itself."""
    start, end = comment.span.start, comment.span.end
    if comment.alone:
        first = max(line_at(source, start).start, len(BOM) * source.startswith(BOM))
        after = line_at(source, end).end
        if not source[first:start].strip() and not source[end:after].strip():
            yield Span(first, after)
    line = source[line_at(source, start).start : start]
    spaces = len(line) - len(line.rstrip(b" \t")) if source[end : end + 1] in b"\r\n" else 0
    yield Span(start - spaces, end)


def _entries(document: Document) -> list[str]:
    """Return the texts of the entries of a document, without comments."""
    texts = (_COMMENT.sub(b"", document.source[each.span.start : each.span.end]) for each in document.entries)
    return [" ".join(text.decode().split()) for text in texts]
