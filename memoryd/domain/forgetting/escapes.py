r"""Texts with escapes: `%C3%A4` in URLs, `\u00e4` in JSON."""

import re
import sys
from collections.abc import Iterator

from memoryd.domain.forgetting.source_map import MappedText
from memoryd.values import regex

_HEX = "[0-9a-fA-F]"


def _escapes(percent: str, slash: str, rest: str) -> re.Pattern[str]:
    return re.compile(
        r"(?=[%\\])(?:"  # makes it three times as fast
        rf"(?P<octets>(?:{percent}{_HEX}{{2}})+|(?:{slash}x{_HEX}{{2}})+)"
        rf"|(?P<point>{slash}(?:U{_HEX}{{8}}|u\{{{_HEX}{{1,6}}\}}))"
        rf"|(?P<units>(?:{slash}u{_HEX}{{4}})+)"
        rf"|(?P<octal>(?:{slash}[0-3][0-7]{{2}})+)"
        rf"|{slash}(?P<space>[bfnrtv])"
        rf"|{slash}(?P<sign>[^\w\s\\])|{rest})"
    )


# Ways of escaping: once; repeatedly, as in a quotation within a quotation; as a form field.
_ONCE = _escapes("%", r"\\", r"(?P<pairs>(?:\\\\)+)")
_AGAIN = _escapes("%(?:25)*", r"\\++", r"(?P<slash>\\++)")
_FORM = regex(rf"(?P<octets>(?:%(?:25)*{_HEX}{{2}})+)|(?P<plus>(?<=\S)\+(?=\S))")
_OCTETS = regex(rf"{_HEX}{{2}}(?=[%\\]|\Z)")
_SPACES = {"n": "\n", "r": "\n", "t": "\t"}


def meanings(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield each different text that a text with escapes can mean, with the pattern of its escapes."""
    seen = {text}
    ways = (
        (_ONCE, "\\" in text or "%" in text),
        (_AGAIN, "\\\\" in text or "%25" in text),  # else the result is the same
        (_FORM, "+" in text),
    )
    for way, differs in ways:
        if differs and (meant := way.sub(_meant, text)) not in seen:
            seen.add(meant)
            yield meant, way


def placed(text: str, way: re.Pattern[str]) -> MappedText:
    """Return the source map of a text whose escapes are decoded in one way."""
    made = MappedText()
    end = 0
    for match in way.finditer(text):
        made.take(text[end : match.start()], end)
        if match.lastgroup == "pairs":
            made.take(_meant(match), match.start(), step=2)
        else:
            made.take(_meant(match), *match.span())
        end = match.end()
    made.take(text[end:], end)
    return made


def _meant(match: re.Match[str]) -> str:
    kind, found = match.lastgroup, match[0]
    match kind:
        case "octets":
            meant = _of_octets(bytes.fromhex("".join(_OCTETS.findall(found))))
        case "octal":
            meant = _of_octets(bytes(int(each, 8) for each in re.findall("[0-7]{3}", found)))
        case "units":
            units = bytes.fromhex("".join(re.findall(rf"u({_HEX}{{4}})", found)))
            meant = units.decode("utf-16-be", errors="replace")
        case "point":
            number = int(found.lstrip("\\").strip("Uu{}"), 16)
            meant = chr(number) if number <= sys.maxunicode else ""
        case "space":
            meant = _SPACES.get(match["space"], " ")
        case "sign":
            meant = match["sign"]
        case "pairs":
            meant = "\\" * (len(found) // 2)
        case _:
            meant = "\\" if kind == "slash" else " "
    return meant


def _of_octets(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")
