import json
from pathlib import Path

import pytest
from cli.program import memoryd, project_store

FILES = {
    "MEMORY.md": "# Memory\n\n- [A](a.md)\n- [A](a.md)\n- [Gone](gone.md)\n- [Gone](gone.md)\n",
    "a.md": "---\nname: a\ndescription: it: breaks\n---\ntext\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", FILES)
    return tmp_path


def found(project: Path, *options: str, command: str = "check") -> list[str]:
    value = json.loads(memoryd(command, "--json", *options, cwd=project).out)
    return [each["code"] for each in value["diagnostics"]]


def settings(project: Path, text: str, name: str = ".memoryd.toml") -> None:
    (project / name).write_text(text)


def test_a_repository_sets_its_checks_below_its_stores_too(project: Path) -> None:
    settings(project, 'ignore = ["L"]\n')
    assert found(project) == ["F001"]
    assert found(project, str(project / ".claude/agent-memory/reviewer")) == ["F001"]


def test_pyproject_counts_where_there_is_no_file_of_our_own(project: Path) -> None:
    settings(project, '[project]\nname = "x"\n[tool.memoryd]\nselect = ["F001"]\n', "pyproject.toml")
    assert found(project) == ["F001"]
    settings(project, 'select = ["L001"]\n')
    assert found(project) == ["L001", "L001"]


def test_a_pyproject_that_says_nothing_of_us_may_be_as_broken_as_it_likes(project: Path) -> None:
    settings(project, "[[[", "pyproject.toml")
    assert memoryd("check", cwd=project).code == 1


def test_settings_above_the_repository_do_not_count(tmp_path: Path) -> None:
    settings(tmp_path, 'ignore = ["L"]\n')
    project = tmp_path / "project"
    project_store(project, "reviewer", FILES)
    assert "L001" in found(project)
    (tmp_path / ".git").mkdir()
    assert "L001" not in found(project)


def test_settings_of_each_repository_count_for_its_own_stores(tmp_path: Path) -> None:
    for name in ("one", "two"):
        project_store(tmp_path / name, "reviewer", FILES)
        (tmp_path / name / ".git").mkdir()
    settings(tmp_path / "one", 'select = ["F001"]\n')
    value = json.loads(memoryd("check", "--json", str(tmp_path), cwd=tmp_path).out)
    assert {each["code"] for each in value["diagnostics"] if each["path"].startswith("one/")} == {"F001"}
    assert {each["code"] for each in value["diagnostics"] if each["path"].startswith("two/")} > {"L001"}


def test_files_are_left_out_by_pattern(project: Path) -> None:
    settings(project, '[per-file-ignores]\n"a.md" = ["F"]\n".claude/agent-memory/*/MEMORY.md" = ["L001"]\n')
    assert found(project) == ["L006"]


def test_a_person_sets_checks_for_all_and_a_repository_for_its_own(project: Path, home: Path) -> None:
    directory = home / ".config" / "memoryd"
    directory.mkdir(parents=True)
    (directory / "config.toml").write_text('ignore = ["L"]\nlevels = { F001 = "error" }\n')
    value = json.loads(memoryd("check", "--json", cwd=project).out)
    assert [(each["code"], each["level"]) for each in value["diagnostics"]] == [("F001", "error")]
    settings(project, 'select = ["L001"]\n')
    assert found(project) == ["L001", "L001"]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('ignor = ["L"]', 'unknown key "ignor"', "did you mean ignore?"),
        ('enforce = "off"', 'unknown key "enforce"', "known keys: select, ignore, per-file-ignores, levels"),
        ('projects = ["/etc/*"]', 'unknown key "projects"', "known keys: select"),
        ('select = ["broken-lnk"]', 'select: there is no rule "broken-lnk"', "did you mean broken-link?"),
        ('select = "L"', "select: ", "written as a list"),
        ('levels = { L001 = "fatal" }', "levels: ", "levels are error, warning, info"),
        ('levels = { L = "info" }', 'levels: there is no rule "L"', ""),
        ('per-file-ignores = { "../*.md" = ["L"] }', "leads out of the repository", "relative to"),
        ('per-file-ignores = { "/x/*.md" = ["L"] }', "leads out of the repository", "relative to"),
        ("x = " + "[" * 5000, "cannot read", "fix or remove it"),
        ("x = ", "cannot read", "fix or remove it"),
    ],
)
def test_what_is_wrong_in_settings_is_named_with_its_file(
    project: Path, text: str, message: str, hint: str
) -> None:
    settings(project, text)
    done = memoryd("check", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert str(project / ".memoryd.toml") in done.err
    assert message in done.err
    assert hint in done.err
