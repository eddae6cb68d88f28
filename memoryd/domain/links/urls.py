"""Links to servers."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from memoryd.domain.markdown.model import Link
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import regex

_ADDRESS = regex(
    r"(?:www\.[\w-]+\.[\w.-]+|(?:[\w-]+\.)+(?:com|org|net|io|dev|app|ai|co|edu|gov|eu|de|fr|uk|jp|cn|kr|me))"
    r"(?::\d+)?(?:[/?#].*)?",
    re.ASCII | re.IGNORECASE,
)


def is_address(path: str) -> bool:
    """Return whether a path looks like the address of a page without its scheme: `example.com/x`."""
    return bool(_ADDRESS.fullmatch(path))


def is_url(destination: str) -> bool:
    """Return whether a server is asked about a link's destination."""
    return destination.lower().startswith(("http://", "https://"))


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, with its port if it has one; "" if it names none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port else host


def urls_of(snapshot: Snapshot) -> Iterator[str]:
    """Yield the URLs that a store links to, without fragment."""
    for document in snapshot.documents.values():
        yield from (address(link) for link in document.links if is_url(link.destination))


def address(link: Link) -> str:
    """Return the URL to ask a server for."""
    return link.destination.partition("#")[0]
