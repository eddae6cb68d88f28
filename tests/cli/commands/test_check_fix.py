import json
import subprocess
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, Terminal, memoryd, project_store
from support import needs_git, tree

TROUBLED = {
    "MEMORY.md": "# Memory\n\n- [A](a.md) — one\n- [A](a.md) — one\n- [Gone](gone.md)\n",
    "a.md": "---\nname: a\ndescription: it: breaks\n---\ntext\n",
}
INDEX = ".claude/agent-memory/reviewer/MEMORY.md"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return project_store(tmp_path, "reviewer", TROUBLED)


def codes(root: Path, *options: str) -> list[str]:
    return [
        each["code"] for each in json.loads(memoryd("check", "--json", *options, cwd=root).out)["diagnostics"]
    ]


def test_fix_mends_reports_what_is_left_and_can_be_undone(tmp_path: Path, store: Path) -> None:
    before = tree(store)
    done = memoryd("check", "--fix", "--format", "concise", cwd=tmp_path)
    assert done.code == 1
    assert done.out == (
        f'{INDEX}:4:3: error L001 "gone.md" does not exist\n1 store, 2 files, 2 links: 1 error, 0 warnings\n'
    )
    assert done.err == (
        "fix F001, L006 in 2 files: applied as operation 1 (undo: memoryd undo 1)\n"
        "Agents see the change at their next start.\n"
    )
    assert (store / "a.md").read_text() == '---\nname: a\ndescription: "it: breaks"\n---\ntext\n'
    assert memoryd("check", "--fix", cwd=tmp_path).err == "Nothing to fix\n"
    assert memoryd("undo", cwd=tmp_path).code == 0
    assert tree(store) == before


def test_diff_shows_what_fix_would_do_and_changes_nothing(tmp_path: Path, store: Path) -> None:
    before = tree(store)
    done = memoryd("check", "--diff", cwd=tmp_path)
    assert done.code == 1
    assert done.err.startswith("changes, for --exclude N:\n  1  .claude")
    assert f"--- a/{INDEX}\n" in done.out
    assert '+description: "it: breaks"\n' in done.out
    assert tree(store) == before
    memoryd("check", "--fix", cwd=tmp_path)
    again = memoryd("check", "--diff", cwd=tmp_path)
    assert (again.code, again.out, again.err) == (0, "", "Nothing to fix\n")


@needs_git
@pytest.mark.usefixtures("store")
def test_the_diff_is_what_git_applies(tmp_path: Path) -> None:
    patch = memoryd("check", "--diff", "--output", "mend.patch", cwd=tmp_path)
    assert (patch.code, patch.out) == (1, "")
    subprocess.run(["git", "apply", "mend.patch"], cwd=tmp_path, check=True)
    assert memoryd("check", "--diff", cwd=tmp_path).code == 0


@pytest.mark.usefixtures("store")
def test_json_has_plan_and_operation(tmp_path: Path) -> None:
    shown = json.loads(memoryd("check", "--diff", "--json", cwd=tmp_path).out)
    assert (shown["operation"], len(shown["plan"])) == (None, 2)
    assert len(shown["diagnostics"]) == 3
    done = json.loads(memoryd("check", "--fix", "--json", cwd=tmp_path).out)
    assert (done["operation"], done["plan"]) == (1, shown["plan"])
    assert [each["code"] for each in done["diagnostics"]] == ["L001"]


def test_unsafe_fixes_are_done_only_when_asked_for(tmp_path: Path) -> None:
    store = project_store(
        tmp_path,
        "reviewer",
        {"MEMORY.md": "- [When](deploy.md#wen)\n", "deploy.md": "# When\n\nOn Mondays.\n"},
    )
    assert memoryd("check", "--fix", cwd=tmp_path).err == "Nothing to fix\n"
    done = memoryd("check", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert done.code == 0
    assert (store / "MEMORY.md").read_text() == "- [When](deploy.md#when)\n"


def test_fix_compacts_too(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT})
    done = memoryd("check", "--fix", cwd=tmp_path)
    assert done.code == 0
    assert done.err.startswith("fix S001; MEMORY.md had 241 lines, 37 entries unseen; now 158 lines")
    told = memoryd("status", cwd=tmp_path).out
    assert "reviewer: MEMORY.md had 241 lines, 37 entries unseen; now 158 lines" in told
    assert "Undo: memoryd undo 1" in told


def test_compactions_of_several_stores_are_told_by_store(tmp_path: Path) -> None:
    for agent, text in (
        ("one", OVER_LIMIT),
        ("two", OVER_LIMIT + "- more\n"),
        ("three", "- a fact\n"),
    ):
        project_store(tmp_path, agent, {"MEMORY.md": text})
    done = memoryd("check", "--fix", cwd=tmp_path)
    assert done.code == 0
    assert "fix S001; .claude/agent-memory/one: MEMORY.md had 241 lines" in " ".join(done.err.split())
    told = memoryd("status", cwd=tmp_path).out
    assert "one: MEMORY.md had 241 lines" in told
    assert "two: MEMORY.md had 242 lines" in told
    assert "three: MEMORY.md had" not in told
    logged = " ".join(memoryd("log", cwd=tmp_path).out.split())
    assert "fix S001; .claude/agent-memory/one: MEMORY.md had 241 lines" in logged
    assert "; .claude/agent-memory/two: MEMORY.md had 242 lines" in logged


@pytest.mark.usefixtures("store")
def test_link_check_runs_l_alone_and_mends_it(tmp_path: Path) -> None:
    done = memoryd("link-check", "--format", "concise", cwd=tmp_path)
    assert done.code == 1
    assert [line.split()[2] for line in done.out.splitlines()[:-1]] == ["L006", "L001"]
    assert memoryd("link-check", "--fix", cwd=tmp_path).err.startswith("fix L006 in 1 file: ")
    assert memoryd("undo", cwd=tmp_path).err.startswith("Undid operation 1 (link-check: fix L006)")


def test_add_suppressions_silences_all_and_can_be_undone(tmp_path: Path, store: Path) -> None:
    before = tree(store)
    done = memoryd("check", "--add-suppressions", cwd=tmp_path)
    assert (done.code, done.out) == (0, "1 store, 2 files, 3 links: 0 errors, 0 warnings\n")
    price, operation, _ = done.err.splitlines()
    assert price.endswith(
        f"{INDEX}: the comments use 62 UTF-16 units of the agent's context at every start; "
        "use --baseline or per-file-ignores instead"
    )
    assert operation.startswith("suppress 3 findings in 2 files: applied as operation 1 ")
    text = (store / "MEMORY.md").read_text()
    assert "- [Gone](gone.md) <!-- memoryd: ignore[L001] -->\n" in text
    assert memoryd("check", "--add-suppressions", cwd=tmp_path).err == "Nothing to suppress\n"
    memoryd("undo", cwd=tmp_path)
    assert tree(store) == before


def test_add_suppressions_leaves_a_nearly_full_index_alone_and_says_so(tmp_path: Path) -> None:
    lines = "- [Gone](gone.md)\n" + "- a fact\n" * 170
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": lines})
    done = memoryd("check", "--add-suppressions", "--exit-zero", cwd=tmp_path)
    assert "MEMORY.md: the index file is near its limit, and a comment would take room from it; " in done.err
    assert (store / "MEMORY.md").read_text() == lines


def test_add_suppressions_can_be_looked_at_before(tmp_path: Path, store: Path) -> None:
    done = memoryd("check", "--add-suppressions", "--diff", cwd=tmp_path)
    assert done.code == 1
    assert "+- [Gone](gone.md) <!-- memoryd: ignore[L001] -->\n" in done.out
    assert (store / "MEMORY.md").read_text() == TROUBLED["MEMORY.md"]


def test_a_suppression_that_is_no_longer_needed_is_mended(tmp_path: Path, store: Path) -> None:
    memoryd("check", "--add-suppressions", "--select", "L001", cwd=tmp_path)
    (store / "gone.md").write_text("# Here\n")
    assert "F010" in codes(tmp_path)
    memoryd("check", "--fix", "--select", "F010", cwd=tmp_path)
    assert (store / "MEMORY.md").read_text() == TROUBLED["MEMORY.md"]


@pytest.mark.usefixtures("store")
def test_whether_a_suppression_is_used_does_not_depend_on_the_choice_of_rules(tmp_path: Path) -> None:
    memoryd("check", "--add-suppressions", cwd=tmp_path)
    for options in (["--select", "F010"], ["--ignore", "L"], ["--select", "F"]):
        assert codes(tmp_path, *options) == []
    assert memoryd("link-check", cwd=tmp_path).code == 0


def test_a_suppression_in_a_definition_counts(tmp_path: Path) -> None:
    agents = tmp_path / ".claude" / "agents"
    agents.mkdir(parents=True)
    text = "---\nname: a\ndescription: b\nmemory: everywhere\n---\nYou are.\n"
    (agents / "a.md").write_text(text)
    assert codes(tmp_path) == ["A002"]
    (agents / "a.md").write_text(text + "\n<!-- memoryd: ignore-file[A002] -->\n")
    assert codes(tmp_path) == []


def test_an_index_file_without_the_right_to_write_is_named(tmp_path: Path, store: Path) -> None:
    (store / "MEMORY.md").chmod(0o400)
    done = memoryd("check", "--fix", cwd=tmp_path)
    assert done.code == 1
    assert "MEMORY.md is not rewritten: it is read-only" in done.err
    assert (store / "a.md").read_text() != TROUBLED["a.md"]


@pytest.mark.usefixtures("store")
def test_a_person_sees_the_diff_in_colour(tmp_path: Path) -> None:
    done = Terminal("check", "--diff", cwd=tmp_path).finish()
    assert '\x1b[32m+description: "it: breaks"' in done.out


def test_a_renamed_file_is_known_from_the_history_where_there_is_no_git(tmp_path: Path, store: Path) -> None:
    assert memoryd("search", "text", "--all", cwd=tmp_path).code == 0  # records what is there
    (store / "a.md").rename(store / "better-name.md")
    done = memoryd("link-check", "--fix", "--select", "L001", cwd=tmp_path)
    assert done.err.startswith("fix L001 in 1 file: ")
    assert (store / "MEMORY.md").read_text().count("[A](better-name.md)") == 2


def test_a_history_that_cannot_be_opened_stops_no_check(tmp_path: Path, store: Path, home: Path) -> None:
    state = home / ".local" / "state" / "memoryd"
    state.mkdir(parents=True)
    (state / "history.db").write_bytes(b"this is no database, whatever it is called" * 100)
    assert memoryd("check", cwd=tmp_path).code == 1
    done = memoryd("check", "--fix", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert (store / "MEMORY.md").read_text() == TROUBLED["MEMORY.md"]
