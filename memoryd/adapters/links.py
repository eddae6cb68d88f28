"""Requests to servers for the URLs of links."""

import http.client
import ipaddress
import json
import os
import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from memoryd import __version__, private
from memoryd.values import dataclass

_TIMEOUT = 10.0  # seconds for each step
_DEADLINE = 30.0  # seconds for one request, however slow the answer
_REDIRECTS = 5
_BROKEN = frozenset({404, 410})
_REFUSED = 400  # lowest status that is an error
_LEGAL = "%/:=&?~#+!$,;'@()*[]"  # characters of a URL that are not percent-encoded
_FRESH = 7 * 86400.0  # seconds that a good answer is cached
_BROKEN_FRESH = 3600.0  # seconds that a bad answer is cached


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a request; both texts are empty if the URL works.

    Attributes:
        broken: Why the URL is certainly broken.
        unknown: Why there is no result.
        resolved: The host was found, so there is a network.
    """

    broken: str = ""
    unknown: str = ""
    resolved: bool = True


def ask(url: str, *, private: bool) -> Answer:
    """Request a URL, first only its head.

    Args:
        url: http or https.
        private: Hosts of private networks, including this one, may be asked.
    """
    try:
        for method in ("HEAD", "GET"):
            status, reason = _follow(method, url, private=private)
            if status < _REFUSED:
                return Answer()
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:
            return Answer(
                broken=f"names a host that does not exist: {urlsplit(url).hostname}", resolved=False
            )
        return Answer(unknown="its host cannot be looked up", resolved=False)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(unknown=str(error) or type(error).__name__)
    said = f"its server answers {status} {reason}".rstrip()
    return Answer(broken=f"leads to nothing: {said}") if status in _BROKEN else Answer(unknown=said)


def _follow(method: str, url: str, *, private: bool) -> tuple[int, str]:
    """Return status and reason after all redirections."""
    for _ in range(_REDIRECTS + 1):
        status, reason, place = _once(method, url, private=private)
        if not (300 <= status < _REFUSED and place):  # noqa: PLR2004  # HTTP's redirections
            return status, reason
        url = urljoin(url, place)
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("it redirects to something other than http")
    raise ValueError("it redirects too often")


def _once(method: str, url: str, *, private: bool) -> tuple[int, str, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_LEGAL)
    sock = _connect(host, port, private=private)
    watch = threading.Timer(_DEADLINE, _hang_up, [sock])
    watch.daemon = True
    watch.start()
    try:
        if parts.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
        agent = {"User-Agent": f"memoryd/{__version__} (link check)", "Accept": "*/*", "Connection": "close"}
        connection.request(method, path, headers=agent)
        answer = connection.getresponse()
        return answer.status, answer.reason, answer.headers.get("Location", "")
    finally:
        watch.cancel()
        sock.close()


def _connect(host: str, port: int, *, private: bool) -> socket.socket:
    """Connect to the address that was checked, because a second lookup may return another one."""
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [str(address) for address in found]
    if not private and not all(ipaddress.ip_address(each.partition("%")[0]).is_global for each in addresses):
        raise ValueError("its host belongs to a private network")
    problem: OSError = OSError("its host has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_TIMEOUT)
        except OSError as error:
            problem = error
    raise problem


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class Answers:
    """Cached answers in a file; a file that cannot be used counts as empty.

    Args:
        path: The file, which may be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, tuple[float, str]] = {}
        with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
            for url, (asked, broken) in json.loads(path.read_text(encoding="utf-8")).items():
                age = time.time() - float(asked)
                if 0 <= age < (_BROKEN_FRESH if broken else _FRESH):
                    self._known[url] = (float(asked), str(broken))

    def get(self, url: str) -> Answer | None:
        """Return the cached answer for a URL, or None."""
        return Answer(broken=self._known[url][1]) if url in self._known else None

    def put(self, url: str, answer: Answer) -> None:
        """Cache an answer, if it is one."""
        if not answer.unknown:
            self._known[url] = (time.time(), answer.broken)

    def save(self) -> None:
        """Write all cached answers."""
        with suppress(OSError):  # it is only a cache
            private.make_directory(self._path.parent)
            fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            fresh.write_text(json.dumps(self._known), encoding="utf-8")
            fresh.replace(self._path)
