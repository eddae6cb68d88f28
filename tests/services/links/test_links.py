import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from support import store_of, write_tree

from memoryd.adapters.links import Answer, Answers
from memoryd.adapters.stores.contents import snapshot
from memoryd.services import links as external

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


def test_answers_are_kept_good_ones_longer(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "urls.json"
    answers = Answers(path)
    answers.put("http://a/", Answer())
    answers.put("http://b/", Answer(broken="gone"))
    answers.put("http://c/", Answer(unknown="slow"))
    answers.save()
    known = Answers(path)
    assert (known.get("http://a/"), known.get("http://c/")) == (Answer(), None)
    assert known.get("http://b/") == Answer(broken="gone")
    two_hours_ago = {url: [when - 7200, why] for url, (when, why) in json.loads(path.read_text()).items()}
    path.write_text(json.dumps(two_hours_ago))
    assert Answers(path).get("http://a/") == Answer()
    assert Answers(path).get("http://b/") is None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": 1}', '{"a": ["x", ""]}', "[" * 10000, '{"a": [1e400, ""]}']
)
def test_a_cache_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "urls.json").write_text(text)
    assert Answers(tmp_path / "urls.json").get("a") is None


def test_each_url_is_asked_once_and_not_again_the_next_time(site: str, tmp_path: Path) -> None:
    root = write_tree(tmp_path / "s", {"MEMORY.md": f"[a]({site}/x#one) [b]({site}/x#two) [c]({site}/404)\n"})
    stores = [snapshot(store_of(root))]
    for _ in range(2):
        found = external.ask(stores, tmp_path / "urls.json", private=True)
        assert list(found.broken) == [f"{site}/404"]
        assert found.problems == ()
    assert ASKED == {"HEAD /x": 1, "HEAD /404": 1, "GET /404": 1}


def test_a_host_is_not_asked_more_often_than_is_polite(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external, "_PAUSE", 0)
    links = " ".join(f"[a]({site}/page/{number})" for number in range(40))
    root = write_tree(tmp_path / "s", {"MEMORY.md": f"{links}\n"})
    found = external.ask([snapshot(store_of(root))], tmp_path / "urls.json", private=True)
    assert found.problems == ("10 URLs not checked: run it again, answers are cached",)
    assert ASKED.total() == 30


def test_link_check_asks_only_when_told_to(site: str, tmp_path: Path) -> None:
    links = f"- [Gone]({site}/404), [here]({site}/x), [no](https:///x)\n"
    project_store(tmp_path, "reviewer", {"MEMORY.md": links})
    silent = memoryd("link-check", "--format", "concise", cwd=tmp_path)
    assert silent.out.count("L009") == 1
    assert ASKED == {}
    shy = memoryd("link-check", "--external", cwd=tmp_path)
    assert shy.err.count("its host belongs to a private network") == 2
    assert ASKED == {}
    told = memoryd("link-check", "--external", "--allow-private", "--format", "concise", cwd=tmp_path)
    assert told.code == 1
    assert f'warning L009 "{site}/404" leads to nothing: its server answers 404 Not Found' in told.out
    assert told.err == ""
    assert memoryd("link-check", "--allow-private", cwd=tmp_path).code == 2
