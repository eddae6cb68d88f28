"""Suggestions for words that are not known."""

from collections.abc import Iterable

_LEAST = 0.65  # similarity, from which on a word is meant
_SHORTEST = 3  # characters of the beginning or end of a longer word


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, in any case; None if none is near.

    A word is also near if it begins or ends with what was written: "ui-ux" for "ui-ux-enhancer".
    """
    from difflib import get_close_matches  # noqa: PLC0415  # only an error needs it

    wanted = word.lower()
    names = {name.lower(): name for name in sorted(known, reverse=True)}
    if near := get_close_matches(wanted, names, n=1, cutoff=_LEAST):
        return names[near[0]]
    if len(wanted) < _SHORTEST:
        return None
    parts = [name for name in names if name.startswith(wanted) or name.endswith(wanted)]
    return names[min(parts, key=len)] if parts else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint that names the word which was probably meant.

    Args:
        word: The unknown word.
        known: The words that would be valid.
        otherwise: The hint if none of them is near.
    """
    near = nearest(word, known)
    return f"did you mean {near}?" if near else otherwise
