"""Secrets with names for a person."""

from collections.abc import Iterator, Mapping

from memoryd.domain.security.secrets import Secret, fingerprint, secrets_in
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """A secret, everywhere that a text has it.

    Attributes:
        fingerprint: Its name for a person.
        identity: What tells it from others of the same file, on every machine.
        secrets: Where it is, in order.
    """

    fingerprint: str
    identity: str
    secrets: tuple[Secret, ...]


def named_secrets(source: bytes, path: str) -> Iterator[NamedSecret]:
    """Yield the secrets of a text, each once, in the order of the first.

    Args:
        source: The text.
        path: Its absolute path.
    """
    places: dict[tuple[bytes, bool], list[Secret]] = {}
    for secret in secrets_in(source):
        places.setdefault((secret.value, secret.is_certain), []).append(secret)
    for number, found in enumerate(places.values()):
        first = found[0]
        name = fingerprint(first, f"{path}#{number}")
        identity = f"{first.kind} {number}" if first.is_guessable else f"{first.kind} {name}"
        yield NamedSecret(name, identity, tuple(found))


@dataclass(frozen=True, slots=True)
class ExposedSecret:
    """A secret in a text that is about to leave this machine, named without being shown."""

    path: str
    line: int
    kind: str
    mask: str
    fingerprint: str

    def __str__(self) -> str:
        """Return where it is, and what."""
        return f"{self.path}:{self.line}: {self.kind}, {self.mask} (fingerprint {self.fingerprint})"


def secrets_in_texts(texts: Mapping[str, bytes]) -> tuple[ExposedSecret, ...]:
    """Return the secrets in texts that are about to be exported, by their form alone, in order.

    Args:
        texts: The texts, by absolute path.
    """
    return tuple(
        ExposedSecret(path, source.count(b"\n", 0, first.start) + 1, first.kind, first.mask, each.fingerprint)
        for path, source in texts.items()
        for each in named_secrets(source, path)
        if (first := each.secrets[0]).is_certain
    )
