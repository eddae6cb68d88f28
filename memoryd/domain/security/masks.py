"""Texts that show no secret."""

from collections.abc import Iterable
from functools import lru_cache

from memoryd.domain.security.secrets import secrets_in

_HEAD = 8  # characters by which a secret is recognized that is cut off
_STAR = ord("*")


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
    for secret in (secret for source in sources for secret in secrets_in(source)):
        first, *others = secret.value.decode(errors="replace").split("\n")
        text = _without(text, first, secret.mask)
        for line in others:
            text = _without(text, line.strip(), "…")
    return text


def _without(text: str, value: str, mask: str) -> str:
    head = value[:_HEAD]
    at = text.find(head) if head else -1
    parts, done = [], 0
    while at >= 0:
        parts += [text[done:at], mask]
        done = at + len(head)
        while text[done : done + 1] == value[done - at : done - at + 1] != "":
            done += 1
        at = text.find(head, done)
    return "".join([*parts, text[done:]])
