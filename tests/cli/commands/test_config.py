import json
import os
from pathlib import Path

import pytest
from cli.program import make_store, memoryd

from memoryd.cli.commands import config as command
from memoryd.config.locations import locate
from memoryd.errors import ConfigError


def test_values_are_shown_with_their_source(tmp_path: Path, home: Path) -> None:
    make_store(home / ".config/memoryd", {"config.toml": '[enforce]\ndefault = "report"\n'})
    done = memoryd("config", cwd=tmp_path, MEMORYD_SETTLE="5s")
    rows = {line.split()[0]: line.split()[1:] for line in done.out.splitlines()[2:]}
    assert rows["KEY"] == ["VALUE", "FROM"]
    assert rows["enforce.default"] == ['"report"', "line", "2"]
    assert rows["settle"] == ["5.0", "MEMORYD_SETTLE"]
    assert rows["rescan"] == ["–", "default"]
    value = json.loads(memoryd("config", "--json", cwd=tmp_path).out)
    assert value["exists"] is True
    assert {"key": "enforce.default", "value": "report", "variable": None, "line": 2} in value["values"]


def test_it_is_made_edited_and_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = locate(os.environ).config
    monkeypatch.setenv("EDITOR", "true")
    command.edit()
    assert "Nothing changed." in capsys.readouterr().err
    assert path.stat().st_mode & 0o777 == 0o600
    command.validate()
    assert "is valid" in capsys.readouterr().err
    monkeypatch.setenv("EDITOR", "sh -c 'echo setle=1 >> \"$0\"'")
    with pytest.raises(ConfigError, match="setle"):
        command.edit()
    with pytest.raises(ConfigError, match="setle"):
        command.validate()


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    command.schema()
    assert json.loads(capsys.readouterr().out)["title"] == "memoryd"
