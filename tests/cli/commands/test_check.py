import json
import os
import re
from pathlib import Path

import pytest
from cli.program import Done, Terminal, called, memoryd, project_store
from support import write_tree

CLEAN = {"MEMORY.md": "- [Build](build.md) — how\n", "build.md": "# Build\n"}
BROKEN = {"MEMORY.md": "- [Gone](gone.md) — where\n"}


def test_a_clean_store_is_0_and_the_summary_says_what_was_checked(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", CLEAN)
    done = memoryd("check", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "1 store, 2 files, 1 link: 0 errors, 0 warnings\n", "")


def test_findings_are_1_and_show_the_place(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", BROKEN)
    done = memoryd("check", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(
        '.claude/agent-memory/reviewer/MEMORY.md\n  1:3 error L001 broken-link: "gone.md" does not exist\n'
    )
    assert done.out.endswith("\n1 store, 1 file, 1 link: 1 error, 0 warnings\n")


def test_a_terminal_gets_what_fits_it_and_colours(tmp_path: Path) -> None:
    index = "".join(f"- [Topic {n}](gone-{n}.md) — {'words ' * 20}\n" for n in range(30))
    files = {"MEMORY.md": f"{index}- [A](a.md) — {'words ' * 40}\n", "a.md": "# A\n"}
    project_store(tmp_path, "reviewer", files)
    shown = Terminal("check", cwd=tmp_path, columns=60).finish().out
    plain = re.sub(r"\x1b\[\d+m", "", shown)
    assert max(map(len, plain.splitlines())) <= 60
    assert plain.count("error L001") == 20
    assert "10 more × L001 broken-link, --verbose lists them\n" in plain
    assert "1 × S003 long-index-entry, --show-info lists them\n" in plain
    assert "\x1b[31merror L001 broken-link\x1b[0m" in shown
    assert "\x1b" not in Terminal("check", "--color", "never", cwd=tmp_path).finish().out
    verbose = Terminal("check", "-v", cwd=tmp_path, columns=60).finish().out
    assert (verbose.count("error L001"), verbose.count("info S003")) == (30, 1)


def test_colours_come_where_they_are_asked_for(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", BROKEN)
    red = "\x1b[31merror"
    assert red in memoryd("check", "--color", "always", cwd=tmp_path).out
    assert red in memoryd("check", cwd=tmp_path, NO_COLOR="", FORCE_COLOR="1").out
    assert red not in memoryd("check", cwd=tmp_path, NO_COLOR="1", FORCE_COLOR="1").out
    assert red not in memoryd("check", "--color", "never", cwd=tmp_path, NO_COLOR="", FORCE_COLOR="1").out


@pytest.mark.parametrize("options", [["--show-info"], ["-v"], ["--select", "S"], ["--fail-on", "info"]])
def test_findings_of_level_info_are_listed_for_those_who_ask(tmp_path: Path, options: list[str]) -> None:
    topic = {"a.md": "# A\n", "MEMORY.md": f"- [A](a.md) — {'word ' * 50}\n"}
    project_store(tmp_path, "reviewer", topic)
    assert "1 × S003 long-index-entry, --show-info lists them\n" in memoryd("check", cwd=tmp_path).out
    assert "1:1 info S003 long-index-entry: " in memoryd("check", *options, cwd=tmp_path).out


def test_quiet_prints_findings_only(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", CLEAN)
    assert memoryd("check", "-q", cwd=tmp_path) == Done(0, "", "")
    (store / "build.md").unlink()
    done = memoryd("check", "-q", "--output", "report", cwd=tmp_path)
    assert done == Done(1, "", "")
    assert (tmp_path / "report").read_text().endswith(" ^^^^^^^^^^^^^^^^^\n")
    assert memoryd("check", "-q", "-v", cwd=tmp_path).code == 2


def test_concise_is_one_line_a_finding(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", BROKEN)
    finding, summary = memoryd("check", "--format", "concise", cwd=tmp_path).out.splitlines()
    assert finding.startswith(".claude/agent-memory/reviewer/MEMORY.md:1:3: error L001 ")
    assert summary == "1 store, 1 file, 1 link: 1 error, 0 warnings"


def test_json_has_the_documented_keys(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", BROKEN)
    done = memoryd("check", "--json", cwd=tmp_path)
    value = json.loads(done.out)
    assert done.code == 1
    assert done.out == memoryd("check", "--format", "json", cwd=tmp_path).out
    assert {"version", "summary", "diagnostics"} <= value.keys()
    assert "plan" not in value
    counts = {"stores": 1, "files": 1, "links": 1, "errors": 1, "warnings": 0, "infos": 0}
    assert value["summary"].items() >= counts.items()
    (diagnostic,) = value["diagnostics"]
    assert {
        "code",
        "name",
        "level",
        "store",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "message",
        "related",
        "fix",
    } <= diagnostic.keys()
    assert diagnostic["path"] == ".claude/agent-memory/reviewer/MEMORY.md"


def test_nothing_to_check_is_2_and_says_where_was_looked(tmp_path: Path) -> None:
    done = memoryd("check", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: no memory store found in the repository around here\n"
        "  hint: name a path or --user or --all; `memoryd status` lists the known stores\n"
    )


def test_nothing_to_check_names_what_looks_like_memory(tmp_path: Path) -> None:
    for place in ("a b/memory/people.md", "personas/forge/MEMORY.md"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text("- a fact\n")
    done = memoryd("check", cwd=tmp_path)
    assert done.code == 2
    assert done.err == (
        "error: no memory store found in the repository around here\n"
        "  hint: this looks like memory: 'a b/memory', personas/forge/MEMORY.md; "
        "to check it: memoryd check 'a b/memory'\n"
    )
    assert memoryd("check", "a b/memory", cwd=tmp_path).code == 0
    assert memoryd("check", "personas/forge/MEMORY.md", cwd=tmp_path).code == 0


def test_definitions_alone_do_not_hide_what_looks_like_memory(tmp_path: Path) -> None:
    for place, text in ((".claude/agents/a.md", "---\nname: a\n---\n"), ("memory/people.md", "- a fact\n")):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(text)
    done = memoryd("check", cwd=tmp_path)
    assert done.code == 0
    assert done.err == (
        "no memory store was found, only agent definitions; this looks like memory: memory; "
        "to check it: memoryd check memory\n"
    )


def test_nothing_to_check_is_0_where_that_is_allowed(tmp_path: Path) -> None:
    done = memoryd("check", "--allow-empty", cwd=tmp_path)
    assert (done.code, done.out) == (0, "0 stores, 0 files, 0 links: 0 errors, 0 warnings\n")


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (["--agent", "nobody"], 'of agent "nobody" found in the repository around here'),
        (["--scope", "local"], 'of scope "local" found in the repository around here'),
        (["--user"], "found under the home directory"),
        (["--all", "--agent", "nobody"], 'of agent "nobody" found on this machine'),
    ],
)
def test_what_was_looked_for_is_said(tmp_path: Path, options: list[str], where: str) -> None:
    project_store(tmp_path, "reviewer", CLEAN)
    done = memoryd("check", *options, cwd=tmp_path)
    assert done.code == 2
    said, hint = done.err.splitlines()
    assert said == f"error: no memory store {where}"
    assert not {"--user", "--all"} & set(options) & set(re.findall(r"--\w+", hint))


def test_filters_choose_stores(tmp_path: Path, home: Path) -> None:
    project_store(tmp_path, "reviewer", CLEAN)
    project_store(tmp_path, "writer", BROKEN)
    project_store(home, "reviewer", BROKEN)
    assert memoryd("check", "--agent", "reviewer", cwd=tmp_path).code == 0
    assert memoryd("check", "--agent", "writer", cwd=tmp_path).code == 1
    assert memoryd("check", "--user", cwd=tmp_path).out.endswith(
        "1 store, 1 file, 1 link: 1 error, 0 warnings\n"
    )
    assert memoryd("check", "--all", cwd=tmp_path).out.endswith(
        "3 stores, 4 files, 3 links: 2 errors, 0 warnings\n"
    )
    assert memoryd("check", "--all", "--scope", "user", cwd=tmp_path).out.endswith(
        "1 store, 1 file, 1 link: 1 error, 0 warnings\n"
    )


def test_one_file_named_alone_is_judged_against_its_whole_store(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", CLEAN)
    done = memoryd("check", str(store / "MEMORY.md"), cwd=tmp_path)
    assert (done.code, done.out) == (0, "1 store, 2 files, 1 link: 0 errors, 0 warnings\n")


def test_a_path_that_does_not_exist_is_2(tmp_path: Path) -> None:
    done = memoryd("check", "nowhere", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {tmp_path}/nowhere does not exist\n  hint: ")


def test_a_path_and_user_exclude_each_other(tmp_path: Path) -> None:
    done = memoryd("check", ".", "--user", cwd=tmp_path)
    assert done.code == 2
    assert "PATH and --user cannot be used together" in done.err


def test_a_file_that_cannot_be_read_is_2_and_named(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", CLEAN)
    os.mkfifo(store / "pipe.md")
    done = memoryd("check", cwd=tmp_path)
    assert done.code == 2
    assert "pipe.md: is not a regular file\n" in done.out
    assert done.err == "error: 1 file or directory not read\n"


def test_without_memory_in_the_repository_that_of_the_user_is_checked(tmp_path: Path, home: Path) -> None:
    project_store(home, "reviewer", {"MEMORY.md": "- [Gone](gone.md)\n"})
    (tmp_path / "project").mkdir()
    done = called("check", cwd=tmp_path / "project")
    assert done.code == 1
    assert "/.claude/agent-memory/reviewer/MEMORY.md" in done.out
    assert called("prune", "--diff", cwd=tmp_path / "project").code == 1
    project_store(tmp_path / "project", "writer", CLEAN)
    done = called("check", cwd=tmp_path / "project")
    assert (done.code, "reviewer" in done.out) == (0, False)


def test_what_looks_like_memory_here_comes_before_that_of_the_user(tmp_path: Path, home: Path) -> None:
    project_store(home, "reviewer", CLEAN)
    write_tree(tmp_path / "project", {"memory/people.md": "- a fact\n"})
    done = called("check", cwd=tmp_path / "project")
    assert done.code == 2
    assert "this looks like memory: memory;" in done.err
