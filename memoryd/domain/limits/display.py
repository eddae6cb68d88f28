"""What the harness does to loaded text before the model sees it; nothing of it moves the cut."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")

_KEPT = frozenset("\t\n\u200c\u200d\ufe0e\ufe0f")

# Default_Ignorable_Code_Point of Unicode that no general category "C..." covers.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

# Names seen escaped on the wire. A longer name with one of them in front is left alone.
_RESERVED_TAG = re.compile(
    r"<(\s*/?\s*(?:system-reminder|task-notification|command-name|bash_input|tick)(?![\w-]))",
    re.IGNORECASE | re.ASCII,
)


def displayed(text: str) -> str:
    """A text as the model sees it: one kind of line end, no invisible characters, reserved tags escaped."""
    text = _LINE_ENDS.sub("\n", text)
    hidden = dict.fromkeys(ord(character) for character in set(text) if _is_hidden(character))
    return _RESERVED_TAG.sub(r"<\\\1", text.translate(hidden))


def _is_hidden(character: str) -> bool:
    """Control, format, private-use, unassigned and surrogate code points, and default ignorables."""
    if character in _KEPT:
        return False
    return unicodedata.category(character).startswith("C") or _IGNORABLE.match(character) is not None
