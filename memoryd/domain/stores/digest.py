"""Digests of stores and of everything around them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeGuard

from memoryd.values import blake2b

if TYPE_CHECKING:
    from memoryd.domain.markdown.document import Document

SIZE = 16
"""Bytes of a digest."""


def content_digest(raw: bytes) -> bytes:
    """Return the digest of the bytes of a file."""
    return blake2b(raw, digest_size=SIZE).digest()


def digest_of(*values: object) -> str:
    """Return a digest that is the same for equal values, in this process and in others.

    Raises:
        TypeError: If a value holds anything but plain values, documents, collections and dataclasses.
    """
    made = blake2b(digest_size=SIZE)
    for value in values:
        made.update("\0".join(_told(value)).encode(errors="surrogatepass"))
        made.update(b"\0\0")
    return made.hexdigest()


def _told(value: object) -> Iterator[str]:
    """Yield texts that tell a value from all others."""
    tell = _TELLING.get(type(value))
    if tell:
        yield tell(value)
    elif _is_document(value):
        yield f"document {len(value.path)} {value.path} {_digest_in(value).hex()}"
    elif isinstance(value, Mapping | frozenset | set | tuple | list):
        yield from _collected(value)
    elif isinstance(value, str):  # an enum
        yield f"{type(value).__name__} {len(value)} {value}"
    else:
        yield from _fields(value)


def _is_document(value: object) -> "TypeGuard[Document]":
    """Return whether a value is a document, without loading the parser where there is none."""
    return type(value).__name__ == "Document"


def _collected(value: Collection[Any]) -> Iterator[str]:
    """Yield texts that tell a collection from all others; many have thousands of names."""
    if isinstance(value, Mapping) and _are_texts(value) and _are_texts(value.values()):
        yield f"mapping of texts {sorted(value.items())!r}"
    elif isinstance(value, Mapping):
        yield f"mapping {len(value)}"
        for key in sorted(value):
            yield from _told(key)
            yield from _told(value[key])
    elif isinstance(value, tuple | list):
        yield f"sequence {len(value)}"
        for each in value:
            yield from _told(each)
    elif _are_texts(value):
        yield f"set of texts {sorted(value)!r}"
    else:
        yield f"set {len(value)}"
        yield from sorted("\0".join(_told(each)) for each in value)


def _fields(value: object) -> Iterator[str]:
    """Yield texts that tell a dataclass from all others.

    Raises:
        TypeError: If it is none.
    """
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is None:
        msg = f"no digest of {type(value).__name__}"
        raise TypeError(msg)
    yield f"class {type(value).__qualname__}"
    for name, field in fields.items():
        if field.compare:
            yield from _told(getattr(value, name))


def _are_texts(values: Iterable[object]) -> bool:
    return set(map(type, values)) <= {str}


def _digest_in(document: "Document") -> bytes:
    kept = document.parts.kept
    return content_digest(document.raw) if kept is None else kept.digest


_TELLING: Mapping[type, Callable[..., str]] = {
    str: lambda value: f"text {len(value)} {value}",
    bytes: lambda value: f"bytes {content_digest(value).hex()} {len(value)}",
    date: lambda value: f"date {value}",
    bool: str,
    int: str,
    float: repr,
    type(None): str,
}
