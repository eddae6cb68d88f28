from pathlib import Path

import pytest

from memoryd.config.effective import EffectiveValue, effective
from memoryd.errors import ConfigError

TEXT = """\
projects = ["~/code/*"]
settle = "2m"

[enforce]
default = "report"
"~/code/x" = "off"

[daemon]
metrics = "~/m.prom"
"""


def of(path: Path, **environment: str) -> dict[str, EffectiveValue]:
    return {each.key: each for each in effective(path, environment)}


def test_each_value_says_where_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    found = of(path, MEMORYD_SETTLE="5s")
    assert found["projects"] == EffectiveValue("projects", ["~/code/*"], None, 1)
    assert found["settle"] == EffectiveValue("settle", 5.0, "MEMORYD_SETTLE", None)
    assert found["enforce.default"] == EffectiveValue("enforce.default", "report", None, 5)
    assert found["enforce.~/code/x"] == EffectiveValue("enforce.~/code/x", "off", None, 6)
    assert found["enforce.user"] == EffectiveValue("enforce.user", None)
    assert found["daemon.metrics"] == EffectiveValue("daemon.metrics", "~/m.prom", None, 9)
    assert found["daemon.fixes"] == EffectiveValue("daemon.fixes", ["S001"])


def test_a_word_in_the_place_of_a_table_is_its_default(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('rescan = 5\nenforce = "off"\n')
    assert of(path)["enforce.default"] == EffectiveValue("enforce.default", "off", None, 2)
    assert of(path, MEMORYD_ENFORCE="report")["enforce.default"].variable == "MEMORYD_ENFORCE"


def test_without_a_file_all_are_defaults_and_a_wrong_one_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    found = of(path)
    assert {each.line for each in found.values()} == {None}
    assert found["enforce"].value is None
    path.write_text("setle = 5\n")
    with pytest.raises(ConfigError):
        of(path)
