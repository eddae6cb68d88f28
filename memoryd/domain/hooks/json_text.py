"""JSON edited as text."""

import json

from memoryd.values import dataclass, regex

_SPACE = regex(r"[ \t\r\n]*")
_INDENT = regex(r"\n([ \t]+)\S")
_DEFAULT_INDENT = "  "
_BRACKETS = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Element:
    """An element of an object or array.

    Attributes:
        key: Its key; None in an array.
        start: Offset in code points where it starts, with its key.
        value: Offset where its value starts.
        end: Offset after its value.
    """

    key: str | None
    start: int
    value: int
    end: int


def start_of(text: str) -> int:
    """Return the offset of the value of a text."""
    return _skip(text, 0)


def elements(text: str, at: int) -> tuple[Element, ...]:
    """Return the elements of an object or array of a legal JSON text.

    Args:
        text: The text.
        at: Offset of the opening bracket.
    """
    found = []
    close = _BRACKETS[text[at]]
    at = _skip(text, at + 1)
    while text[at] != close:
        start, key = at, None
        if close == "}":
            key, at = json.JSONDecoder().raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        _, end = json.JSONDecoder().raw_decode(text, at)
        found.append(Element(key, start, at, end))
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return tuple(found)


def find(text: str, at: int, key: str) -> Element | None:
    """Return the element of an object with a key, the last one if there are several; None without one."""
    return next((each for each in reversed(elements(text, at)) if each.key == key), None)


def insert(text: str, at: int, value: object, key: str | None = None) -> str:
    """Return a text with one more element at the end of an object or array.

    Args:
        text: The text.
        at: Offset of the opening bracket.
        value: The value of the element.
        key: Its key, in an object.
    """
    unit = _unit(text)
    depth = _depth(text, at)
    body = json.dumps(value, indent=unit, ensure_ascii=False).replace("\n", "\n" + unit * (depth + 1))
    if key is not None:
        body = f"{json.dumps(key, ensure_ascii=False)}: {body}"
    line = f"\n{unit * (depth + 1)}{body}"
    present = elements(text, at)
    if present:
        return f"{text[: present[-1].end]},{line}{text[present[-1].end :]}"
    end = text.index(_BRACKETS[text[at]], at)
    return f"{text[: at + 1]}{line}\n{unit * depth}{text[end:]}"


def remove(text: str, at: int, index: int) -> str:
    """Return a text without one element of an object or array.

    Args:
        text: The text.
        at: Offset of the opening bracket.
        index: Number of the element, from 0.
    """
    present = elements(text, at)
    gone = present[index]
    if index > 0:
        return text[: present[index - 1].end] + text[gone.end :]
    if len(present) > 1:
        return text[: gone.start] + text[present[1].start :]
    return text[: at + 1] + text[_skip(text, gone.end) :]


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _unit(text: str) -> str:
    match = _INDENT.search(text)
    return match[1] if match else _DEFAULT_INDENT


def _depth(text: str, at: int) -> int:
    """Return how many objects and arrays are open before an offset."""
    depth = 0
    position = _skip(text, 0)
    while position < at:
        inner = next(each for each in elements(text, position) if each.value <= at < each.end)
        depth += 1
        position = inner.value
    return depth
