"""Values of parameters: every parameter has some, or is known to have none."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from typer.core import TyperArgument, TyperOption
from typer.main import get_command

from memoryd.cli import app
from memoryd.cli.values import COMPLETERS, FREE, candidates
from memoryd.reporters import REPORTERS
from memoryd.rules import ALL_RULES

if TYPE_CHECKING:
    from typer._click import Command

ANSWERED = {"TOPIC|COMMAND", "TOPIC"}  # by `cli.completion`, which knows the commands and other words


def parameters(command: "Command", name: str = "") -> Iterator[tuple[str, TyperArgument | TyperOption]]:
    for each in command.params:
        if isinstance(each, TyperArgument | TyperOption) and not getattr(each, "is_flag", False):
            yield f"{name} {each.opts[0]}", each
    for word, inner in getattr(command, "commands", {}).items():
        yield from parameters(inner, f"{name} {word}")


def has_values(parameter: TyperArgument | TyperOption) -> bool:
    kind = parameter.type_descriptor.annotation
    metavar = parameter.metavar or ""
    is_known = metavar in COMPLETERS or metavar in ANSWERED | FREE or metavar.startswith("<")
    return is_known or kind in {int, float} or hasattr(kind, "__members__")


def test_every_parameter_has_values_or_is_known_to_have_none() -> None:
    every = dict(parameters(get_command(app)))
    assert len(every) > 50
    assert [name for name, each in every.items() if not has_values(each)] == []


def test_what_the_daemon_may_do_is_completed_after_its_scope() -> None:
    assert [each.value for each in candidates("[SCOPE=]WORD", "user=r")] == ["user=report"]


def test_no_entry_is_left_over() -> None:
    used = {each.metavar for _, each in parameters(get_command(app))}
    assert (set(COMPLETERS) | FREE) - used == set()


def test_the_rules_are_those_of_the_program() -> None:
    assert candidates("CODE", "") == [(each.code, f"{each.name}: {each.summary[:-1]}") for each in ALL_RULES]
    assert [each.value for each in candidates("CODE", "b")] == [
        each.name for each in ALL_RULES if each.name.startswith("b")
    ]


@pytest.mark.parametrize("text", ["", "j"])
def test_the_formats_are_those_of_the_program(text: str) -> None:
    found = candidates(f"<{'|'.join(REPORTERS)}>", text)
    assert [each.value for each in found] == [each for each in REPORTERS if each.startswith(text)]
