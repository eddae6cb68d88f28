"""Settings of a repository are a stranger's: any bytes are settings or one error."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import is_root, write_tree

from memoryd.config import checks, load
from memoryd.domain.checks.selection import Choice
from memoryd.errors import ConfigError, MemorydError


def read(directory: Path) -> Choice | None:
    return checks.between(str(directory), str(directory), os.path.realpath(directory))


LARGE = "# " + "x" * 70_000


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (".memoryd.toml", LARGE, "larger than 64 KiB"),
        (".memoryd.toml", "a" + ".a" * 100_000 + " = 1", "larger than 64 KiB"),
        (".memoryd.toml", "a" + ".a" * 17 + " = 1", "more than 16 dots"),
        (".memoryd.toml", "levels = {a" + " . a" * 20 + " = 1}", "more than 16 dots"),
        (".memoryd.toml", "[a" + ".a" * 30_000 + "]", "more than 16 dots"),
        (".memoryd.toml", "x = " + "[" * 30_000, "nested"),
        (".memoryd.toml", "levels = " + "{a=" * 9_000, "nested"),
        (".memoryd.toml", "select = ['\0']", "cannot read"),
        (".memoryd.toml", "select = " + "9" * 10_000, "cannot read"),
        ("pyproject.toml", f"[tool.memoryd]\nselect = ['L']\n{LARGE}", "larger than 64 KiB"),
    ],
)
def test_what_is_too_much_is_named(tmp_path: Path, name: str, text: str, problem: str) -> None:
    write_tree(tmp_path, {name: text})
    with pytest.raises(ConfigError) as error:
        read(tmp_path)
    assert str(tmp_path / name) in error.value.message
    assert problem == "nested" or problem in error.value.message


@pytest.mark.parametrize(
    "text",
    [
        'select = ["L"]\n# ' + "a sentence. " * 40,
        'select = ["L"] # ........................',
        '[per-file-ignores]\n"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.md" = ["L"]',
        "[per-file-ignores]\n'" + "*." * 30 + "md' = ['L']",
    ],
)
def test_dots_elsewhere_do_not_count(tmp_path: Path, text: str) -> None:
    write_tree(tmp_path, {".memoryd.toml": text})
    assert read(tmp_path)


def test_a_large_project_file_without_settings_is_none_of_ours(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": f"[tool.other]\n{LARGE}\n# memoryd\n"})
    assert read(tmp_path) is None


def test_settings_behind_a_link_count_inside_the_repository_only(tmp_path: Path) -> None:
    write_tree(tmp_path, {"repo/own.toml": 'select = ["L"]\n', "secret.toml": "password = 1\n"})
    link = tmp_path / "repo/.memoryd.toml"
    link.symlink_to("own.toml")
    assert read(tmp_path / "repo")
    link.unlink()
    link.symlink_to("../secret.toml")
    with pytest.raises(ConfigError) as error:
        read(tmp_path / "repo")
    assert str(link) in error.value.message
    assert "password" not in str(error.value)


def test_a_pipe_is_named_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".memoryd.toml")
    with pytest.raises(ConfigError, match="not a regular file"):
        read(tmp_path)


def test_a_directory_of_that_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".memoryd.toml").mkdir()
    assert read(tmp_path) is None


@pytest.mark.skipif(is_root(), reason="root may read everything")
def test_an_unreadable_directory_is_not_blamed_on_its_settings(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    assert read(tmp_path / "closed") is None


@given(
    st.sampled_from([".memoryd.toml", "pyproject.toml"]), st.binary(max_size=300) | st.text().map(str.encode)
)
def test_any_bytes_are_settings_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    directory = tmp_path_factory.mktemp("any")
    (directory / name).write_bytes(b"[tool.memoryd]\n" * (name[0] == "p") + content)
    try:
        read(directory)
    except ConfigError as error:
        assert str(directory / name) in error.message  # noqa: PT017  # any bytes may be good


@pytest.mark.parametrize(
    "value", ["/a:/b", '["/a", "/b"]', ' [ "/a", "/b" ]', "['/a',\n'/b']", '["/a", "/b"] # both']
)
def test_a_list_in_a_variable_may_be_written_as_in_the_file(tmp_path: Path, value: str) -> None:
    assert load(tmp_path / "none", {"MEMORYD_PROJECTS": value}).projects == ("/a", "/b")


@pytest.mark.parametrize("value", ['["/a"', "[1]", "[", "[[]]", "[" * 9000])
def test_a_list_that_is_none_names_the_variable(tmp_path: Path, value: str) -> None:
    with pytest.raises(MemorydError, match=r"^MEMORYD_PROJECTS: "):
        load(tmp_path / "none", {"MEMORYD_PROJECTS": value})
