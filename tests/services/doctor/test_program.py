import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.program import memoryd
from house.documentation import text_of
from support import tree, write_tree

from memoryd.config import variables

Look = Callable[..., "Seen"]


class Seen:
    """What the doctor said."""

    def __init__(self, code: int, out: str) -> None:
        self.code = code
        self.checks: list[dict[str, str | None]] = json.loads(out)["checks"]

    def of(self, name: str) -> tuple[str, str]:
        """State and message of the one check of that name."""
        (found,) = (each for each in self.checks if each["name"] == name)
        return str(found["state"]), str(found["message"])

    def names(self) -> set[str]:
        return {str(each["name"]) for each in self.checks}


def files(home: Path) -> dict[str, bytes]:
    """All of them, but what SQLite shares between those that have a database open."""
    return {name: content for name, content in tree(home).items() if not name.endswith("-shm")}


@pytest.fixture
def look(tmp_path: Path, home: Path) -> Look:
    write_tree(home / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})

    def look(**environment: str) -> Seen:
        before = files(home)
        done = memoryd("doctor", "--json", cwd=tmp_path, **environment)
        assert done.err == ""
        assert files(home) == before  # it changes nothing
        return Seen(done.code, done.out)

    return look


@pytest.fixture
def known(look: Look, tmp_path: Path) -> Look:
    """With history and index."""
    assert look().code == 0
    assert memoryd("search", "a", cwd=tmp_path).code == 0
    assert memoryd("log", "--all", cwd=tmp_path).code == 0
    return look


def test_a_bad_configuration_is_said_and_the_rest_is_looked_at(known: Look, home: Path) -> None:
    write_tree(home / ".config" / "memoryd", {"config.toml": "setle = 5\n"})
    seen = known()
    assert seen.code == 1
    state, message = seen.of("configuration")
    assert (state, "unknown key “setle”" in message) == ("error", True)
    assert seen.of("stores") == ("ok", "1 store known: 1 user")


def test_the_variables_it_knows_are_those_of_the_topic(look: Look) -> None:
    assert set(re.findall(r"MEMORYD_[A-Z_]+", text_of("configuration"))) == variables()
    seen = look(MEMORYD_SETLE="5m", MEMORYD_RESCAN="5m")
    messages = [(each["state"], each["message"]) for each in seen.checks if each["name"] == "variables"]
    assert messages == [
        ("ok", "set in this shell: MEMORYD_RESCAN"),
        ("warning", "memoryd knows no MEMORYD_SETLE"),
    ]


def test_patterns_that_lead_nowhere_are_named(look: Look, home: Path) -> None:
    (home / "src" / "app").mkdir(parents=True)
    text = 'projects = ["~/src/*", "~/cod/*", "src/*"]\n'
    write_tree(home / ".config" / "memoryd", {"config.toml": text})
    messages = [each["message"] for each in look().checks if each["name"] == "projects"]
    assert messages == ["begins neither with / nor with ~/: src/*", "no directory is like ~/cod/*"]


def test_numbers_for_prometheus_need_a_place(look: Look, home: Path) -> None:
    write_tree(
        home / ".config" / "memoryd", {"config.toml": '[daemon]\nmetrics = "~/metrics/memoryd.prom"\n'}
    )
    assert look().of("metrics")[1] == f"no numbers for Prometheus can be written to {home}/metrics"
    (home / "metrics").mkdir()
    assert "metrics" not in look().names()
