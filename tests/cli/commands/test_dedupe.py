"""`memoryd dedupe` as a person and a script meet it."""

import json
from pathlib import Path

import pytest
from cli.program import Terminal, memoryd, project_store
from support import tree, write_tree

SHARED = (
    "- Ship on Mondays after the second review.\n- Two people watch the dashboards.\n- Roll back at once.\n"
)
FILES = {
    "MEMORY.md": "- [Deploy](deploy.md) — when\n- [Shipping](shipping.md) — how\n"
    "- Run `make test` before every push.\n- run make test before every push\n"
    "- The API times out after 30 s.\n- The API times out after 60 s.\n",
    "deploy.md": f"# Deploy\n\n{SHARED}\nSee [[shipping]] as well.\n",
    "shipping.md": f"# Shipping\n\n{SHARED}- Tell support.\n- Fixes go out at once.\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def store(project: Path) -> Path:
    return project_store(project, "reviewer", FILES)


def test_it_shows_what_it_finds_and_changes_nothing(project: Path, store: Path) -> None:
    done = memoryd("dedupe", cwd=project)
    assert done.code == 0
    assert {"D001", "D003"} == {word for word in done.out.split() if word.startswith("D00")}
    assert 'it says "60s", line 5 says "30s"' in done.out
    assert "\n-- run make test before every push\n" in done.out
    assert done.err.endswith("\nNothing changed. Use --apply to apply the changes.\n")
    assert tree(store) == {name: text.encode() for name, text in FILES.items()}


def test_only_what_cannot_change_meaning_is_removed_and_undone_exactly(project: Path, store: Path) -> None:
    done = memoryd("dedupe", "--apply", cwd=project)
    assert done.code == 0
    assert "Applied as operation 1 (undo: memoryd undo 1)\n" in done.err
    changed = tree(store)
    assert changed.pop("MEMORY.md").decode() == FILES["MEMORY.md"].replace(
        "- run make test before every push\n", ""
    )
    assert changed == {name: text.encode() for name, text in FILES.items() if name != "MEMORY.md"}
    assert memoryd("undo", cwd=project).code == 0
    assert tree(store) == {name: text.encode() for name, text in FILES.items()}


def test_a_person_may_merge_topics_and_take_it_back(project: Path, store: Path) -> None:
    done = memoryd("dedupe", "--unsafe-fixes", "--apply", cwd=project)
    assert done.code == 0
    changed = tree(store)
    assert changed.keys() == {"MEMORY.md", "deploy.md"}
    assert b"- [Deploy](deploy.md) \xe2\x80\x94 when; how\n" in changed["MEMORY.md"]
    assert changed["MEMORY.md"].count(b".md)") == 1
    assert b"30 s" in changed["MEMORY.md"]
    assert b"60 s" in changed["MEMORY.md"]
    lines = {line for name in ("deploy.md", "shipping.md") for line in FILES[name].split("\n")}
    renamed = {line.replace("[[shipping]]", "shipping") for line in lines}  # it would lead to itself
    assert renamed <= set(changed["deploy.md"].decode().split("\n"))
    assert memoryd("check", "--select", "L,F", cwd=project).code == 0
    assert memoryd("undo", cwd=project).code == 0
    assert tree(store) == {name: text.encode() for name, text in FILES.items()}


def test_what_leads_to_a_merged_topic_from_elsewhere_is_named(project: Path, store: Path) -> None:
    (project / "CLAUDE.md").write_text("Read @.claude/agent-memory/reviewer/shipping.md first.\n")
    done = memoryd("dedupe", "--unsafe-fixes", cwd=project)
    assert (
        "warning: CLAUDE.md:1 links to .claude/agent-memory/reviewer/shipping.md, which is removed\n"
        in done.err
    )
    assert "warning" not in memoryd("dedupe", cwd=project).err
    assert (store / "shipping.md").exists()


def test_json_has_findings_plan_and_operation(project: Path, store: Path) -> None:
    shown = json.loads(memoryd("dedupe", "--json", cwd=project).out)
    assert {each["code"] for each in shown["diagnostics"]} == {"D001", "D003"}
    assert [change["action"] for change in shown["plan"]] == ["modify"]
    assert shown["operation"] is None
    done = json.loads(memoryd("dedupe", "--json", "--apply", cwd=project).out)
    assert (done["plan"], done["operation"]) == (shown["plan"], 1)
    assert (store / "MEMORY.md").read_text().count("make test") == 1


def test_diff_tells_by_its_exit_code(project: Path, store: Path) -> None:
    done = memoryd("dedupe", "--diff", cwd=project)
    assert done.code == 1
    assert done.out.startswith("diff --git a/.claude/agent-memory/reviewer/MEMORY.md")
    (store / "MEMORY.md").write_text("- [Deploy](deploy.md)\n- [Shipping](shipping.md)\n")
    done = memoryd("dedupe", "--diff", cwd=project)
    assert (done.code, done.out) == (0, "")
    assert done.err == "Nothing to remove; --unsafe-fixes shows changes that need a review\n"


def test_across_also_compares_other_stores_and_instructions(project: Path, store: Path) -> None:
    write_tree(store.parent / "writer", {"MEMORY.md": "- [Ship](ship.md)\n", "ship.md": FILES["shipping.md"]})
    (project / "CLAUDE.md").write_text("Run `make test` before every push.\n")
    alone = json.loads(memoryd("dedupe", "--json", cwd=project).out)
    across = json.loads(memoryd("dedupe", "--json", "--across", cwd=project).out)
    assert {each["code"] for each in alone["diagnostics"]} == {"D001", "D003"}
    assert {each["code"] for each in across["diagnostics"]} == {"D001", "D003", "D004", "D005"}


def test_the_threshold_says_what_is_nearly_the_same(project: Path, store: Path) -> None:
    (store / "shipping.md").unlink()
    (store / "MEMORY.md").write_text(
        "- [Deploy](deploy.md)\n- Ask Ann for the keys of the staging cluster.\n"
    )
    (store / "deploy.md").write_text("Ask Ann for the keys and the certificates.\n")
    low, high = (
        json.loads(memoryd("dedupe", "--json", "--threshold", value, cwd=project).out)["diagnostics"]
        for value in ("0.4", "0.9")
    )
    assert [each["code"] for each in low] == ["D002"]
    assert high == []
    assert memoryd("dedupe", "--threshold", "7", cwd=project).code == 2


def test_options_that_contradict_each_other_are_refused(project: Path, store: Path) -> None:
    assert store.is_dir()
    assert memoryd("dedupe", "--apply", "--diff", cwd=project).err.startswith("error: --apply and --diff")


def test_on_a_terminal_it_asks(project: Path, store: Path) -> None:
    terminal = Terminal("dedupe", cwd=project)
    terminal.read_until("Apply these changes? [y/N] ")
    terminal.type("y\n")
    assert "Applied as operation 1" in terminal.finish().out
    assert (store / "MEMORY.md").read_text().count("make test") == 1
