import subprocess
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


def test_statistics_count_by_rule(project: Path) -> None:
    done = memoryd("check", "--statistics", cwd=project)
    assert done.code == 1
    assert done.out.splitlines() == [
        "      2  error    L001  broken-link",
        "      1  warning  F001  invalid-frontmatter (1 fixable)",
        "      1  warning  L006  repeated-index-entry (1 fixable)",
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
    assert done.err == "1 store, 2 files, 4 links: 2 errors, 2 warnings (2 fixable with --fix)\n"
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
