import json
from pathlib import Path

import pytest
from cli.program import memoryd, project_store


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(
        tmp_path,
        "reviewer",
        {
            "MEMORY.md": "- [Cache](cache.md) — the compiler cache\n",
            "cache.md": "# Compiler cache\n\nWarm it before noon.\n",
        },
    )
    project_store(tmp_path, "writer", {"MEMORY.md": "- tone: calm, noon\n"})
    return tmp_path


def test_hits_have_place_title_agent_and_snippet(project: Path) -> None:
    done = memoryd("search", "warm", cwd=project)
    assert (done.code, done.err) == (0, "")
    head, snippet = done.out.splitlines()
    assert head == ".claude/agent-memory/reviewer/cache.md:3  Compiler cache (reviewer, project)"
    assert "Warm it before noon." in snippet


def test_json_has_the_documented_keys_and_paths_that_can_be_opened(project: Path) -> None:
    value = json.loads(memoryd("search", "warm", "noon", "--json", cwd=project).out)
    assert value["query"] == "warm noon"
    (hit,) = value["hits"]
    assert hit.keys() >= {"path", "line", "title", "snippet", "score", "agent", "scope"}
    assert (project / hit["path"]).read_text().splitlines()[hit["line"] - 1] == "Warm it before noon."


def test_json_paths_are_relative_even_under_the_home_directory(tmp_path: Path, home: Path) -> None:
    project_store(home, "reviewer", {"MEMORY.md": "- noon\n"})
    (hit,) = json.loads(memoryd("search", "noon", "--json", cwd=tmp_path).out)["hits"]
    assert (tmp_path / hit["path"]).resolve() == (home / ".claude/agent-memory/reviewer/MEMORY.md").resolve()


def test_options_narrow_the_search(project: Path) -> None:
    assert memoryd("search", "noon", "--agent", "writer", cwd=project).out.count("(writer, project)") == 1
    assert memoryd("search", "noon", "--limit", "1", cwd=project).out.count("\n") == 2
    assert memoryd("search", "noon", "--scope", "user", cwd=project).err == "nothing found\n"


def test_nothing_found_is_told_on_stderr(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = memoryd("search", "zebra", cwd=project)
    assert (done.code, done.out, done.err) == (0, "", "nothing found\n")
    value = json.loads(memoryd("search", "zebra", "--json", cwd=project).out)
    assert value.items() >= {"version": 1, "query": "zebra", "hits": []}.items()
    empty = memoryd(
        "search", "zebra", cwd=tmp_path_factory.mktemp("empty"), MEMORYD_CACHE_DIR=str(project / "c")
    )
    assert empty.err == "nothing found: no memory store is known\n"


@pytest.mark.parametrize(
    "query", ['"', "a AND", "(", "-", "--", "*", "NEAR(", "", "'", "\\", "^x:y", "😀", "--x"]
)
def test_any_text_is_a_legal_query(project: Path, query: str) -> None:
    assert memoryd("search", "--", query, cwd=project).code == 0


def test_a_word_to_leave_out_needs_no_quotes(project: Path) -> None:
    found = memoryd("search", "noon", "-warm", cwd=project).out
    assert "(writer, project)" in found
    assert "(reviewer, project)" not in found


def test_a_mistyped_option_is_pointed_out_where_nothing_is_found(project: Path) -> None:
    assert (
        memoryd("search", "zebra", "--agnet", cwd=project).err
        == 'nothing found\n"--agnet" was searched as text: did you mean --agent?\n'
    )


def test_h_alone_asks_for_help(project: Path) -> None:
    done = memoryd("search", "-h", cwd=project)
    assert done.code == 0
    assert "Usage: memoryd search" in done.out
