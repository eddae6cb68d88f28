import json
import os
import subprocess
from pathlib import Path

import pytest
from cli.program import Done, memoryd, project_store
from support import needs_git, tree

INDEX = """# Memory

- [Trial](trial.md) — of the runner
- [Ann](ann.md) — how she works
- [Deploy](deploy.md) — how we ship
- [Gone](gone.md) — nowhere
- deploys are frozen (valid until 2020-03-31)

## Tasks

- [x] move the tests
- ~~ask for the key~~

## Notes

Broke yesterday.
"""


TRIAL = "---\nname: trial\ntype: project\nexpires: 2020-06-30\n---\nThe trial of the runner.\n"
ANN = "---\nname: ann\ntype: user\nexpires: 2020-06-30\nmodified: 2020-01-01\n---\nShort answers.\n"
DEPLOY = "---\nname: deploy\nmodified: 2024-01-01\n---\nShip, see [the trial](trial.md).\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"MEMORY.md": INDEX, "trial.md": TRIAL, "ann.md": ANN, "deploy.md": DEPLOY}
    project_store(tmp_path, "reviewer", files)
    return tmp_path


@pytest.fixture
def store(project: Path) -> Path:
    return project / ".claude/agent-memory/reviewer"


def found(done: Done) -> list[tuple[str, str, int]]:
    value = json.loads(done.out)
    return [(each["code"], Path(each["path"]).name, each["line"]) for each in value["diagnostics"]]


def test_it_shows_evidence_and_a_diff_and_changes_nothing(project: Path, store: Path) -> None:
    before = tree(store)
    done = memoryd("prune", cwd=project)
    assert done.code == 0
    assert ".claude/agent-memory/reviewer/trial.md:4: P001 it expired on 2020-06-30 (`expires`)\n" in done.out
    assert (
        ".claude/agent-memory/reviewer/MEMORY.md:6: P006 its only target, gone.md, does not exist\n"
        in done.out
    )
    assert "--- a/.claude/agent-memory/reviewer/MEMORY.md\n" in done.out
    assert 'P004 "yesterday"' in done.err
    assert "Nothing changed. Use --apply to apply the changes.\n" in done.err
    assert "ann.md" not in done.err + "".join(line for line in done.out.splitlines() if ": P" in line)
    assert tree(store) == before


def test_applied_it_is_one_operation_that_undo_takes_back_exactly(project: Path, store: Path) -> None:
    before = tree(store)
    done = memoryd("prune", "--apply", cwd=project)
    assert "Applied as operation 1 (undo: memoryd undo 1)\n" in done.err
    assert (store / "MEMORY.md").read_text() == (
        "# Memory\n\n- [Ann](ann.md) — how she works\n- [Deploy](deploy.md) — how we ship\n\n"
        "## Notes\n\nBroke yesterday.\n"
    )
    assert (store / "deploy.md").read_text() == DEPLOY.replace("[the trial](trial.md)", "the trial")
    assert not (store / "trial.md").exists()
    again = memoryd("prune", "--apply", cwd=project)
    assert (again.code, again.err.splitlines()[-1]) == (0, "Nothing to prune")
    assert memoryd("undo", cwd=project).code == 0
    assert tree(store) == before


def test_user_and_feedback_go_only_when_asked_for_by_name(project: Path) -> None:
    for arguments in ((), ("--older-than", "90d"), ("--type", "project")):
        assert "ann.md" not in {
            path for _, path, _ in found(memoryd("prune", "--json", *arguments, cwd=project))
        }
    assert found(memoryd("prune", "--json", "--type", "user", cwd=project)) == [("P001", "ann.md", 4)]
    done = memoryd("prune", "--type", "user", "--apply", cwd=project)
    assert "- [Ann](ann.md)" in done.out


def test_what_is_old_goes_only_when_it_is_said_how_old(project: Path, store: Path) -> None:
    os.utime(store / "deploy.md")
    assert "P002" not in memoryd("prune", "--json", cwd=project).out
    old = found(memoryd("prune", "--json", "--older-than", "90d", cwd=project))
    assert [each for each in old if each[0] == "P002"] == [("P002", "deploy.md", 5)]
    assert "P002" not in memoryd("prune", "--json", "--older-than", "100y", cwd=project).out
    assert "P002" not in memoryd("prune", "--json", "--older-than", "99999y", cwd=project).out


@pytest.mark.parametrize(
    ("age", "message", "hint"),
    [
        ("soon", '"soon" is not an age', 'ages are written as "90d"'),
        ("2m", '"2m" is less than a day', "for months write 2mo"),
        ("6 minutes", '"6 minutes" is less than a day', "for months write 6mo"),
        ("2h", '"2h" is less than a day', 'ages are written as "90d"'),
    ],
)
def test_what_is_no_age_is_refused(project: Path, age: str, message: str, hint: str) -> None:
    done = memoryd("prune", "--older-than", age, cwd=project)
    assert (done.code, done.err.splitlines()[0]) == (2, f"error: {message}")
    assert hint in done.err.splitlines()[1]


def test_one_run_removes_no_more_than_it_may(project: Path, store: Path, tmp_path: Path) -> None:
    done = memoryd("prune", "--max", "1", "--apply", cwd=project)
    assert "4 more can be removed: run prune again, or raise --max\n" in done.err
    assert "valid until" not in (store / "MEMORY.md").read_text()
    assert (store / "trial.md").exists()
    config = tmp_path / "config.toml"
    config.write_text("[prune]\nmax_removals = 2\n")
    done = memoryd("prune", cwd=project, MEMORYD_CONFIG=str(config))
    assert "2 more can be removed" in done.err
    config.write_text("[prune]\nmost = 2\n")
    assert memoryd("prune", cwd=project, MEMORYD_CONFIG=str(config)).code == 2


def test_what_alone_leads_somewhere_stays_and_is_told(project: Path, store: Path) -> None:
    (store / "trial.md").write_text(TRIAL + "See [only](only.md).\n")
    (store / "only.md").write_text("Here.\n")
    done = memoryd("prune", "--apply", cwd=project)
    assert "reviewer/trial.md stays: nothing else leads to only.md\n" in done.err
    assert (store / "trial.md").exists()
    assert "[the trial](trial.md)" in (store / "deploy.md").read_text()


def test_json_has_findings_plan_and_operation(project: Path) -> None:
    value = json.loads(memoryd("prune", "--json", cwd=project).out)
    assert {each["action"] for each in value["plan"]} == {"modify", "delete"}
    assert value["operation"] is None
    assert json.loads(memoryd("prune", "--json", "--apply", cwd=project).out)["operation"] == 1


def test_a_comment_or_the_configuration_keeps_what_it_names(project: Path, store: Path) -> None:
    text = INDEX.replace(
        "- [x] move the tests\n", "- [x] move the tests <!-- memoryd: ignore[P003] why -->\n"
    )
    (store / "MEMORY.md").write_text(text)
    (project / ".memoryd.toml").write_text('ignore = ["P006"]\n')
    memoryd("prune", "--apply", cwd=project)
    left = (store / "MEMORY.md").read_text()
    assert "move the tests" in left
    assert "gone.md" in left
    assert "~~" not in left


def test_a_link_that_may_lead_nowhere_keeps_its_line(project: Path, store: Path) -> None:
    line = "- [Gone](gone.md) — nowhere"
    (store / "MEMORY.md").write_text(INDEX.replace(line, f"{line} <!-- memoryd: ignore[L001] soon -->"))
    memoryd("prune", "--apply", cwd=project)
    assert "gone.md" in (store / "MEMORY.md").read_text()


def test_what_leads_nowhere_is_told_of_once(project: Path) -> None:
    def told(*options: str) -> set[str]:
        done = memoryd("check", "--json", *options, cwd=project)
        return {code for code, name, line in found(done) if (name, line) == ("MEMORY.md", 6)}

    assert told() == told("--select", "L,P,S") == {"L001"}
    assert told("--select", "P006,S") == {"P006"}
    assert told("--ignore", "L001") == set()


def test_what_a_repository_selects_for_checks_stops_no_pruning(project: Path, store: Path) -> None:
    (project / ".memoryd.toml").write_text('select = ["S"]\nignore = ["P003"]\n')
    assert memoryd("prune", "--apply", cwd=project).code == 0
    assert "gone.md" not in (store / "MEMORY.md").read_text()
    assert "move the tests" in (store / "MEMORY.md").read_text()


def test_what_is_to_be_reviewed_or_holds_something_that_lasts_stays(project: Path, store: Path) -> None:
    text = (
        "- the key (review by 2020-01-01)\n- freeze (valid until 2020-01-01)\n  - but not until 2099-01-01\n"
    )
    (store / "MEMORY.md").write_text(INDEX + "\n" + text)
    done = memoryd("prune", "--apply", cwd=project)
    assert done.code == 0
    assert text in (store / "MEMORY.md").read_text()
    assert "it was due for review on 2020-01-01" in done.err
    assert "it expired on 2020-01-01" in done.err


def test_what_leads_there_from_elsewhere_is_named(project: Path, store: Path) -> None:
    (project / "CLAUDE.md").write_text("# Rules\n\nRead @.claude/agent-memory/reviewer/trial.md first.\n")
    project_store(project, "writer", {"MEMORY.md": "- [Trial](../reviewer/trial.md)\n"})
    done = memoryd("prune", cwd=project)
    assert (
        "warning: CLAUDE.md:3 links to .claude/agent-memory/reviewer/trial.md, which is removed\n" in done.err
    )
    assert "warning: .claude/agent-memory/writer/MEMORY.md:1 links to" in done.err
    assert (store / "trial.md").exists()


@needs_git
def test_without_any_date_the_last_commit_counts_and_never_the_time_of_the_file(
    project: Path, store: Path
) -> None:
    (store / "deploy.md").write_text("Ship it.\n")
    dates = {"GIT_AUTHOR_DATE": "2024-05-05T12:00:00Z", "GIT_COMMITTER_DATE": "2024-05-05T12:00:00Z"}
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for arguments in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "x")):
        subprocess.run(["git", *arguments], cwd=project, env={**os.environ, **dates}, check=True)
    (store / "new.md").write_text("Not committed.\n")
    os.utime(store / "new.md", (0, 0))
    done = memoryd("prune", "--older-than", "90d", cwd=project)
    assert "deploy.md:1: P002 last recorded on 2024-05-05 (commit " in done.out
    assert "new.md" not in done.out


def test_a_read_only_file_is_a_problem_and_nothing_is_done(project: Path, store: Path) -> None:
    os.link(store / "MEMORY.md", project / "second name")
    before = tree(store)
    done = memoryd("prune", "--apply", cwd=project)
    assert done.code == 2
    assert "reviewer is not pruned: " in done.err
    assert tree(store) == before
