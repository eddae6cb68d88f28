import socket
import threading

import pytest
from adapters.links.servers import ASKED

from memoryd.adapters.links import Answer, ask


@pytest.mark.parametrize("path", ["/", "/get", "/to//get", "/ä ö?q=ü", "/to//to//200"])
def test_what_is_there_is_fine(site: str, path: str) -> None:
    assert ask(site + path, private=True) == Answer()


@pytest.mark.parametrize(
    ("path", "reason"), [("/404", "404 Not Found"), ("/410", "410 Gone"), ("/to//404", "404")]
)
def test_what_is_gone_is_broken(site: str, path: str, reason: str) -> None:
    answer = ask(site + path, private=True)
    assert answer.broken.startswith(f"leads to nothing: its server answers {reason}")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/403", "its server answers 403"),
        ("/429", "its server answers 429"),
        ("/503", "its server answers 503"),
        ("/to/file:///etc/passwd", "it redirects to something other than http"),
        ("/to/http://[", ""),
    ],
)
def test_other_answers_say_nothing_of_the_link(site: str, path: str, reason: str) -> None:
    answer = ask(site + path, private=True)
    assert not answer.broken
    assert answer.unknown.startswith(reason)
    assert answer.unknown


def test_a_circle_of_redirections_ends(site: str) -> None:
    assert "too often" in ask(f"{site}/to/" + "to/" * 20 + "x", private=True).unknown


def test_the_head_is_enough_where_it_is_answered(site: str) -> None:
    ask(f"{site}/page", private=True)
    assert ASKED == {"HEAD /page": 1}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "0"])
def test_private_hosts_are_not_asked(host: str) -> None:
    assert ask(f"http://{host}:9/", private=False).unknown == "its host belongs to a private network"


def test_a_server_that_does_not_speak_http_is_no_judge() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        answer = ask(f"http://127.0.0.1:{server.getsockname()[1]}/", private=True)
        thread.join()
    assert answer.unknown
    assert not answer.broken


def test_a_host_that_listens_to_nobody_is_no_judge() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "refused" in ask(f"http://127.0.0.1:{port}/", private=True).unknown
