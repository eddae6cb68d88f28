import re
import shlex

import pytest
import typer
from cli.program import called
from support import REPOSITORY

from memoryd.cli import app
from memoryd.cli.help_pages import text_and_examples

GROUP = typer.main.get_group(app)
COMMANDS = {
    name if command is inner else f"{name} {word}": inner
    for name, command in GROUP.commands.items()
    for word, inner in getattr(command, "commands", {name: command}).items()
}
NOISE = re.compile(r"<|>=|range|list\[|\[required\]|Path\]")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_has_two_examples_and_plain_values(name: str) -> None:
    page = called(*name.split(), "--help", cwd=REPOSITORY).out
    _, _, examples = page.partition("\nExamples:\n")
    assert len(examples.strip().splitlines()) >= 2
    assert not NOISE.search(page.partition("\n\n")[2]), page
    assert all(len(line) <= 80 for line in page.splitlines())


def examples() -> list[str]:
    found = [line for each in COMMANDS.values() for line in text_and_examples(each.help or "")[1]]
    return [
        part for line in found for part in re.split(r" (?:&&|\|\|) ", line) if part.startswith("memoryd ")
    ]


@pytest.mark.parametrize("line", examples())
def test_an_example_is_a_command_line_of_the_program(line: str) -> None:
    words = shlex.split(line)[1:]
    name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
    known = {option for each in COMMANDS[name].params for option in (*each.opts, *each.secondary_opts)}
    options = {word for word in words[1:] if word.startswith("-") and word != "-"}
    assert options - known - {"-draft"} == set()


def test_many_options_are_grouped() -> None:
    page = called("check", "--help", cwd=REPOSITORY).out
    headings = re.findall(r"^(\w[\w ]*):$", page, re.MULTILINE)
    assert headings == [
        *("Arguments", "Options", "Findings", "Changes", "Which stores", "Output", "Examples"),
    ]
