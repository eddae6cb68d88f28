r"""Top-level HTML blocks by the client's Markdown library.

Claude Code reads auto memory with the JavaScript library `marked`, version 14 or 15, without GitHub's
extensions (measured: 450 of 450 generated documents agree). Its blocks differ from CommonMark's in what
continues a list item and in where a setext heading or a definition ends, so they are found here by its rules.
Positions are in code points from 0; line ends are `\n`.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from memoryd.domain.limits.client_lists import end_of_list, thematic_break
from memoryd.domain.text.utf16 import JS_SPACE
from memoryd.values import regex

_FLAGS = re.ASCII | re.IGNORECASE
_SPACE = f"[{JS_SPACE}]"
_DOT = "[^\n\u2028\u2029]"  # what `.` matches in JavaScript
_BULLET = r"(?:[*+-]|\d{1,9}[.)])"
_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl"
    "|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link"
    "|main|menu|menuitem|meta|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot"
    "|th|thead|title|tr|track|ul"
)
_ATTRIBUTE = (
    r" +[a-zA-Z:_][\w.:-]*(?: *= *\"[^\"\n]*\"| *= *'[^'\n]*'"
    rf"| *= *[^{JS_SPACE}\"'=<>`]+)?"
)
_RAW_TEXT = "script|pre|style|textarea"

_BLANK = regex(r"(?:[ \t]*\n)+[ \t]*\Z|(?:[ \t]*\n)+|[ \t]+\Z")
_CODE = regex(r"(?>(?:(?: {4}| {0,3}\t)[^\n]++(?:\n(?:[ \t]*\n)*(?:[ \t]*\Z)?)?)+)")
_FENCE = regex(r" {0,3}(`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})[^\n]*(?:\n|\Z)")
_HEADING = regex(rf" {{0,3}}#{{1,6}}(?={_SPACE}|\Z){_DOT}*(?:\n+|\Z)")
_QUOTE = regex(" {0,3}>")
_LIST = regex(rf" {{0,3}}{_BULLET}(?:[ \t][^\n]+?)?(?:\n|\Z)")
_RAW = regex(rf" {{0,3}}<({_RAW_TEXT})[{JS_SPACE}>]", _FLAGS)
_INSTRUCTION = regex(r" {0,3}<\?")
_DECLARATION = regex(" {0,3}<![A-Z]", _FLAGS)
_CDATA = regex(r" {0,3}<!\[CDATA\[", _FLAGS)
_TAG = regex(
    rf" {{0,3}}(?:</?(?:{_TAGS})(?: +|\n|/?>)"
    rf"|<(?!{_RAW_TEXT})[a-z][\w-]*(?:{_ATTRIBUTE})*? */?>(?=[ \t]*(?:\n|\Z))"
    rf"|</(?!{_RAW_TEXT})[a-z][\w-]*{_SPACE}*>(?=[ \t]*(?:\n|\Z)))",
    _FLAGS,
)
_EMPTY_LINES = regex(r"(?:\n[ \t]*)+\n")
_DEFINITION = regex(
    rf" {{0,3}}\[(?!{_SPACE}*\])(?:\\{_DOT}|[^\[\]\\])+\]: *(?:\n[ \t]*)?"
    rf"(?:[^<{JS_SPACE}][^{JS_SPACE}]*|<{_DOT}*?>)"
    r"(?:(?: +(?:\n[ \t]*)?| *\n[ \t]*)"
    r"(?:\"(?:\\\"?|[^\"\\])*\"|'[^'\n]*(?:\n[^'\n]+)*\n?'|\([^()]*\)))? *(?:\n+|\Z)"
)
_UNDERLINE = regex(r" {0,3}(?:=+|-+) *(?:\n+|\Z)")
_NO_HEADING_LINE = regex(
    rf"{_BULLET} | {{4}}| {{0,3}}\t"
    rf"| {{0,3}}(?:`{{3,}}|~{{3,}})| {{0,3}}>| {{0,3}}#{{1,6}}| {{0,3}}<[^\n>]+>\n"
)
_INTERRUPTS = regex(
    rf" {{0,3}}#{{1,6}}(?:{_SPACE}|\Z)| {{0,3}}>| {{0,3}}(?:`{{3,}}(?=[^`\n]*\n)|~{{3,}})[^\n]*\n"
    rf"| {{0,3}}(?:[*+-]|1[.)]) |</?(?:{_TAGS})(?: +|\n|/?>)|<(?:{_RAW_TEXT}|!--)| +\n",
    re.ASCII,
)
_TEXT_LINE = regex(f"{_DOT}+\n")
_BLANK_LINE = regex(f"{_SPACE}*?\n")
_INDENTED_COMMENT = regex("\n {1,3}<!--")
_QUOTE_SIGN = regex(" {0,3}> ?")
_QUOTE_SIGN_OF_LINE = regex("^ {0,3}>[ \t]?", re.MULTILINE)
_SETEXT_IN_QUOTE = regex(r"\n {0,3}((?:=+|-+) *)(?=\n|\Z)")
_DEEPEST = 16  # levels of nested quotes that are parsed


class BlockName(Enum):
    """Kinds of blocks that matter here."""

    BLANK = "blank lines"
    CODE = "code"
    DEFINITION = "definition"
    HEADING = "heading or thematic break"
    HTML = "HTML"
    LIST = "list"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"


class _Last(NamedTuple):
    """The last block of a text: its kind and its own text."""

    kind: BlockName | None
    raw: str


def blocks_between(text: str, first: int, last: int) -> Iterator[tuple[int, int, BlockName]]:
    r"""Yield start, end and kind of each block at top level that begins between two positions.

    Args:
        text: Text with `\n` as its only line end.
        first: Start of a block, in code points from 0.
        last: The last position of interest, in code points.
    """
    return _Blocks(text, 0).between(first, last)


class _Blocks:
    """Blocks of one text, possibly within quotes."""

    def __init__(self, text: str, depth: int) -> None:
        self._text = text
        self._depth = depth
        self._no_heading_before = 0

    def between(self, at: int, last: int) -> Iterator[tuple[int, int, BlockName]]:
        """Yield start, end and kind of each block that begins between two positions."""
        while at <= last and at < len(self._text):
            end, kind = self._block(at)
            yield at, end, kind
            at = end

    def _block(self, at: int) -> tuple[int, BlockName]:
        """Return end and kind of the block at a position: the first kind, in this order, that matches."""
        text = self._text
        end, kind = _end_of_html(text, at), BlockName.HTML
        if not end and (found := _BLANK.match(text, at)):
            end, kind = found.end(), BlockName.BLANK
        if not end and (found := _CODE.match(text, at)):
            end, kind = found.end(), BlockName.CODE
        if not end and (found := _FENCE.match(text, at)):
            end, kind = _end_of_fence(text, found), BlockName.CODE
        if not end and (found := _HEADING.match(text, at) or thematic_break(text, at)):
            end, kind = found.end(), BlockName.HEADING
        if not end and _QUOTE.match(text, at):
            lines = text[at : _reach_of_quote(text, at)]
            taken = _quote(lines, self._depth + 1) if self._depth < _DEEPEST else lines
            end, kind = (
                min(at + len(taken), len(text)),
                BlockName.QUOTE,
            )  # it may end in one line end too many
        if not end and _LIST.match(text, at):
            end, kind = end_of_list(text, at), BlockName.LIST
        if not end and (found := _DEFINITION.match(text, at)):
            end, kind = found.end(), BlockName.DEFINITION
        if not end and (setext := self._end_of_setext_heading(at)):
            end, kind = setext, BlockName.HEADING
        return (end, kind) if end else (_end_of_paragraph(text, at), BlockName.PARAGRAPH)

    def _end_of_setext_heading(self, at: int) -> int:
        """Return the end of the setext heading that begins at a position; 0 if there is none."""
        text = self._text
        if at < self._no_heading_before or _NO_HEADING_LINE.match(text, at):
            return 0
        position = at
        while _TEXT_LINE.match(text, position) and (end := text.find("\n", position)) >= 0:
            position = end + 1
            if found := _UNDERLINE.match(text, position):
                return found.end()
            if _BLANK_LINE.match(text, position) or _NO_HEADING_LINE.match(text, position):
                break
        self._no_heading_before = position  # later starts read the same lines
        return 0


def _end_of_html(text: str, at: int) -> int:
    """Return the end of the HTML block that begins at a position; 0 if there is none."""
    begin = at
    while begin < at + 3 and text.startswith(" ", begin):
        begin += 1
    if not text.startswith("<", begin):
        return 0
    if found := _RAW.match(text, at):
        close = re.compile(rf"</{found[1]}>[^\n]*\n+", _FLAGS).search(text, found.end())
        return close.end() if close else len(text)
    if text.startswith("<!--", begin):
        return _after_line(text, _end_of_comment(text, begin))
    for opening, closing in ((_INSTRUCTION, "?>"), (_DECLARATION, ">"), (_CDATA, "]]>")):
        if found := opening.match(text, at):
            end = text.find(closing, found.end())
            return _after_newlines(text, end + len(closing)) if end >= 0 else len(text)
    if found := _TAG.match(text, at):
        empty = _EMPTY_LINES.search(text, found.end())
        return empty.end() if empty else len(text)
    return 0


def _end_of_fence(text: str, fence: re.Match[str]) -> int:
    """Return the end of a fenced block whose first line was found."""
    close = re.compile(rf"^ {{0,3}}{fence[1]}[~`]* *$", re.MULTILINE).search(text, fence.end())
    return close.end() if close else len(text)


def _end_of_comment(text: str, begin: int) -> int:
    """Return the end of the comment that begins at a position; `<!-->` and `<!--->` are complete ones."""
    for short in ("<!-->", "<!--->"):
        if text.startswith(short, begin):
            return begin + len(short)
    end = text.find("-->", begin + len("<!--"))
    return end + len("-->") if end >= 0 else len(text)


def _after_newlines(text: str, at: int) -> int:
    while text.startswith("\n", at):
        at += 1
    return at


def _after_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return _after_newlines(text, end) if end >= 0 else len(text)


def _end_of_paragraph(text: str, at: int) -> int:
    """Return the end of the paragraph that begins at a position, without its last line end."""
    end = text.find("\n", at)
    while end >= 0:
        following = end + 1
        if (
            following == len(text)
            or text.startswith("\n", following)
            or _INTERRUPTS.match(text, following)
            or thematic_break(text, following)
        ):
            return end
        end = text.find("\n", following)
    return len(text)


def _reach_of_quote(text: str, at: int) -> int:
    """Return the end of the quote lines that begin at a position, with lazy continuation lines."""
    while found := _QUOTE_SIGN.match(text, at):
        line = found.end()
        end = line if text.startswith("\n", line) or line == len(text) else _end_of_paragraph(text, line)
        # Unlike in the library, an indented comment ends a quote (measured once, in `random_90044`).
        comment = _INDENTED_COMMENT.search(text, line, end)
        at = min((comment.start() if comment else end) + 1, len(text))
    return at


def _last_block(text: str, last: _Last, depth: int) -> _Last:
    """Return the last block of a text that follows other blocks of a quote."""
    for start, end, kind in _Blocks(text, depth).between(0, len(text)):
        raw = text[start:end]
        if raw == "\n" and last.kind:
            last = _Last(last.kind, last.raw + raw)
        elif kind is not BlockName.DEFINITION and not (
            kind is BlockName.CODE and last.kind is BlockName.PARAGRAPH
        ):
            last = _Last(kind, raw)
    return last


def _quote(lines_of_quote: str, depth: int) -> str:
    """Return the text of a quote, which may end before the lines that could continue it.

    Lines without a quote sign can continue a paragraph, an inner quote or a list, but not code.

    Args:
        lines_of_quote: The lines that may belong to it.
        depth: The number of quotes around it.
    """
    lines = lines_of_quote.rstrip("\n").split("\n")
    raw: list[str] = []
    last = _Last(None, "")
    at = 0
    while at < len(lines):
        first = next((i for i in range(at, len(lines)) if _QUOTE.match(lines[i])), len(lines))
        end = next((i for i in range(first, len(lines)) if not _QUOTE.match(lines[i])), len(lines))
        raw.append("\n".join(lines[at:end]))
        inner = _QUOTE_SIGN_OF_LINE.sub("", _SETEXT_IN_QUOTE.sub(r"\n    \1", raw[-1]))
        last = _last_block(inner, last, depth)
        at = end
        if at == len(lines) or last.kind is BlockName.CODE:
            break
        if last.kind is BlockName.QUOTE and depth < _DEEPEST:
            longer = _quote("\n".join([last.raw, *lines[at:]]), depth + 1)
            return _shortened(raw, last.raw) + longer
        if last.kind is BlockName.LIST:
            longer = "\n".join([last.raw, *lines[at:]])
            taken = longer[: end_of_list(longer, 0)]
            raw = [_shortened(raw, last.raw) + taken]
            last = _Last(BlockName.LIST, taken)
            lines, at = longer[len(taken) :].split("\n"), 0
    return "\n".join(raw)


def _shortened(raw: list[str], inner: str) -> str:
    """Return the text of a quote without its last inner block, by number of characters."""
    whole = "\n".join(raw)
    return whole[: len(whole) - len(inner)]
