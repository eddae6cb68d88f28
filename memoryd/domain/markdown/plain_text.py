"""Titles, summaries and first lines without markup."""

import re

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.values import regex

MOST_READ = 1000  # characters of a line that titles and summaries are made from: longer ones could be slow


_INDEX_LINE = regex(r"^\s*[-*+] \**\[[^\]\n]*\]\([^)\n]*\)\**\s*(?:—|--|–|-|:)?\s*")


_NAMED_FIRST = regex(r"^`[^`]+`\s+(?:—|--|–|-)\s+")  # “`plans/x.md` — summary”


_CODE = regex(r"`[^`]*`|\S*[/_\\]\S*")


_WORD = regex(r"\w{2,}")


_TELLING = 4  # words, besides code and paths


_MARKUP = regex(
    r"(?P<code>`[^`\n]*`)|!?\[\[(?:[^\]\n|]*\|)?(?P<name>[^\]\n|]*)\]\]"
    r"|!?\[(?P<text>[^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])|<!--.*?-->|[*_]{2,3}|~~",
    re.DOTALL,
)
_CODE_SPAN = regex(r"(`[^`\n]+`)")
_MARKS = regex(r"[\\`*<]|\](?=[(\[:])|\[(?=[\^\[])")


def hook_of(document: Document, span: Span) -> str:
    """Return the first informative words of a part of a document, without markup.

    For a section with sub-sections, return their headings. “Full report: `x.md`” is less informative than
    the note below it.
    """
    inner = [heading.text for heading in document.headings if span.start < heading.span.start < span.end]
    if len(inner) > 1:
        return ", ".join(inner)
    entries = [entry for entry in document.entries if span.start <= entry.span.start < span.end]
    lines = [
        plain
        for entry in entries
        if entry.kind in {BlockKind.LIST, BlockKind.PARAGRAPH, BlockKind.QUOTE}
        for line in document.slice(entry.span).splitlines()[:1]
        if (plain := _without_link(line))
    ]
    return next(
        (line for line in lines if len(_WORD.findall(_CODE.sub("", line))) >= _TELLING), next(iter(lines), "")
    )


def _without_link(line: str) -> str:
    """Return a line's text; after a leading link or file name and a dash, only the rest."""
    line = line[:MOST_READ]
    behind = _INDEX_LINE.match(line)
    text = plain_text(line[behind.end() :] if behind and behind.end() < len(line.rstrip()) else line)
    return _NAMED_FIRST.sub("", text) or text


def plain_text(line: str) -> str:
    """Return a line's beginning without bullet, check box, emphasis and link syntax; code and `[x]` stay."""
    bare = re.sub(r"^\s*(?:[-*+]|\d+[.)]|>|#+)?\s*(?:\[[ xX]\]\s+)?", "", line[:MOST_READ])
    return _MARKUP.sub(lambda match: match["code"] or match["name"] or match["text"] or "", bare).strip()


def first_line(document: Document, span: Span) -> str:
    """Return the first line of a part of a document, without markup."""
    return plain_text(document.slice(span).strip().partition("\n")[0])


def escaped(text: str) -> str:
    """Return plain text as Markdown that is legal in a link."""
    return re.sub(r"([\\\[\]<>`*])", r"\\\1", text)


def escaped_around_code(text: str) -> str:
    """Return plain text as Markdown outside of links: code spans and brackets stay as they are."""
    return "".join(
        part if number % 2 else _MARKS.sub(r"\\\g<0>", part)
        for number, part in enumerate(_CODE_SPAN.split(text))
    )
