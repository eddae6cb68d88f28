import re
from pathlib import Path

from house.documentation import text_of
from services.doctor.looking import Look
from support import write_tree

from memoryd.config import variables


def test_a_bad_configuration_is_said_and_the_rest_is_looked_at(known: Look, home: Path) -> None:
    write_tree(home / ".config" / "memoryd", {"config.toml": "setle = 5\n"})
    seen = known()
    assert seen.code == 1
    state, message = seen.of("configuration")
    assert (state, 'unknown key "setle"' in message) == ("error", True)
    assert seen.of("stores") == ("ok", "1 store known: 1 user")


def test_the_variables_it_knows_are_those_of_the_topic(look: Look) -> None:
    assert set(re.findall(r"MEMORYD_[A-Z_]+", text_of("configuration"))) == variables()
    seen = look(MEMORYD_SETLE="5m", MEMORYD_RESCAN="5m")
    messages = [(each["state"], each["message"]) for each in seen.checks if each["name"] == "variables"]
    assert messages == [
        ("ok", "set in this shell: MEMORYD_RESCAN"),
        ("warning", "memoryd has no variable MEMORYD_SETLE"),
    ]


def test_patterns_that_lead_nowhere_are_named(look: Look, home: Path) -> None:
    (home / "src" / "app").mkdir(parents=True)
    text = 'projects = ["~/src/*", "~/cod/*", "src/*"]\n'
    write_tree(home / ".config" / "memoryd", {"config.toml": text})
    messages = [each["message"] for each in look().checks if each["name"] == "projects"]
    assert messages == ["begins with neither / nor ~/: src/*", "no directory matches ~/cod/*"]


def test_numbers_for_prometheus_need_a_place(look: Look, home: Path) -> None:
    write_tree(
        home / ".config" / "memoryd", {"config.toml": '[daemon]\nmetrics = "~/metrics/memoryd.prom"\n'}
    )
    assert look().of("metrics")[1] == f"metrics for Prometheus cannot be written to {home}/metrics"
    (home / "metrics").mkdir()
    assert "metrics" not in look().names()
