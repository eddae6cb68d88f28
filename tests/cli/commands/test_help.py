"""`help`: topics, commands, and words that are neither."""

from pathlib import Path

import pytest
from cli.program import Terminal, memoryd
from house.documentation import TOPICS, summary_of, text_of


def test_it_lists_the_topics_with_a_line_each(tmp_path: Path) -> None:
    lines = memoryd("help", cwd=tmp_path).out.splitlines()
    assert [line.split(maxsplit=1) for line in lines if line.startswith("  ")] == [
        [name, summary_of(path)] for name, path in TOPICS.items()
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_it_prints_a_topic_as_it_is_where_there_is_no_terminal(tmp_path: Path, topic: str) -> None:
    done = memoryd("help", topic, cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, text_of(topic), "")


@pytest.mark.parametrize("columns", [80, 120])
def test_it_renders_a_topic_on_a_terminal(tmp_path: Path, columns: int) -> None:
    terminal = Terminal("help", "searching", cwd=tmp_path, columns=columns)
    done = terminal.finish()
    assert done.code == 0
    assert "\x1b[1mSearching\x1b[0m" in done.out
    assert "\x1b[36magent:reviewer\x1b[0m" in done.out
    assert "|---" not in done.out
    assert "```" not in done.out


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["check"], "Usage: memoryd check [OPTIONS] [PATH]..."),
        (["service", "install"], "Usage: memoryd service install [OPTIONS]"),
        (["index"], "Usage: memoryd index [OPTIONS] COMMAND [ARGS]..."),
        (["service"], "# Service"),  # a topic comes before a command
    ],
)
def test_it_shows_the_help_of_a_command(tmp_path: Path, words: list[str], first: str) -> None:
    done = memoryd("help", *words, cwd=tmp_path)
    assert (done.code, done.out.splitlines()[0]) == (0, first)
    if first.startswith("Usage"):
        assert done.out == memoryd(*words, "--help", cwd=tmp_path).out


LIST = "`memoryd --help` lists the commands"


@pytest.mark.parametrize(
    ("words", "wrong", "hint"),
    [
        (["serching"], "serching", "did you mean searching?"),
        (["prnue"], "prnue", "did you mean prune?"),
        (["service", "instal"], "instal", "did you mean install?"),
        (["xyz"], "xyz", LIST),
        (["check", "x"], "x", LIST),
        (["../../__init__"], "../../__init__", LIST),
    ],
)
def test_another_word_gets_the_nearest(tmp_path: Path, words: list[str], wrong: str, hint: str) -> None:
    done = memoryd("help", *words, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f'error: there is no topic or command "{wrong}"\n  hint: ')
    assert done.err.endswith(f"{hint}\n")
