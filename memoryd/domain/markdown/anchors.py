"""Anchors of headings, as GitHub generates them."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from memoryd.values import regex

_DROPPED = regex(r"[^a-z0-9_ -]")
_KEPT = frozenset({"Nd", "Nl", "Pc"})  # besides letters and marks
# Circled and squared letters: symbols by category, but alphabetic by property, which GitHub checks.
_LETTERLIKE = ((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189))


@lru_cache(4096)  # many documents have the same headings
def slug(text: str) -> str:
    """Return the anchor of a heading from its plain text, before duplicates are numbered.

    Python's version of Unicode decides which characters are letters; GitHub's may be an older or newer one.
    """
    text = text.lower()
    kept = _DROPPED.sub("", text) if text.isascii() else "".join(filter(_is_kept, text))
    return kept.replace(" ", "-")


def slugs(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the anchors of all headings of a document, in order: a second “Deploy” is `deploy-1`."""
    repeated: dict[str, int] = {}
    found = []
    for text in texts:
        first = anchor = slug(text)
        while anchor in repeated:
            repeated[first] += 1
            anchor = f"{first}-{repeated[first]}"
        repeated[anchor] = 0
        found.append(anchor)
    return tuple(found)


def _is_kept(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in "-_ "
    category = unicodedata.category(character)
    if category == "So":
        return any(first <= ord(character) <= last for first, last in _LETTERLIKE)
    return category[0] in "LM" or category in _KEPT
