"""Characters that a reader does not see."""

import re
from collections.abc import Iterator

from memoryd.values import dataclass, regex

_MARK = "\ufeff"  # fine at the very start of a file
_FLAG = "\U0001f3f4"
_REGION = regex("[\U000e0030-\U000e0039\U000e0061-\U000e007a]{4,6}\U000e007f")  # of England, Texas and so on
_RIGHT_TO_LEFT = regex("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
# Scripts that are written with joiners or without spaces: Syriac to Tibetan, Burmese, Khmer, Mongolian and
# their extensions; joiners in Arabic and Hebrew, too
_JOINED = regex(
    "[\u0590-\u109f\u1700-\u18af\u1980-\u1aff\u1b00-\u1cff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc]"
)
_IDEOGRAPH = regex("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Bases of emoji sequences; digits and signs before a keycap
_EMOJI = regex("[#*0-9\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff\ufe0f\u20e3]")
_LETTER = regex(r"[^\W_]")

_HIDDEN = regex(
    "(?P<control>[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u2028\u2029]+)"
    "|(?P<tag>[\U000e0000-\U000e007f]+)"
    "|(?P<direction>[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]+)"
    "|(?P<selector>[\ufe00-\ufe0f\U000e0100-\U000e01ef]+)"
    "|(?P<invisible>[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]+)"
)
_CONTROLS = bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F])
_ANY = regex(  # beyond ASCII; each alternative begins with a byte, so that `re` skips to the next of them
    rb"\xc2[\x80-\x9f\xad]|\xcd\x8f|\xd8\x9c|\xe1\x85[\x9f\xa0]"
    rb"|\xe1\x9e[\xb4\xb5]|\xe1\xa0[\x8b-\x8f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xe3\x85\xa4"
    rb"|\xef\xb8[\x80-\x8f]|\xef\xbb\xbf|\xef\xbe\xa0|\xef\xbf[\xb9-\xbb]|\xf0\x9b\xb2|\xf0\x9d\x85|\xf3\xa0"
)
_OVERRIDES = "\u202d\u202e"
_JOINERS = "\u200c\u200d"
_OF_SCRIPTS = "\u034f\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f"  # of Hebrew, Khmer and Mongolian
_NAMES = {
    "control": "control character",
    "tag": "tag character",
    "direction": "direction mark",
    "selector": "variation selector",
    "invisible": "invisible character",
}


@dataclass(frozen=True, slots=True)
class HiddenText:
    """A run of hidden characters.

    Attributes:
        start: Offset of its first byte.
        end: Offset after its last byte.
        count: The number of characters.
        name: A noun for one of them.
        spelled: The text that they spell, if they are made to spell one, else "".
    """

    start: int
    end: int
    count: int
    name: str
    spelled: str


def hidden_characters(source: bytes) -> Iterator[HiddenText]:
    """Yield the runs of hidden characters of a text that no script and no emoji needs, in order.

    Args:
        source: The text, in UTF-8.
    """
    has_controls = len(source.translate(None, _CONTROLS)) < len(source)
    if not has_controls and (source.isascii() or not _ANY.search(source)):
        return
    text = source.decode(errors="replace")
    last, at = 0, 0
    lines = _Lines(text)
    for match in _HIDDEN.finditer(text):
        if _is_needed(text, match, lines):
            continue
        at += len(text[last : match.start()].encode())
        start = at
        at += len(match[0].encode())
        last = match.end()
        kind = match.lastgroup or ""
        yield HiddenText(start, at, len(match[0]), _NAMES[kind], _spelled(match[0]))


def without_hidden(source: bytes) -> bytes:
    """Return a text without the hidden characters that nothing needs."""
    text = source.decode(errors="replace")
    lines = _Lines(text)
    return _HIDDEN.sub(lambda match: match[0] if _is_needed(text, match, lines) else "", text).encode()


def _is_needed(text: str, match: re.Match[str], lines: "_Lines") -> bool:
    """Return whether a script, an emoji or the start of a file needs hidden characters."""
    run, start, end = match[0], match.start(), match.end()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    match match.lastgroup:
        case "tag":
            return before == _FLAG and bool(_REGION.fullmatch(run))
        case "direction":
            return not any(each in run for each in _OVERRIDES) and lines.read_right_to_left(start)
        case "selector":
            bases = (_EMOJI, _IDEOGRAPH, _JOINED) if run <= "\ufe0f" else (_IDEOGRAPH,)
            return len(run) == 1 and any(each.match(before) for each in bases)
        case "invisible":
            return _is_needed_invisible(run, start, before, after)
    return False


def _is_needed_invisible(run: str, start: int, before: str, after: str) -> bool:
    if len(run) > 1 or run == _MARK:
        return run == _MARK and start == 0
    if run in _JOINERS:
        joins_emoji = run == "\u200d" and _EMOJI.match(before) and _EMOJI.match(after)
        return bool(joins_emoji or _JOINED.match(before) or _JOINED.match(after))
    if run == "\u200b":  # may break a line anywhere but within a word
        return not (_is_plain_letter(before) and _is_plain_letter(after))
    if run in _OF_SCRIPTS:
        return bool(_JOINED.match(before))
    return run in "\u1160\u115f" and "\u1100" <= before <= "\u11ff"


def _is_plain_letter(character: str) -> bool:
    is_letter = bool(character and _LETTER.match(character))
    return is_letter and not _JOINED.match(character) and not _IDEOGRAPH.match(character)


class _Lines:
    """The lines of a text, asked about in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = -1
        self._is_right_to_left = False

    def read_right_to_left(self, at: int) -> bool:
        """Return whether the line at an offset has letters that are written from right to left."""
        if at > self._end:
            start = self._text.rfind("\n", 0, at) + 1
            end = self._text.find("\n", at)
            self._end = end if end >= 0 else len(self._text)
            self._is_right_to_left = bool(_RIGHT_TO_LEFT.search(self._text, start, self._end))
        return self._is_right_to_left


def _spelled(run: str) -> str:
    """Return the ASCII text that tag characters or variation selectors stand for."""
    tags = "".join(chr(ord(each) - 0xE0000) for each in run if "\U000e0020" <= each <= "\U000e007e")
    if tags:
        return tags
    values = [
        ord(each) - 0xFE00 if each <= "\ufe0f" else ord(each) - 0xE0100 + 16
        for each in run
        if "\ufe00" <= each <= "\ufe0f" or "\U000e0100" <= each <= "\U000e01ef"
    ]
    text = bytes(values).decode(errors="replace")
    return text if len(values) > 1 and text.isprintable() and "\ufffd" not in text else ""
