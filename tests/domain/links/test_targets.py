from pathlib import Path

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / ".claude" / "agent-memory" / "reviewer"
    directory.mkdir(parents=True)
    return directory


def found(root: Path, code: str, files: dict[str, str], *, user: bool = False) -> list[Diagnostic]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    rules = tuple(rule for rule in ALL_RULES if rule.code == code)
    return list(check([agent_store(str(root), user=user)], rules).diagnostics)


def messages(root: Path, code: str, files: dict[str, str]) -> list[str]:
    return [each.message for each in found(root, code, files)]


@pytest.mark.parametrize(
    "text",
    [
        "[site](https://example.com/gone.md) <https://example.com/x> <ann@example.com>",
        "[mail](mailto:ann@example.com) [net](//example.com/x) [part](#part) [query](?x) [none]()",
        "[drive](C:/x.cpp) [share](c:\\x.cpp)",
        "[folder](../../../src) [same](../../../src/) [file](../../../src/x.py#L3)",
        "[itself](.) [up](..) [store](./) [root](../../../)",
        "[space](with%20space.md) [angle](<with space.md>) [hash](a%23b.md) [hash too](a#b.md)",
        "`[no](gone.md)`\n\n```\n[no](gone.md)\n```\n\n    [no](gone.md)\n\n<!-- [no](gone.md) -->",
        "[machine](/home/ann/notes.md) [home](~/notes.md)",
        r"\[no\](gone.md) \[[no]\](gone.md) [[2,1,0],[1,3,1]] \[\[gone\]\] [[gone]]",
        "![the [no](gone.md) alt](here.png)",
    ],
)
def test_what_is_no_broken_link(root: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "x.py").touch()
    files = dict.fromkeys(["with space.md", "a#b.md", "here.png"], "")
    assert messages(root, "L001", {"MEMORY.md": text + "\n"} | files) == []


def test_a_path_of_one_machine_is_judged_on_that_machine(root: Path, tmp_path: Path) -> None:
    text = f"[x]({tmp_path}/gone.md) [y]({tmp_path}/here.md)\n"
    (tmp_path / "here.md").touch()
    assert found(root, "L001", {"MEMORY.md": text}) == []
    [diagnostic] = found(root, "L001", {"MEMORY.md": text}, user=True)
    assert "gone.md" in diagnostic.message
