"""Answers to the scripts of shells: words, quoting, and that nothing goes wrong."""

from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from hypothesis import example, given
from hypothesis import strategies as st

from memoryd.cli import completion
from memoryd.cli.completion import answer
from memoryd.cli.values import DIRECTORIES, FILES, Completion
from memoryd.rules import ALL_RULES

CODES = [f"L001,{each.code}" for each in ALL_RULES if each.code.startswith("A00")]
BREAKS = " \t\n\"'@><=;|&(:"  # COMP_WORDBREAKS of bash


def values(*words: str) -> list[str]:
    return [line.partition("\t")[0] for line in answer(["fish", *words]).splitlines()]


def in_bash(line: str) -> list[str]:
    return answer(["bash", f"memoryd {line}", BREAKS]).splitlines()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["link-"], ["link-check"]),
        (["service", "st"], ["start", "status", "stop"]),
        (["check", "--show-"], ["--show-files", "--show-info"]),
        (["check", "--show-info", "--show-"], ["--show-files"]),
        (["check", "--format", "ju"], ["junit"]),
        (["check", "--format=ju"], ["--format=junit"]),
        (["check", "--scope", "a"], ["auto"]),
        (["check", "--color", "n"], ["never"]),
        (["check", "--select", "S001,L00", "--ignore", "L001,A00"], CODES),
        (["rule", "L001"], ["L001"]),
        (["rule", "broken-"], ["broken-link", "broken-anchor", "broken-url"]),
        (["prune", "--type", "user,f"], ["user,feedback"]),
        (["search", "--type", "fe"], ["feedback"]),
        (["help", "che"], ["checking", "check"]),
        (["help", "service", "ins"], ["install"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["check", "--output", ""], [":files"]),
        (["check", ""], [":files"]),
        (["trust", ""], [":directories"]),
        (["init", "--enforce", "user=c"], ["user=compact"]),
        (["init", "--enforce", "r"], ["report"]),
        (["forget", ""], []),
        (["search", "any", ""], []),
        (["undo", ""], []),  # without a history
        (["nonsense", ""], []),
        (["check", "--nonsense", "x", "--fo"], ["--format"]),
    ],
    ids=" ".join,
)
def test_the_values_of_a_word(words: list[str], wanted: list[str]) -> None:
    assert sorted(values(*words)) == sorted(wanted)


def test_words_about_a_value_stay_on_one_line() -> None:
    lines = answer(["zsh", ""]).splitlines()
    assert len(lines) > 20
    assert [line for line in lines if line.count("\t") != 1 or len(line) > 100] == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("check --format ju", ["junit"]),
        ("check --format=ju", ["junit"]),  # bash replaces what follows the `=`
        ("check --select L001,A00", CODES),
        ("check --format 'ju", ["junit"]),
        ('help "lim', ["limits"]),
        ("check my\\ file --format ju", ["junit"]),
        ("check 'a b' --format ju", ["junit"]),
        ("check ", [":files"]),
    ],
)
def test_bash_gets_what_it_puts_in(line: str, wanted: list[str]) -> None:
    assert in_bash(line) == wanted


@pytest.mark.parametrize(
    ("line", "value", "wanted"),
    [
        ("x ~/a/MEMORY.md@", "~/a/MEMORY.md@12", "12"),
        ("x a\\ b@1", "a b@12", "12"),
        ("x ", "a b", "a\\ b"),
        ("x ", "$(rm x)", "\\$\\(rm\\ x\\)"),
        ("x 'a", "a;b", None),
        ("x 'a", "ab", "ab"),
        ("x ", "-x'\"`", "-x\\'\\\"\\`"),
    ],
)
def test_no_value_becomes_a_command_in_bash(
    monkeypatch: pytest.MonkeyPatch, line: str, value: str, wanted: str | None
) -> None:
    monkeypatch.setattr(completion, "complete", lambda *_: [Completion(value)])
    assert in_bash(line) == ([wanted] if wanted else [])


def test_a_value_that_cannot_be_shown_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Completion("a\nb"),
        Completion("a\x1b[31m"),
        Completion("a\u202eb"),
        Completion("ab", "x\ny\x1b"),
    ]
    monkeypatch.setattr(completion, "complete", lambda *_: found)
    assert answer(["zsh", "x"]) == "ab\tx y\\x1b\n"


def test_answers_about_paths_are_told_from_values() -> None:
    assert {FILES, DIRECTORIES} == {Completion(":files"), Completion(":directories")}


@given(st.text(alphabet="ab \\'\"@", max_size=12))
@example("'")
@example("\\")
def test_a_line_is_split_as_a_shell_does(line: str) -> None:
    import shlex  # noqa: PLC0415  # the measure

    *words, last = completion._split(line)
    try:
        wanted = shlex.split(line)
    except ValueError:  # something is left open
        return
    assert [each.text for each in words] + [last.text] * bool(last.written) == wanted


def test_the_program_is_silent_about_errors(tmp_path: Path) -> None:
    for words in (["__complete"], ["__complete", "bash"], ["__complete", "bash", "memoryd \udcff"]):
        done = memoryd(*words, cwd=tmp_path)
        assert (done.code, done.out, done.err) in {(1, "", ""), (0, "", "")}, words


def test_agents_versions_and_operations(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": "# Memory\n"})
    memoryd("log", cwd=tmp_path)
    (store / "MEMORY.md").write_text("# Memory\n\n- one\n")
    memoryd("log", cwd=tmp_path)
    memoryd("restore", f"{store}/MEMORY.md@1", cwd=tmp_path)

    def told(*words: str) -> list[list[str]]:
        done = memoryd("__complete", "fish", *words, cwd=tmp_path)
        assert done.err == ""
        return [line.split("\t") for line in done.out.splitlines()]

    assert told("show", "rev") == [["reviewer", "project"]]
    assert told("check", "--agent", "") == [["reviewer", "project"]]
    (store / "build.md").write_text("# Build\n")
    assert told("edit", "reviewer", "b") == told("add", "reviewer", "x", "--topic", "b") == [["build"]]
    assert told("edit", "nobody", "b") == []
    path = f"{store}/MEMORY.md"
    assert [each[0] for each in told("cat", f"{path}@")] == [f"{path}@{number}" for number in (3, 2, 1)]
    assert told("cat", path) == [[":files"]]
    ((number, about),) = told("undo", "")
    assert number == "1"
    assert "restore" in about
