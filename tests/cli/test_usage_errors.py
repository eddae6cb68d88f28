import json
import re
from pathlib import Path

import pytest
from cli.program import called, project_store

LIBRARY = re.compile(
    r"Input should|Invalid value|Value error|No such|Error:|Usage:|Missing|unable to parse|Got "
)

WRONG = [
    ("chekc", 'there is no command "chekc"', "did you mean check?"),
    ("zzz", 'there is no command "zzz"', "`memoryd --help` lists the commands"),
    ("service instal", 'there is no command "service instal"', "did you mean install?"),
    ("index zzz", 'there is no command "index zzz"', "`memoryd help index` lists the commands"),
    ("check --formt json", "there is no option --formt", "did you mean --format?"),
    ("check --zzz", "there is no option --zzz", "`memoryd help check` shows examples"),
    ("check -z", "there is no option -z", "`memoryd help check` shows examples"),
    ("check --format jsn", '--format: "jsn" is not one of the choices', "did you mean json?"),
    ("check --format zzz", '--format: "zzz"', "use full, concise, json, github, gitlab, sarif or junit"),
    ("check --scope prject", '--scope: "prject" is not one of the choices', "did you mean project?"),
    ("check --fail-on warn", '--fail-on: "warn" is not one of the choices', "did you mean warning?"),
    ("check --color blue", '--color: "blue" is not one of the choices', "use auto, always or never"),
    ("check --output", "--output needs a value", "write it as --output FILE"),
    ("check --scope", "--scope needs a value", "for example --scope user"),
    ("check --json=3", "--json takes no value", "write --json alone"),
    ("check --output /", "--output: / is a directory", "name a file"),
    ("check --user x", "PATH and --user cannot be used together", "leave one of them out"),
    ("prune --max x", '--max: "x" is not a whole number', "use 1 or more"),
    ("prune --max 1.5", '--max: "1.5" is not a whole number', "use 1 or more"),
    ("prune --max 0", "--max: 0 is too small", "use 1 or more"),
    ("search x --limit 10001", "--limit: 10001 is too large", "use a number from 1 to 10000"),
    ("dedupe --threshold 5", "--threshold: 5 is too large", "use a number from 0.3 to 1"),
    ("dedupe --threshold x", '--threshold: "x" is not a number', "use a number from 0.3 to 1"),
    ("undo x", 'OPERATION: "x" is not a whole number', "use 1 or more"),
    ("undo 0", "OPERATION: 0 is too small", "use 1 or more"),
    ("undo 5 --user", "OPERATION cannot be used with", "leave one of them out"),
    ("undo 5 6", 'unexpected argument "6"', "`memoryd help undo` shows examples"),
    ("show", "AGENT|PATH is missing", "`memoryd help show` shows examples"),
    ("search", "QUERY is missing", "`memoryd help search` shows examples"),
    ("show revewer", 'there is no agent or path "revewer"', "did you mean reviewer?"),
    ("show ui-ux", 'there is no agent or path "ui-ux"', "did you mean ui-ux-enhancer?"),
    ("show zzz", 'there is no agent or path "zzz"', "agents are reviewer, ui-ux-enhancer"),
    ("check --agent revewer", 'no memory store of agent "revewer" found', "did you mean reviewer?"),
    ("check --select L0001", '--select: there is no rule "L0001"', "did you mean L001?"),
    ("rule zzz", 'there is no rule "zzz"', "`memoryd help rules` lists them"),
    ("prune --type usr", 'no memory has the type "usr"', "did you mean user?"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project")
    project_store(made, "reviewer", {"MEMORY.md": "- a\n", "a.md": "---\ntype: user\n---\na\n"})
    project_store(made, "ui-ux-enhancer", {"MEMORY.md": "- a\n"})
    return made


@pytest.mark.parametrize(("typed", "message", "hint"), WRONG)
def test_whatever_is_wrong_is_told_in_one_voice(project: Path, typed: str, message: str, hint: str) -> None:
    done = called(*typed.split(), cwd=project)
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert second.startswith("  hint: ")
    assert hint in second
    assert not LIBRARY.search(done.err)
    assert f"`memoryd {typed.split(maxsplit=1)[0]}" not in second  # never the command that failed


def test_an_error_is_json_where_json_is_asked_for(project: Path) -> None:
    for words in (["--json"], ["--format", "json"], ["--format=json"]):
        done = called("check", "nowhere", *words, cwd=project)
        assert (done.code, done.err) == (2, "")
        error = json.loads(done.out)
        assert list(error) == ["version", "error"]
        assert error["error"]["message"].endswith("nowhere does not exist")
        assert error["error"]["hint"].startswith("name a store")
    assert called("check", "--", "--json", cwd=project).out == ""


def test_a_command_line_without_a_command_of_a_group_is_its_help(project: Path) -> None:
    done = called("index", cwd=project)
    assert done.code == 2
    assert done.err.splitlines()[0] == "Usage: memoryd index [OPTIONS] COMMAND [ARGS]..."


def test_the_version_has_several_names(project: Path) -> None:
    said = called("version", cwd=project).out
    assert said.startswith("memoryd ")
    assert called("-V", cwd=project).out == called("--version", "check", cwd=project).out == said
    assert json.loads(called("version", "--json", cwd=project).out)["memoryd"] == said.split()[1]
