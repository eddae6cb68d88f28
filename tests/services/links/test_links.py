import json
from pathlib import Path

import pytest
from adapters.links.servers import ASKED
from cli.program import memoryd, project_store
from support import store_of, write_tree

from memoryd.adapters.links import Answer, Answers
from memoryd.adapters.stores.contents import snapshot
from memoryd.services import links as external


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
