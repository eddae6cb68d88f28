"""README and help topics say what the program does; `WRITE_DOCS=1` rewrites what is made from it."""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
from cli.program import memoryd
from house.documentation import README, TEXTS, TOPICS, coded, rows, section, summary_of, text_of
from rules.judged import VERDICTS, labels, tally

from memoryd.cli import app
from memoryd.config import Config
from memoryd.config.forms import key_of
from memoryd.domain.daemon.state import DaemonStatus
from memoryd.domain.search.query import Field
from memoryd.domain.stores.profiles import MEASURED_CLIENTS, OTHERS
from memoryd.reporters import REPORTERS
from memoryd.rules import ALL_RULES
from memoryd.services.stores.make_sample import make_sample

GROUP: Any = typer.main.get_command(app)
HOW = "run WRITE_DOCS=1 pytest tests/house/test_documentation.py and read the difference"
MOST_WORDS = 1500
SHOWN = 8  # lines of a command's output in the README


def demand(path: Path, written: re.Match[str] | None, made: str) -> None:
    """Compare the first group of a match in a text with what the program makes, or rewrite it."""
    assert written is not None
    if os.environ.get("WRITE_DOCS"):
        path.write_text(written.string[: written.start(1)] + made + written.string[written.end(1) :])
    else:
        assert written[1] == made, HOW


def table_body(topic: str, head: str) -> re.Match[str] | None:
    return re.search(rf"^{re.escape(head)}\n[|:-]+\n((?:\|.*\n)*)", text_of(topic), re.MULTILINE)


def test_the_readme_is_short() -> None:
    assert len(text_of("README").split()) <= MOST_WORDS


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_begins_with_its_title_and_a_sentence(topic: str) -> None:
    title, blank, sentence, next_line = text_of(topic).split("\n")[:4]
    assert title.startswith("# ")
    assert (blank, next_line) == ("", "")
    assert sentence.endswith(".")
    assert len(sentence) <= 105


def test_every_topic_is_in_the_readme_and_in_the_list() -> None:
    written = re.search(
        r"^\| topic \| about \|\n(?:\|---)+\|\n((?:\|.*\n)*)", text_of("README"), re.MULTILINE
    )
    made = "".join(f"| `{name}` | {summary_of(path)} |\n" for name, path in TOPICS.items())
    demand(README, written, made)
    listed = memoryd("help", cwd=README.parent).out
    assert re.findall(r"^  (\w+)  ", listed, re.MULTILINE) == list(TOPICS)


def test_every_command_is_in_the_readme() -> None:
    assert [name for name in GROUP.commands if f"memoryd {name}" not in text_of("README")] == []


def commands_in(text: str) -> Iterator[str]:
    """Every command line of memoryd in code, without placeholders for what may be left out."""
    fenced = re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^ {4}(.*)$", prose, re.MULTILINE)
    inline = [" ".join(each.split()) for each in coded(re.sub(r"^ {4}.*$", "", prose, flags=re.MULTILINE))]
    code = "\n".join([*fenced, *indented, *inline])
    yield from re.findall(r"\$\(memoryd ([^)]*)\)", code)
    for command in re.findall(r"(?:^|[/ ])memoryd ((?:[a-z-]+\b|--).*)$", code, re.MULTILINE):
        inner = command.removesuffix(")") if "(" not in command else command  # of "(undo: memoryd undo 1)"
        yield re.sub(r"\[[A-Z@]+\]|…", "", inner)


def parse(line: str) -> None:
    """Read a command line as the program would, without doing it; options of the program itself by name."""
    words = shlex.split(line, comments=True)
    commands: Any = GROUP
    while words and words[0] in getattr(commands, "commands", {}):
        commands = commands.commands[words.pop(0)]
    if commands is GROUP:
        assert words[0] in {option for each in GROUP.params for option in each.opts}
    elif words:
        commands.make_context("", list(words), parent=typer.Context(GROUP, info_name="memoryd"))
    if line.startswith("help ") and words[0].islower():
        assert words[0] in TOPICS


@pytest.mark.parametrize("topic", TEXTS)
def test_every_command_in_a_text_can_be_typed(topic: str) -> None:
    wrong = []
    for line in commands_in(text_of(topic)):
        try:
            parse(line)
        except Exception as error:  # noqa: BLE001  # whatever: it is wrong
            if "requires an argument" in str(error):  # a sentence may name an option alone
                continue
            wrong.append(f"{line}: {error!r}")
    assert wrong == []


def exit_codes(text: str) -> list[str]:
    sentence = re.search(r"^Exit codes:(.+?)\n\n", text, re.DOTALL | re.MULTILINE)
    assert sentence is not None
    return re.findall(r"\b\d+\b", sentence[1])


def test_the_readme_and_the_topic_have_the_exit_codes() -> None:
    told = [row[0] for row in rows(text_of("checking"), "| code | means |")]
    assert sorted(exit_codes(text_of("README")), key=int) == told == ["0", "1", "2", "3", "75", "78", "130"]


def test_the_rules_are_those_of_the_program() -> None:
    made = "".join(
        f"| {each.code} | {each.name} | {each.level} | {each.summary.removesuffix('.')} |\n"
        for each in ALL_RULES
    )
    demand(TOPICS["rules"], table_body("rules", "| code | name | level | finds |"), made)


def test_the_share_of_right_findings_is_what_people_judged() -> None:
    made = "".join(
        f"| {code} | {found.total()} | {' | '.join(str(found[each]) for each in VERDICTS)} |\n"
        for code, found in tally(labels()).items()
    )
    demand(TOPICS["rules"], table_body("rules", "| code | judged | right | arguable | wrong |"), made)


def test_the_options_of_a_check_are_those_of_the_program() -> None:
    told = {
        option
        for row in rows(text_of("checking"), "| option | does |")
        for option in re.findall(r"--[a-z-]+", row[0])
    }
    intro = set(re.findall(r"--[a-z-]+", text_of("checking").partition("| option |")[0]))
    known = {option for each in GROUP.commands["check"].params for option in each.opts}
    known |= {option for each in GROUP.commands["link-check"].params for option in each.opts}
    assert told <= known
    assert {each for each in known if each.startswith("--")} - told - intro - {"--json", "--help"} == {
        "--allow-private"  # in the section on links to the web
    }


def test_the_formats_are_those_of_the_program() -> None:
    (row,) = (row for row in rows(text_of("checking"), "| option | does |") if "--format" in row[0])
    assert [each for each in coded(row[1]) if not each.startswith("--")] == list(REPORTERS)


def test_the_filters_are_those_of_the_program() -> None:
    table = rows(text_of("searching"), "| in the query | as an option | keeps |")
    assert [coded(row[0])[0].partition(":")[0] for row in table] == [each.value for each in Field]
    assert [coded(row[1])[0] for row in table] == [f"--{each}" for each in Field]


def test_the_profiles_are_those_of_the_program() -> None:
    table = {row[0]: row for row in rows(text_of("limits"), "| profile | loads | limit |")}
    assert list(table) == [each.name for each in OTHERS]
    for profile in OTHERS:
        _, loads, limit = table[profile.name]
        sizes = {profile.max_lines, profile.max_units, profile.max_total}
        sizes |= {each.max_units for each in profile.companions}
        numbers = {int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", limit)}
        assert numbers == sizes - {None}, profile.name
        assert [place for place in profile.places[:1] if place not in loads] == []


def test_the_measured_versions_are_those_of_the_program() -> None:
    first, last = MEASURED_CLIENTS
    assert f"Claude Code {first} to {last}" in text_of("limits").replace("\n", " ")


def test_the_keys_of_the_configuration_are_those_of_the_program() -> None:
    table = rows(text_of("configuration"), "| key | default | variable | means |")
    told = {key.partition(".")[0] for row in table for key in coded(row[0])}
    assert told == {key_of(each.name) for each in fields(Config)}
    for row in table:
        (key, *_), variables = coded(row[0]), coded(row[2])
        assert variables in ([], [f"MEMORYD_{key.upper()}"])


def test_the_keys_of_the_status_file_are_those_of_the_program() -> None:
    table = rows(section("daemon", "Status file"), "| key | means |")
    assert [key for row in table for key in coded(row[0])] != []
    assert {key for row in table for key in coded(row[0])} == {each.name for each in fields(DaemonStatus)}


def test_the_files_in_the_readme_are_those_of_the_topic() -> None:
    head = "| file | path | variable |"
    assert [row[1:] for row in rows(text_of("README"), head)] == [
        row[1:] for row in rows(text_of("configuration"), head)
    ]


def test_the_test_command_is_that_of_ci() -> None:
    script = (README.parent / ".ci" / "run").read_text()
    (command,) = re.findall(r"^python3 -m venv .*$", script, re.MULTILINE)
    (told,) = re.findall(r"^ {4}(python3 -m venv .*pytest.*)$", text_of("README"), re.MULTILINE)
    assert command.replace('"', "").replace("$environment", ".venv") == told
    assert told in text_of("development")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_sample(tmp_path / ".claude")
    return tmp_path


def test_the_output_in_the_readme_is_real(home: Path) -> None:
    made = ""
    for line in ("show reviewer", "compact --user --apply", "show reviewer"):
        own = {"HOME": str(home), "CLAUDE_CONFIG_DIR": str(home / ".claude")}
        own |= {f"MEMORYD_{kind}_DIR": str(home / "own") for kind in ("STATE", "CACHE", "RUNTIME")}
        own |= {"MEMORYD_CONFIG": str(home / "config.toml")}
        done = memoryd(*line.split(), cwd=home, **own)
        assert done.code == 0, done.err
        lines = (done.err if "--apply" in line else done.out).splitlines()
        made += f"$ memoryd {line}\n" + "".join(f"{each}\n" for each in lines[:SHOWN])
        made += "   …\n\n" if len(lines) > SHOWN else "\n"
    written = re.search(r"^```console\n(.*?)^```", text_of("README"), re.MULTILINE | re.DOTALL)
    demand(README, written, made.rstrip() + "\n")


def test_the_python_versions_are_told_once() -> None:
    project = (README.parent / "pyproject.toml").read_text()
    told = re.findall(r'"Programming Language :: Python :: 3\.(\d+)"', project)
    assert told[0] == re.findall(r'requires-python = ">=3\.(\d+)"', project)[0] == "11"
    assert f"Python 3.{told[0]} or newer" in text_of("README")
    assert sys.version_info[1] >= int(told[0])


def test_the_package_is_typed() -> None:
    assert (README.parent / "memoryd" / "py.typed").is_file()
