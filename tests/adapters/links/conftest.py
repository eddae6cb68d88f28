"""Fixtures of the tests in this folder."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from adapters.links.servers import ASKED, Site


@pytest.fixture
def site() -> Iterator[str]:
    ASKED.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
