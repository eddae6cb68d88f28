import os
from dataclasses import fields
from pathlib import Path

import pytest
from platformdirs import PlatformDirs

from memoryd.config.locations import LOCATIONS, PATH_VARIABLES, Locations, locate
from memoryd.services.service import settings

XDG = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def test_every_place_is_a_row() -> None:
    assert {each.name for each in fields(Locations)} == {"home", *LOCATIONS}


@pytest.mark.parametrize("name", LOCATIONS)
def test_a_variable_moves_its_place(name: str, tmp_path: Path) -> None:
    location = LOCATIONS[name]
    found = getattr(locate({location.variable: str(tmp_path / "x")}), name)
    assert found == (tmp_path / "x" if location.is_named else tmp_path / "x" / location.name)


@pytest.mark.parametrize("name", sorted(PATH_VARIABLES))
def test_a_variable_that_moves_a_place_is_in_the_unit_as_an_absolute_path(name: str) -> None:
    assert settings({name: "~/x"}) == {name: os.path.expanduser("~/x")}
    assert settings({name: "x"}) == {name: os.path.abspath("x")}


def test_every_variable_of_the_table_is_in_the_unit() -> None:
    names = {each.variable for each in LOCATIONS.values()} | {each.base for each in LOCATIONS.values()}
    session = {"", "XDG_RUNTIME_DIR"}  # which the manager of the session sets
    assert set(settings(dict.fromkeys(names - session, "/x"))) == names - session


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="other platforms have other customs")
def test_places_by_custom(home: Path) -> None:
    places = locate({"XDG_RUNTIME_DIR": "/run/user/1"})
    assert places.home == home
    assert places.claude == home / ".claude"
    assert places.config == home / ".config/memoryd/config.toml"
    assert places.history == home / ".local/state/memoryd/history.db"
    assert places.index == home / ".cache/memoryd/index.db"
    assert places.lock == Path("/run/user/1/memoryd/lock")
    assert places.log == home / ".local/state/memoryd/bug.log"


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="other platforms have other customs")
def test_places_by_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG_HOME", "STATE_HOME", "CACHE_HOME"):
        monkeypatch.setenv(f"XDG_{name}", str(tmp_path / name))
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    places = locate(os.environ)
    assert places.config == tmp_path / "CONFIG_HOME/memoryd/config.toml"
    assert places.history == tmp_path / "STATE_HOME/memoryd/history.db"
    assert places.index == tmp_path / "CACHE_HOME/memoryd/index.db"
    session = Path(f"/run/user/{os.getuid()}")  # known also to what runs outside of it
    assert places.lock == (session if session.is_dir() else tmp_path / "STATE_HOME") / "memoryd/lock"


@pytest.mark.parametrize("xdg", [None, "", "relative", "~/x", "/x/", "//x"])
@pytest.mark.parametrize("home", [None, "", "relative", "/", "/home/someone/", "//h"])
def test_places_are_those_of_platformdirs(
    xdg: str | None, home: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"HOME": home, **dict.fromkeys(XDG, xdg)}.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    theirs = PlatformDirs("memoryd", appauthor=False)
    directories = (theirs.user_config_path, theirs.user_state_path, theirs.user_cache_path)
    found = locate({})
    assert (found.config.parent, found.history.parent, found.index.parent) == tuple(
        each.absolute() for each in directories
    )


def test_places_by_our_own_variables(home: Path) -> None:
    places = locate(
        {
            "MEMORYD_CONFIG": "~/c.toml",
            "MEMORYD_STATE_DIR": "/state",
            "MEMORYD_CACHE_DIR": "/cache",
            "MEMORYD_RUNTIME_DIR": "~nobody-of-that-name/run",
            "XDG_RUNTIME_DIR": "/run/user/1",
            "CLAUDE_CONFIG_DIR": "/claude",
        }
    )
    assert places.config == home / "c.toml"
    assert (places.history, places.log) == (Path("/state/history.db"), Path("/state/bug.log"))
    assert places.index == Path("/cache/index.db")
    assert places.lock == Path.cwd() / "~nobody-of-that-name/run/lock"
    assert places.claude == Path("/claude")
