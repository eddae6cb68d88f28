"""Secrets of other scanners, and secrets by name."""

from collections.abc import Iterable, Mapping

from memoryd.adapters import security
from memoryd.adapters.history import History
from memoryd.adapters.stores import contents, files
from memoryd.domain.security.found import named_secrets
from memoryd.domain.security.placeholders import is_placeholder
from memoryd.domain.security.secrets import Secret, secrets_in
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError

_LEAST = 6  # bytes of a secret that a scanner found


def scan_stores(name: str, snapshots: Iterable[Snapshot]) -> Mapping[str, tuple[Secret, ...]]:
    """Return what another scanner finds in stores and memoryd does not, by absolute path.

    Args:
        name: The scanner.
        snapshots: The stores.

    Raises:
        MemorydError: If it cannot be run.
    """
    texts = {
        f"{snapshot.store.root}/{path}": document.source
        for snapshot in snapshots
        for path, document in snapshot.documents.items()
    }
    paths = list(texts)
    found: dict[str, list[Secret]] = {}
    for each in security.scan(name, list(texts.values())):
        source = texts[paths[each.number]]
        start = source.find(each.value)
        end = start + len(each.value)
        known = any(start < secret.end and secret.start < end for secret in secrets_in(source))
        if start >= 0 and not known and len(each.value) >= _LEAST and not is_placeholder(each.value):
            secret = Secret(f"{name}: {each.rule}", start, end, each.value, is_guessable=True)
            found.setdefault(paths[each.number], []).append(secret)
    return {path: tuple(secrets) for path, secrets in found.items()}


def secret_named(fingerprint: str, stores: Iterable[Store], history: History | None) -> str:
    """Return the secret with a fingerprint, from the files of stores or else from the history.

    Args:
        fingerprint: As a finding of X001 tells it.
        stores: The stores to search.
        history: The history, or None if there is none.

    Raises:
        MemorydError: If there is none.
    """
    for store in stores:
        try:
            snapshot = contents.snapshot(store)
        except files.UnreadableError:
            continue
        for path, document in snapshot.documents.items():
            if value := _named(fingerprint, document.source, f"{store.root}/{path}"):
                return value
    for content in history.all_contents() if history else ():
        if value := _named(fingerprint, content, ""):
            return value
    raise MemorydError(
        f"no secret has the fingerprint {fingerprint}", "`memoryd check --all --select X001` lists them"
    )


def _named(fingerprint: str, source: bytes, path: str) -> str:
    for each in named_secrets(source, path):
        if each.fingerprint == fingerprint and (path or not each.secrets[0].is_guessable):
            return each.secrets[0].value.decode(errors="replace")
    return ""
