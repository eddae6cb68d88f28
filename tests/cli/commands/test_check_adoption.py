import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
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
    assert '"new.md" does not exist' in done.out
    assert "gone.md" not in done.out


def test_a_known_finding_that_is_gone_is_told(project: Path) -> None:
    memoryd("check", "--baseline", "known.json", "--write-baseline", cwd=project)
    (project / ".claude/agent-memory/reviewer/a.md").write_text("text\n")
    done = memoryd("check", "--baseline", "known.json", cwd=project)
    assert done.code == 0
    assert "1 finding of the baseline no longer found (F001); `--write-baseline` removes them" in done.err
    assert memoryd("check", "--baseline", "known.json", "--select", "L", cwd=project).err == ""


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


def git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", project, *arguments], check=True, capture_output=True)


@needs_git
def test_a_way_through_a_link_into_a_repository_is_the_same(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(project)
    assert found(project, "--tracked") == found(link, "--tracked", str(link)) != []


def test_bad_settings_of_one_repository_do_not_stop_the_check_of_another(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    for place in (good, bad):
        project_store(place, "reviewer", FILES)
    settings(bad, "x = ")
    done = memoryd("check", str(good), str(bad), "--format", "concise", cwd=tmp_path)
    assert done.code == 2
    assert f"not checked: cannot read {bad / '.memoryd.toml'}" in done.out
    assert "good/.claude/agent-memory/reviewer/MEMORY.md:5:3: error L001" in done.out
    assert "bad/.claude/agent-memory/reviewer/MEMORY.md:" not in done.out
