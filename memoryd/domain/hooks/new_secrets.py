"""Secrets that a write would put into memory."""

from memoryd.domain.security.secrets import secrets_in
from memoryd.values import regex

_ALLOWED = regex(rb"memoryd:\s*ignore(?:-file)?\[[^\]\n]*(?:X001|secret)\b")
_MOST = 3  # named in a reason
_LARGEST = 64 * 1024  # bytes of a text that is read whole
_FAR = 16 * _LARGEST  # bytes in which new lines are looked for


def new_secrets(before: bytes, after: bytes) -> str:
    """Return the secrets that a text has and had not before, named without being shown; "" for none.

    A text with a comment that suppresses X001 has none: a person allowed them. Of a large text, only the
    first new lines are read, since an agent waits: `memoryd check` finds what is in the others.
    """
    if _ALLOWED.search(after):
        return ""
    known = {secret.value for secret in secrets_in(before[:_LARGEST])}
    found = {
        secret.value: f"{secret.kind}, {secret.mask}"
        for secret in secrets_in(_new_part(before, after))
        if secret.is_certain and secret.value not in known and secret.value not in before[_LARGEST:]
    }
    named = list(found.values())
    more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
    return "; ".join(named[:_MOST]) + more


def _new_part(before: bytes, after: bytes) -> bytes:
    """Return a text, or if it is large the first lines of it that are new."""
    if len(after) <= _LARGEST:
        return after
    known = set(before[:_FAR].split(b"\n"))
    return b"\n".join(line for line in after[:_FAR].split(b"\n") if line not in known)[:_LARGEST]


def refusal_of_secrets(path: str, named: str, *, is_shared: bool) -> str:
    """Return why a write with secrets is refused or asked about.

    Args:
        path: The file, relative to its store.
        named: What `new_secrets` returns.
        is_shared: The store is shared through version control.
    """
    why = "is shared through git" if is_shared else "is sent with every prompt"
    return (
        f"memoryd: this write puts a secret into {path}, which {why}: {named}."
        " Write where it is kept instead of the secret itself."
    )
