"""Passages that agents read and readers do not see."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.parts import html_spans
from memoryd.domain.security.kinds import long_runs
from memoryd.domain.security.proofs import decoded
from memoryd.domain.security.signs import SignKind, signs_in
from memoryd.values import dataclass, regex

# Comments, and what a browser takes for one or never shows
_COMMENT = regex(
    rb"<!--(?P<comment>.*?)(?:-->|\Z)|<!\[CDATA\[(?P<data>.*?)\]\]>|<\?(?P<instruction>.*?)\?>"
    rb"|<(?:template|script|noscript|style)\b[^<>]{0,300}>(?P<element>.*?)</",
    re.DOTALL | re.IGNORECASE,
)
_NAMES = {
    "comment": "comment",
    "data": "character data",
    "instruction": "processing instruction",
    "element": "element that is not shown",
}
_OWN = regex(rb"\s*memoryd:")
_STYLE = (
    rb"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*(?:0|1p[xt])|opacity\s*:\s*0(?![.\d]*[1-9])"
    rb"|(?:left|top|text-indent|margin-left)\s*:\s*-\d{3,}|(?<![\w-])color\s*:\s*(?:white|transparent|#fff\b|#(?:f[a-f0-9]){3}\b"
    rb"|rgba?\(\s*255\s*,\s*255\s*,\s*255)"
)
_UNSEEN = regex(
    rb"<([a-z][a-z0-9]*)\b(?=[^<>]{0,500}?(?:style\s*=[^<>]{0,300}?(?:" + _STYLE + rb")|\shidden[\s>=]))"
    rb"[^<>]{0,600}>",
    re.IGNORECASE,
)
_PARAGRAPH_END = b"\n\n"
_LONGEST = 4000  # bytes of an element
_TITLE = regex(
    rb"\]\([^()\s]{0,500}[ \t]+[\"'(]([^\"'\n]{8,500})[\"')]\)"
    rb"|^[ ]{0,3}\[[^\]\n]{1,80}\]:[ \t]*\S{1,500}[ \t]+[\"'(]([^\n]{8,500})[\"')][ \t]*$"
    rb"|!\[([^\[\]\n]{8,500})\]",
    re.MULTILINE,
)
_ATTRIBUTE = regex(
    rb"\b(?:title|alt|aria-label|content|data-[\w-]{1,30})\s*=\s*\"([^\"<>]{8,500})\"", re.IGNORECASE
)
_FAR = regex(rb"(?<![ \t])[ \t]{120,}+([^\s][^\n]{8,2000})")
_LINE_OF_BASE64 = rb"\r?\n[ \t]*[A-Za-z0-9+/_-]"
_BASE64 = regex(
    rb"(?<![A-Za-z0-9+/_=-])(?:[A-Za-z0-9+/_-]{28,}+"
    rb"|[A-Za-z0-9+/_-]{16,}+(?:"
    + _LINE_OF_BASE64
    + rb"{16,}+){1,4000}(?:"
    + _LINE_OF_BASE64
    + rb"{2,15}+)?)"
    rb"={0,2}(?![A-Za-z0-9+/_=-])"
)
_ENCODED = regex(rb"[A-Za-z0-9+/_-]{16}")  # there is such a run in both
_HEXADECIMAL = regex(rb"(?<![0-9A-Fa-f])(?:[2-7][0-9A-Fa-f]){24,}+(?![0-9A-Fa-f])")
# Comments on how to keep the file are for whoever edits it
_HOUSEKEEPING = regex(
    r"\b(?:this|the|these|new|below|above|here|each|every)\b[^.\n]{0,40}\b(?:file|section|list|entry|entries|lines?"
    r"|index|memory|table|block|heading|template|limit|document|comment)\b"
    r"|\b(?:auto-?generated|do not edit|keep|todo|sorted|limit)\b"
)
_WORD = regex(r"[^\W\d_]{2,}")
_LEAST_WORDS = 3
_MOST_SIGNS = 20  # of a passage: what follows makes no difference
_LEAST_PROSE = 5  # words of decoded text
_MOST_PLAIN = 0.9  # of the characters of prose are letters and spaces


@dataclass(frozen=True, slots=True)
class HiddenPassage:
    """A passage that a reader does not see.

    Attributes:
        span: Where it is, in bytes of the source.
        how: How it is hidden, a noun: "comment".
        text: The text that the agent reads or can decode.
    """

    span: Span
    how: str
    text: str


def hidden_passages(document: Document) -> Iterator[HiddenPassage]:
    """Yield the passages of a document that are hidden from a reader and meant for an agent."""
    source = document.source
    if b"<" in source:
        yield from _in_html(document)
    if b"](" in source or b"]:" in source or b"![" in source:
        yield from _if_for_agents(source, _TITLE, "title of a link")
    if b" " * 60 in source or b"\t" * 60 in source:
        yield from _if_for_agents(source, _FAR, "text far to the right")
    for pattern, how in ((_BASE64, "base64"), (_HEXADECIMAL, "hexadecimal")):
        if not _ENCODED.search(long_runs(source)):
            continue
        for match in pattern.finditer(source):
            if text := _prose(match[0], how):
                yield HiddenPassage(Span(*match.span()), f"text in {how}", text)


def _in_html(document: Document) -> Iterator[HiddenPassage]:
    source = document.source

    @cache
    def html() -> tuple[list[Span], list[int]]:
        spans = list(html_spans(source, document.body))
        return spans, [span.start for span in spans]

    def is_html(at: int) -> bool:
        spans, starts = html()  # few texts have anything to ask for
        number = bisect_right(starts, at) - 1
        return number >= 0 and at < spans[number].end

    for match in _COMMENT.finditer(source, document.body):
        span, text = Span(*match.span()), match[match.lastgroup or 0]
        if is_html(span.start) and not _OWN.match(text) and _is_for_agents(source, span):
            yield HiddenPassage(span, _NAMES[match.lastgroup or "comment"], text.decode())
    for match in _UNSEEN.finditer(source, document.body):
        end = source.find(b"</" + match[1], match.end(), match.end() + _LONGEST)
        if end < 0:
            end = source.find(_PARAGRAPH_END, match.end(), match.end() + _LONGEST)
        text = source[match.end() : end if end >= 0 else match.end() + _LONGEST]
        if is_html(match.start()) and len(_WORD.findall(text.decode(errors="replace"))) >= _LEAST_WORDS:
            span = Span(match.start(), match.end() + len(text))
            yield HiddenPassage(span, "element that is not shown", text.decode(errors="replace"))
    for passage in _if_for_agents(source, _ATTRIBUTE, "attribute"):
        if is_html(passage.span.start):
            yield passage


def _if_for_agents(source: bytes, pattern: re.Pattern[bytes], how: str) -> Iterator[HiddenPassage]:
    for match in pattern.finditer(source):
        group = next(number for number in range(1, len(match.groups()) + 1) if match[number] is not None)
        span = Span(*match.span(group))
        if _is_for_agents(source, span):
            yield HiddenPassage(span, how, match[group].decode(errors="replace"))


def _is_for_agents(source: bytes, span: Span) -> bool:
    """Return whether a part of a text asks an agent for something other than to keep the file in order."""
    found = signs_in(source)
    first = bisect_left(found, span.start, key=lambda sign: sign.start)
    kinds = {sign.kind for sign in found[first : first + _MOST_SIGNS] if sign.start < span.end}
    if kinds == {SignKind.ADDRESS}:
        return not _HOUSEKEEPING.search(source[span.start : span.end].decode(errors="replace").lower())
    return bool(kinds)


def _prose(encoded: bytes, how: str) -> str:
    """Return the sentence that an encoded text stands for; "" if it is none."""
    try:
        whole = b"".join(encoded.split())
        raw = bytes.fromhex(whole.decode()) if how == "hexadecimal" else decoded(whole) or b""
        text = raw.decode()
    except ValueError:
        return ""
    plain = sum(each.isalpha() or each in " ，。、" for each in text)
    has_words = len(_WORD.findall(text)) >= _LEAST_PROSE and text.count(" ") >= _LEAST_PROSE - 1
    has_ideographs = sum(each >= "\u2e80" for each in text) >= _LEAST_PROSE
    is_prose = (has_words or has_ideographs) and plain >= _MOST_PLAIN * len(text)
    return text if is_prose else ""
