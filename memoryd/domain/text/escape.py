"""Text of unknown origin, made safe to print."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring

from memoryd.values import regex

# Terminal control, changes of text direction, invisible characters, and lone surrogates.
# Joiners and variation selectors are part of scripts and emoji: only a second one in a row is escaped.
_UNSEEN = (
    r"\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
_RUNS = r"(?<=[\u200c\u200d])[\u200c\u200d]|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]"
_IN_TEXT = regex(rf"[\x00-\x08\x0b-\x1f{_UNSEEN}]|{_RUNS}")
_IN_LINE = regex(rf"[\x00-\x1f{_UNSEEN}]|{_RUNS}")
_BLANK = regex(r"[\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # though printable
# Obeyed anywhere in a line: `##[` by GitHub's runners, `##vso[` by Azure's, `##teamcity[` by TeamCity's.
_MARK = r"#(?=#[^\s\[]{0,32}\[)"
_IN_JSON = regex(rf"[{_UNSEEN}]|{_RUNS}|{_MARK}")
_MARKS = regex(_MARK)
# A GitHub runner trims a line before it looks for `::`.
_COMMAND = regex(rf"(?m)^([^\S\n]*):(?=:)|{_MARK}")


def visible(text: str) -> str:
    r"""Return text of several lines whose control and hidden characters are escapes, like `\x1b`."""
    shown = text.replace("\n", "").replace("\t", "")
    if shown.isprintable() and (text.isascii() or not _BLANK.search(shown)):
        return text
    return _IN_TEXT.sub(_escape, text)


def visible_line(text: str) -> str:
    r"""Return text as one line: line ends and tabs are escapes too, like `\n`."""
    if text.isprintable() and (text.isascii() or not _BLANK.search(text)):
        return text
    return _IN_LINE.sub(_escape, text)


def json_text(value: object) -> str:
    """Return a value as indented JSON with a final line end, equal when read, and safe to print."""
    return _indented(value, "\n") + "\n"


def json_line(value: object, default: Callable[[object], object] | None = None) -> str:
    """Return a value as one line of JSON, equal when read, and safe to print.

    Args:
        value: To be written.
        default: Turns what JSON cannot express into something that it can.
    """
    return _safe_json(json.dumps(value, ensure_ascii=False, default=default))


def without_commands(text: str) -> str:
    """Return text in whose lines no runner of GitHub, Azure or TeamCity finds a command."""
    return _COMMAND.sub(lambda match: rf"{match[1]}\x3a" if match[0] != "#" else r"\x23", text)


def with_escaped_marks(text: str) -> str:
    """Return text in which no such runner finds a command that may begin within a line."""
    return _MARKS.sub(r"\\x23", text)


def without_marks(xml: str) -> str:
    """Return XML, equal when read, in which no such runner finds a command that may begin within a line."""
    return _MARKS.sub("&#35;", xml)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def _indented(value: object, gap: str) -> str:
    """Return what `json.dumps` would return with an indent of 2, in a tenth of its time.

    Args:
        value: To be written.
        gap: Line end and indent of the line that it begins in.
    """
    if isinstance(value, str):
        return _json_string(value)
    inner = f"{gap}  "
    if isinstance(value, dict) and value:
        pairs = [
            # most values are texts and numbers: without a call for each, it takes half the time
            f"{_json_string(str(key))}: {_json_string(each)}"
            if isinstance(each, str)
            else f"{_json_string(str(key))}: {each if type(each) is int else _indented(each, inner)}"
            for key, each in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(pairs)}{gap}}}"
    if isinstance(value, list | tuple):
        if not value:
            return "[]"
        return f"[{inner}{f',{inner}'.join([_indented(each, inner) for each in value])}{gap}]"
    if value is None:
        return "null"
    return str(value) if type(value) is int else json.dumps(value)


@lru_cache(4096)  # reports name the same paths and rules again and again
def _json_string(text: str) -> str:
    return _safe_json(encode_basestring(text))


def _safe_json(text: str) -> str:
    if text.isascii() and "\x7f" not in text and "##" not in text:  # ten times as fast
        return text
    return _IN_JSON.sub(lambda match: _json_escape(match[0]), text)


def _json_escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character > "\x7f" else f"\\u{ord(character):04x}"
