"""Texts that show no secret."""

from collections.abc import Iterable
from functools import lru_cache

from memoryd.domain.security.secrets import Secret, secrets_in

_HEAD = 8  # characters by which a secret is recognized that is cut off
_STAR = ord("*")
_MOST_ALIKE = 20  # secrets with the same beginning

_Beginnings = dict[int, dict[str, list[tuple[str, str]]]]


@lru_cache(maxsize=64)  # of a document with many findings
def masked_source(source: bytes) -> bytes:
    """Return a text in which stars cover secrets, except their first characters; offsets stay the same."""
    found = secrets_in(source)
    if not found:
        return source
    covered = bytearray(source)
    for secret in found:
        for at in range(secret.start + len(secret.mask.encode()) - len("…".encode()), secret.end):
            if not chr(covered[at]).isspace():
                covered[at] = _STAR
    return bytes(covered)


def without_secrets(text: str, sources: Iterable[bytes]) -> str:
    """Return a text that quotes others without their secrets, also where it cuts them off.

    Args:
        text: A message, a title, or a diff.
        sources: The whole texts that it may quote.
    """
    for source in sources:
        text = _without(text, _beginnings(source))
    return text


def without_values(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text without some secrets, also where it cuts them off."""
    return _without(text, _by_beginning(secrets))


@lru_cache(maxsize=64)
def _beginnings(source: bytes) -> _Beginnings:
    return _by_beginning(secrets_in(source))


def _by_beginning(secrets: Iterable[Secret]) -> _Beginnings:
    """Return the lines of secrets, each with what stands for it, by length and text of their beginning."""
    found: _Beginnings = {}
    for secret in secrets:
        mask = secret.mask
        for line in secret.value.decode(errors="replace").split("\n"):
            value = line.strip()
            if value:
                alike = found.setdefault(len(value[:_HEAD]), {}).setdefault(value[:_HEAD], [])
                alike += [(value, mask)] if len(alike) < _MOST_ALIKE else []
            mask = "…"
    return found


def _without(text: str, beginnings: _Beginnings) -> str:
    if not beginnings:
        return text
    parts, done, at = [], 0, 0
    while at < len(text):
        alike = next(
            (found for size, by in beginnings.items() if (found := by.get(text[at : at + size]))), None
        )
        if alike is None:
            at += 1
            continue
        parts += [text[done:at], alike[0][1]]
        done = at = at + max(_common(text, at, value) for value, _ in alike)
    return "".join([*parts, text[done:]])


def _common(text: str, at: int, value: str) -> int:
    """Return how many characters of a value a text has from an offset on."""
    return next(
        (place for place, each in enumerate(value) if text[at + place : at + place + 1] != each), len(value)
    )


def covered_text(line: str, secrets: Iterable[Secret]) -> str:
    """Return a line in which stars cover some secrets; columns stay the same."""
    for secret in secrets:
        for value in filter(None, secret.value.decode(errors="replace").split("\n")):
            shown = secret.mask.removesuffix("…")
            stars = "*" * (len(value) - len(shown))
            line = line.replace(value, f"{shown}{stars}" if value.startswith(shown) else "*" * len(value))
    return line
