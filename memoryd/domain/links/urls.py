"""Links that lead to servers."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from memoryd.domain.markdown.model import Link
from memoryd.domain.stores.snapshot import Snapshot


def is_url(destination: str) -> bool:
    """Whether a server is to be asked for a link's destination."""
    return destination.lower().startswith(("http://", "https://"))


def host_of(url: str) -> str:
    """The host that a URL names, lower case, with a port where it names one; "" where it names none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port else host


def urls_of(snapshot: Snapshot) -> Iterator[str]:
    """The URLs that the links of a store lead to, without the part after `#`."""
    for document in snapshot.documents.values():
        yield from (address(link) for link in document.links if is_url(link.destination))


def address(link: Link) -> str:
    """What a server is asked for."""
    return link.destination.partition("#")[0]
