import os
from pathlib import Path

import pytest
from cli.program import memoryd

from memoryd.config import Config, load
from memoryd.config.daemon import Enforce, Enforcement
from memoryd.errors import ConfigError


def written(directory: Path, text: str) -> Path:
    path = directory / "config.toml"
    path.write_text(text)
    return path


def test_an_absent_file_is_an_empty_one(tmp_path: Path) -> None:
    assert load(tmp_path / "config.toml", {}) == Config()


def test_a_file_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, 'projects = ["~/code/*"]\nenforce = "report"\nsettle = "1.5m"\nrescan = 30\n')
    report = Enforcement(default=Enforce.REPORT)
    assert load(path, {}) == Config(projects=("~/code/*",), enforce=report, settle=90.0, rescan=30.0)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'settle = 5\nenforce = "off"\nprojects = ["/x"]\n')
    environment = {
        "MEMORYD_SETTLE": "2m",
        "MEMORYD_PROJECTS": os.pathsep.join(["/a", "~/b/*", ""]),
        "MEMORYD_ENFORCE": "",
    }
    off = Enforcement(default=Enforce.OFF)
    assert load(path, environment) == Config(projects=("/a", "~/b/*"), enforce=off, settle=120.0)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("settel = 1", 'unknown key "settel"', "did you mean settle?"),
        ("written = 1", 'unknown key "written"', "did you mean rewrite?"),
        ("colour = 1", 'unknown key "colour"', "known keys: projects, enforce, settle, rescan"),
        ('settle = "2 fortnights"', "settle: ", "durations are written as"),
        ("settle = -1", "settle: ", "durations are written as"),
        ("settle = true", "settle: ", "durations are written as"),
        ("rescan = inf", "rescan: ", "durations are written as"),
        ("rescan = nan", "rescan: ", "durations are written as"),
        ('projects = "~/code"', "projects: ", "written as a list"),
        ("projects = [1]", "projects: ", "written as a list"),
        ('enforce = "on"', "enforce: must be 'compact', 'report' or 'off'", ""),
        ('[enforce]\nprojct = "off"', "enforce.projct: there is no such key", "did you mean project?"),
        ("[enforce]\npaths = {}", "enforce.paths: ", "known keys: default, user, project, local, auto"),
        ('[enforce]\n"~/code/*" = "no"', "enforce.~/code/*: must be 'compact'", "by scope and path"),
        ("enforce = 3", "enforce: must be a table", "written as a word"),
        ("[daemon]\nfixs = []", "daemon.fixs: there is no such key", "did you mean fixes?"),
        ('[daemon]\nfixes = ["S01"]', 'daemon: there is no rule "S01" (did you mean S001?)', "as a table"),
        (
            '[daemon]\nmetrics = "m.prom"',
            "daemon.metrics: must be absolute or begin with ~/",
            "as a table",
        ),
        ("[prune]\nmax = 1", "prune.max: there is no such key", "did you mean max_removals?"),
        ("settle = ", "cannot read the configuration", "fix or remove it"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, text: str, message: str, hint: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert str(path) in caught.value.message
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_a_wrong_variable_is_named_instead_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^MEMORYD_SETTLE: ") as caught:
        load(tmp_path / "absent", {"MEMORYD_SETTLE": "soon"})
    assert str(tmp_path) not in caught.value.message


@pytest.mark.parametrize("content", [None, b"settle = \xff"])
def test_an_unreadable_file_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "config.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match="cannot read the configuration"):
        load(path, {})


def test_a_wrong_configuration_is_2_and_78_for_the_service(tmp_path: Path, home: Path) -> None:
    directory = home / ".config" / "memoryd"
    directory.mkdir(parents=True)
    path = written(directory, "settel = 1\n")
    for command, code in (("check", 2), ("status", 2), ("run", 78)):
        done = memoryd(command, cwd=tmp_path)
        assert (done.code, done.out) == (code, "")
        assert done.err == f'error: {path}:1: unknown key "settel"\n  hint: did you mean settle?\n'


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('settel = 1\nrescan = "x"\n\n[prune]\nmax_removals = 0\n')
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    told = [str(each) for each in (caught.value, *caught.value.others)]
    assert [each.removeprefix(f"{path}:").partition(":")[0] for each in sorted(told)] == ["1", "2", "5"]
    assert not any("Input" in each for each in told)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("settle = \nx = 1\n", ":1: this is not TOML: settle ="),
        ("settle = 1\nsettle = 2\n", ":2: this key or table is there twice: settle = 2"),
        ("[prune]\n[prune]\n", ":2: this key or table is there twice: [prune]"),
    ],
)
def test_a_fault_of_the_file_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "config.toml", {})
    assert str(caught.value).endswith(message)
