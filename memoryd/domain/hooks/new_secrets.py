"""Secrets that a write would put into memory."""

from memoryd.domain.security.secrets import secrets_in
from memoryd.values import regex

_ALLOWED = regex(rb"memoryd:\s*ignore(?:-file)?\[[^\]\n]*(?:X001|secret)\b")
_MOST = 3  # named in a reason


def new_secrets(before: bytes, after: bytes) -> str:
    """Return the secrets that a text has and had not before, named without being shown; "" for none.

    A text with a comment that suppresses X001 has none: a person allowed them.
    """
    if _ALLOWED.search(after):
        return ""
    known = {secret.value for secret in secrets_in(before)}
    found = {
        secret.value: f"{secret.kind}, {secret.mask}"
        for secret in secrets_in(after)
        if secret.is_certain and secret.value not in known
    }
    named = list(found.values())
    more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
    return "; ".join(named[:_MOST]) + more


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
