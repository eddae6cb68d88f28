"""Help of a command: options in groups, plain values, examples."""

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any

from typer.core import TyperOption

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

_EXAMPLES = "For example:"
_MANY = 10  # options from which on they are grouped
_GROUPS = {
    "Options": (),
    "Findings": (
        *("--select", "--ignore", "--fail-on", "--exit-zero", "--baseline", "--write-baseline"),
        *("--tracked", "--allow-empty", "--external", "--allow-private"),
    ),
    "Changes": (
        *("--fix", "--unsafe-fixes", "--apply", "--diff", "--stat", "--interactive", "--exclude"),
        "--add-suppressions",
    ),
    "Which stores": ("--user", "--all", "--agent", "--scope"),
    "Output": (
        *("--format", "--json", "--output", "--statistics", "--show-files", "--show-info", "--quiet"),
        *("--verbose", "--no-pager", "--color", "--help"),
    ),
}


def sentence_of(command: "Command") -> str:
    """Return the first sentence of a command's help."""
    return " ".join((command.help or "").partition("\n\n")[0].split()).removesuffix(".")


def text_and_examples(text: str) -> tuple[str, list[str]]:
    """Split the docstring of a command into its text and its examples, a command line each."""
    about, _, examples = text.partition(f"\n\n{_EXAMPLES}\n")
    return about, [line.strip() for line in examples.splitlines() if line.strip()]


def record(parameter: Any, context: "Context | None" = None) -> tuple[str, str] | None:  # noqa: ANN401, ARG001  # Typer's
    """Return the names of a parameter with its value, and its help; None if it is hidden."""
    if parameter.hidden:
        return None
    about = parameter.help or ""
    if not isinstance(parameter, TyperOption):
        name = parameter.metavar or str(parameter.name).upper()
        return f"{name}{'...' if parameter.nargs != 1 else ''}", about
    names = ", ".join(sorted(parameter.opts, key=len))
    if parameter.is_flag:
        return names, about
    default = parameter.default
    if parameter.show_default and default is not None and default != "":
        about += f"  [default: {default.value if isinstance(default, Enum) else default}]"
    return f"{names} {_value(parameter)}", about


def _value(option: TyperOption) -> str:
    """Return the placeholder of an option's value: its choices, or a word."""
    kind = option.type_descriptor.annotation
    if option.metavar:
        return option.metavar.strip("<>")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(member.value) for member in kind)
    return "N" if isinstance(kind, type) and issubclass(kind, int | float) else "TEXT"


def write_parameters(context: "Context", formatter: "HelpFormatter") -> None:
    """Write the arguments, and the options in groups if there are many."""
    arguments: list[tuple[str, str]] = []
    options: list[tuple[str, tuple[str, str]]] = []
    for parameter in context.command.get_params(context):
        if found := record(parameter):
            if isinstance(parameter, TyperOption):
                options.append((max(parameter.opts, key=len), found))
            else:
                arguments.append(found)
    if arguments:
        with formatter.section("Arguments"):
            formatter.write_dl(arguments)
    for heading, rows in _grouped(options):
        with formatter.section(heading):
            formatter.write_dl(rows)


def _grouped(
    options: list[tuple[str, tuple[str, str]]],
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    if len(options) < _MANY:
        yield "Options", [row for _, row in options]
        return
    groups = {name: heading for heading, names in _GROUPS.items() for name in names}
    for heading in _GROUPS:
        if rows := [row for name, row in options if groups.get(name, "Options") == heading]:
            yield heading, rows


def write_examples(text: str, formatter: "HelpFormatter") -> None:
    """Write the examples of a command, as they are."""
    if examples := text_and_examples(text)[1]:
        with formatter.section("Examples"):
            formatter.write("".join(f"  {line}\n" for line in examples))
