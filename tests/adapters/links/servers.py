"""A web server on this machine that counts what it is asked."""

from collections import Counter
from http.server import BaseHTTPRequestHandler

ASKED: Counter[str] = Counter()


class Site(BaseHTTPRequestHandler):
    """Answers by the path: `/404` with 404, `/to/x` with a way to x, `/get` to GET alone."""

    def _answer(self) -> None:
        ASKED[f"{self.command} {self.path}"] += 1
        name = self.path.removeprefix("/").partition("/")[0]
        if name == "to":
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        else:
            get_only = name == "get" and self.command == "HEAD"
            self.send_response(405 if get_only else int(name) if name.isdigit() else 200)
        self.end_headers()

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
