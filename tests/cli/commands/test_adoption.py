import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, memoryd, project_store
from support import needs_git

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


# --- the level that fails, the choice of rules


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--select", "F001"], 1),
        (["--select", "F001", "--fail-on", "error"], 0),
        (["--select", "L001", "--fail-on", "error"], 1),
        (["--fail-on", "never"], 0),
        (["--exit-zero"], 0),
    ],
)
def test_the_level_that_fails_is_chosen(project: Path, options: list[str], code: int) -> None:
    done = memoryd("check", *options, cwd=project)
    assert done.code == code
    assert "error" in done.out


def test_info_can_fail_too(project: Path) -> None:
    settings(project, 'levels = { L001 = "info" }\nselect = ["L001"]\n')
    assert memoryd("check", cwd=project).code == 0
    assert memoryd("check", "--fail-on", "info", cwd=project).code == 1


def test_exit_zero_is_no_excuse_for_what_could_not_be_checked(project: Path) -> None:
    (project / ".claude/agent-memory/reviewer/dir.md").symlink_to("nowhere")
    assert memoryd("check", "--exit-zero", cwd=project).code == 2


def test_rules_are_chosen_by_code_beginning_and_name(project: Path) -> None:
    assert found(project, "--select", "L001,invalid-frontmatter") == ["L001", "L001", "F001"]
    assert set(found(project, "--ignore", "L")) == {"F001"}
    assert set(found(project, "--select", "L", "--ignore", "broken-link")) == {"L006"}
    assert set(found(project, "--select", "L001", "--select", "F")) == {"L001", "F001"}


# --- settings of a repository and of a person


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


def test_the_overview_counts_what_a_check_would_find(project: Path, home: Path) -> None:
    def counted() -> dict[str, int]:
        (store,) = json.loads(memoryd("status", "--json", cwd=project).out)["stores"]
        return dict(store["findings"])

    settings(project, 'select = ["L001"]\n')
    # advice is not looked for
    assert (
        counted().items() >= {"errors": 2, "warnings": 0, "infos": None}.items()
    )  # advice is not looked for
    directory = home / ".config" / "memoryd"
    directory.mkdir(parents=True)
    (directory / "config.toml").write_text('levels = { L001 = "info" }\n')
    assert counted().items() >= {"errors": 0, "warnings": 0, "infos": None}.items()
    settings(project, "select = ")
    assert counted()["warnings"] == 2


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('ignor = ["L"]', "unknown key “ignor”", "did you mean “ignore”?"),
        ('enforce = "off"', "unknown key “enforce”", "known keys: select, ignore, per-file-ignores, levels"),
        ('projects = ["/etc/*"]', "unknown key “projects”", "known keys: select"),
        ('select = ["broken-lnk"]', "select: there is no rule “broken-lnk”", "did you mean broken-link?"),
        ('select = "L"', "select: ", "written as a list"),
        ('levels = { L001 = "fatal" }', "levels: ", "levels are error, warning, info"),
        ('levels = { L = "info" }', "levels: there is no rule “L”", ""),
        ('per-file-ignores = { "../*.md" = ["L"] }', "leads out of the repository", "relative to"),
        ('per-file-ignores = { "/x/*.md" = ["L"] }', "leads out of the repository", "relative to"),
        ("x = " + "[" * 5000, "cannot read", "mend or remove it"),
        ("x = ", "cannot read", "mend or remove it"),
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


# --- baseline


def test_known_findings_do_not_count_and_new_ones_do(project: Path) -> None:
    written = memoryd("check", "--baseline", "known.json", "--write-baseline", cwd=project)
    assert (written.code, written.out, written.err) == (0, "", "4 findings written to known.json\n")
    done = memoryd("check", "--baseline", "known.json", cwd=project)
    assert (done.code, done.err) == (0, "")
    assert done.out == "1 store, 2 files, 4 links: 0 errors, 0 warnings; 4 in the baseline\n"
    index = project / ".claude/agent-memory/reviewer/MEMORY.md"
    index.write_text("# Memory\n\nsome more words\n\n" + index.read_text() + "- [New](new.md)\n")
    done = memoryd("check", "--baseline", "known.json", "--format", "concise", cwd=project)
    assert done.code == 1
    assert "“new.md” does not exist" in done.out
    assert "gone.md" not in done.out


def test_a_known_finding_that_is_gone_is_told(project: Path) -> None:
    memoryd("check", "--baseline", "known.json", "--write-baseline", cwd=project)
    (project / ".claude/agent-memory/reviewer/a.md").write_text("text\n")
    done = memoryd("check", "--baseline", "known.json", cwd=project)
    assert done.code == 0
    assert "1 finding of the baseline no longer found (F001); `--write-baseline` forgets that" in done.err
    assert memoryd("check", "--baseline", "known.json", "--select", "L", cwd=project).err == ""


def test_a_baseline_of_a_part_leaves_the_rest_as_it_was(project: Path) -> None:
    project_store(project, "writer", FILES)
    memoryd("check", "--baseline", "known.json", "--write-baseline", cwd=project)
    before = (project / "known.json").read_bytes()
    again = memoryd("check", "--agent", "writer", "--baseline", "known.json", "--write-baseline", cwd=project)
    assert again.err == "4 findings written to known.json\n"
    assert (project / "known.json").read_bytes() == before


def test_a_baseline_moves_with_its_repository(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    memoryd("check", "--baseline", "known.json", "--write-baseline", cwd=project)
    other = tmp_path_factory.mktemp("other") / "clone"
    subprocess.run(["cp", "-r", project, other], check=True)
    below = other / ".claude"
    assert memoryd("check", ".", "--baseline", "../known.json", cwd=below).code == 0


def test_another_file_is_not_taken_for_a_baseline(project: Path) -> None:
    (project / "notes.md").write_text("# Notes\n")
    for options in ([], ["--write-baseline"]):
        done = memoryd("check", "--baseline", "notes.md", *options, cwd=project)
        assert done.code == 2
        assert "notes.md is not a baseline" in done.err
    assert (project / "notes.md").read_text() == "# Notes\n"


# --- what is printed


def test_statistics_count_by_rule(project: Path) -> None:
    done = memoryd("check", "--statistics", cwd=project)
    assert done.code == 1
    assert done.out.splitlines() == [
        "      2  error    L001  broken-link",
        "      1  warning  F001  invalid-frontmatter (1 can be mended)",
        "      1  warning  L006  repeated-index-entry (1 can be mended)",
        "1 store, 2 files, 4 links: 2 errors, 2 warnings",
    ]


def test_the_files_to_be_checked_are_listed(project: Path) -> None:
    done = memoryd("check", "--show-files", cwd=project)
    assert done.code == 0
    assert done.out == (".claude/agent-memory/reviewer/MEMORY.md\n.claude/agent-memory/reviewer/a.md\n")


@pytest.mark.parametrize("kind", ["full", "concise", "json", "github", "gitlab", "sarif", "junit"])
def test_a_report_goes_to_a_file(project: Path, kind: str) -> None:
    printed = memoryd("check", "--format", kind, cwd=project)
    done = memoryd("check", "--format", kind, "--output", "report", cwd=project)
    assert (printed.code, done.code, done.out) == (1, 1, "")
    assert done.err == "1 store, 2 files, 4 links: 2 errors, 2 warnings\n"
    assert (project / "report").read_text() == printed.out


def test_a_file_that_cannot_be_written_is_2(project: Path) -> None:
    done = memoryd("check", "--output", "no/such/place", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: cannot write no/such/place: No such file or directory\n"


def test_github_gets_a_summary_of_the_job_after_what_is_there(project: Path) -> None:
    summary = project / "summary.md"
    summary.write_text("before\n")
    memoryd("check", "--format", "github", cwd=project, GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text().startswith("before\n### memoryd\n")
    memoryd("check", cwd=project, GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text().count("### memoryd") == 1


@pytest.mark.parametrize("kind", ["full", "sarif", "junit"])
def test_output_is_the_same_to_the_byte_whatever_the_hashes_are(project: Path, kind: str) -> None:
    project_store(
        project, "writer", FILES | {"b-topic.md": "[[unknown]] [x](y.md) <!-- memoryd: ignore[Q] -->\n"}
    )
    digests = {
        hashlib.sha256(
            memoryd("check", "--format", kind, cwd=project, PYTHONHASHSEED=str(seed)).out.encode()
        ).hexdigest()
        for seed in range(20 if kind == "full" else 3)
    }
    assert len(digests) == 1


# --- what version control tracks


def git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", project, *arguments], check=True, capture_output=True)


@needs_git
def test_only_what_is_tracked_exists(project: Path) -> None:
    store = project_store(
        project, "writer", {"MEMORY.md": "[a](a.md) [b](b.md) [s](../../../src) [t](../../../t.py)\n"}
    )
    for name in ("a.md", "b.md", "c-topic.md"):
        (store / name).write_text("text\n")
    (project / "src").mkdir()
    (project / "src" / "x.py").write_text("")
    (project / "t.py").write_text("")
    git(project, "init", "-q")
    assert "L001" not in found(project, "--agent", "writer")
    git(project, "add", str(store / "MEMORY.md"), str(store / "a.md"), "src")
    value = json.loads(memoryd("check", "--tracked", "--json", cwd=project).out)
    assert value["summary"]["stores"] == 1
    assert value["summary"]["files"] == 2
    assert [each["message"].partition(" ")[0] for each in value["diagnostics"]] == [
        "“b.md”",
        "“../../../t.py”",
    ]


@needs_git
def test_where_nothing_is_tracked_nothing_is_checked(project: Path) -> None:
    git(project, "init", "-q")
    done = memoryd("check", "--tracked", cwd=project)
    assert done.code == 2
    assert done.err.startswith("error: nothing of what is here is tracked by git\n")
    assert memoryd("check", "--tracked", "--allow-empty", cwd=project).code == 0


@needs_git
def test_a_way_through_a_link_into_a_repository_is_the_same(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(project)
    assert found(project, "--tracked") == found(link, "--tracked", str(link)) != []


@needs_git
def test_what_a_fix_has_made_counts_as_tracked_and_is_to_be_added(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT, "lonely-topic.md": "# Lonely\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    done = memoryd("check", "--tracked", "--fix", cwd=tmp_path)
    new = len(list(store.iterdir())) - 2
    assert new > 0
    assert f"{new} new file" in done.err
    assert (done.code, "0 errors, 0 warnings" in done.out) == (0, True)
    assert memoryd("check", "--tracked", cwd=tmp_path).code == 1
    git(tmp_path, "add", ".")
    assert memoryd("check", "--tracked", cwd=tmp_path).code == 0
