"""Messages about wrong command lines, instead of Typer's."""

from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from typer.core import TyperArgument, TyperOption

from memoryd.domain.text.nearest import did_you_mean
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from typer._click import Context
    from typer._click.exceptions import ClickException


def explained(error: "ClickException") -> MemorydError:
    """Return an error of Typer in our words."""
    from typer._click.exceptions import BadOptionUsage, MissingParameter, NoSuchOption

    context = getattr(error, "ctx", None)
    if isinstance(error, NoSuchOption):
        return _no_such_option(error.option_name, context)
    if isinstance(error, MissingParameter) and error.param:
        name = _name(error.param)
        return MemorydError(f"{name} is missing", _see_help(context))
    if isinstance(error, BadOptionUsage):
        option = _option(error.option_name, context)
        if option is None or option.is_flag:
            return MemorydError(f"{error.option_name} takes no value", f"write {error.option_name} alone")
        return MemorydError(f"{error.option_name} needs a value", _example(option))
    return MemorydError(error.message[:1].lower() + error.message[1:].removesuffix("."), _see_help(context))


def unexpected(words: Iterable[str], context: "Context") -> MemorydError:
    """Return the error about words after the last argument of a command."""
    return MemorydError(f'unexpected argument "{next(iter(words))}"', _see_help(context))


def unknown_command(word: str, known: Iterable[str], path: str) -> MemorydError:
    """Return the error about a command that does not exist.

    Args:
        word: The command.
        known: The commands that exist.
        path: What was typed before it: `memoryd`, `memoryd service`.
    """
    where = path.partition(" ")[2]
    which = f'there is no command "{f"{where} {word}".strip()}"'
    lists = f"`memoryd help {where}` lists the commands" if where else "`memoryd --help` lists the commands"
    return MemorydError(which, did_you_mean(word, known, lists))


def unknown_option(word: str, known: Iterable[str]) -> str | None:
    """Return a suggestion for a word of a query that looks like an option; None if none is near."""
    return did_you_mean(word.partition("=")[0], known, "") or None


def wrong_value(parameter: TyperArgument | TyperOption, value: object) -> MemorydError:
    """Return the error about a value of the wrong form."""
    kind = parameter.type_descriptor.annotation
    texts = list(map(str, value)) if isinstance(value, list | tuple) else [str(value)]
    kind = get_args(kind)[0] if get_args(kind) else kind
    for text in texts:
        if problem := _problem(parameter, kind, text):
            return MemorydError(f"{_name(parameter)}: {problem[0]}", problem[1])
    return MemorydError(f'{_name(parameter)}: "{texts[0]}" is not valid', "use another value")


def _problem(parameter: TyperArgument | TyperOption, kind: object, text: str) -> tuple[str, str] | None:
    """Return what is wrong with a value, and what to do; None if it seems right."""
    if not isinstance(kind, type):
        return None
    if issubclass(kind, Enum):
        choices = [str(member.value) for member in kind]
        return None if text in choices else not_a_choice(text, choices)
    if issubclass(kind, int | float):
        return _wrong_number(parameter, kind, text)
    if issubclass(kind, Path):
        return _wrong_path(parameter, text)
    return None


def not_a_choice(text: str, choices: Iterable[str]) -> tuple[str, str]:
    """Return the message and the hint about a value that is not one of a few."""
    *most, last = choices
    listed = f"use {', '.join(most)} or {last}"
    return f'"{text}" is not one of the choices', did_you_mean(text, (*most, last), listed)


def _wrong_number(parameter: TyperArgument | TyperOption, kind: type, text: str) -> tuple[str, str] | None:
    asked = parameter.type_descriptor.parameter_info
    least, most = asked.min, asked.max
    if least is not None and most is not None and most < 1e8:  # noqa: PLR2004  # else it is only a guard
        allowed = f"use a number from {least:g} to {most:g}"
    else:
        allowed = f"use {least:g} or more" if least is not None else "use a number"
    convert: Callable[[str], float] = int if issubclass(kind, int) else float
    try:
        number = convert(text)
    except ValueError:
        return f'"{text}" is not a {"whole " * issubclass(kind, int)}number', allowed
    if least is not None and number < least:
        return f"{text} is too small", allowed
    if most is not None and number > most:
        return f"{text} is too large", allowed
    return None


def _wrong_path(parameter: TyperArgument | TyperOption, text: str) -> tuple[str, str]:
    asked = parameter.type_descriptor.parameter_info
    path = Path(text)
    if path.is_dir() and not asked.dir_okay:
        return f"{text} is a directory", "name a file"
    return f"cannot read {text}", "check its permissions"


def _no_such_option(name: str, context: "Context | None") -> MemorydError:
    return MemorydError(
        f"there is no option {name}", did_you_mean(name, _options(context), _see_help(context))
    )


def _options(context: "Context | None") -> list[str]:
    """Return the long names of the options of a command."""
    parameters = context.command.get_params(context) if context else []
    return [name for each in parameters for name in each.opts if name.startswith("--")]


def _option(name: str, context: "Context | None") -> TyperOption | None:
    parameters = context.command.get_params(context) if context else []
    return next((each for each in parameters if isinstance(each, TyperOption) and name in each.opts), None)


def _example(option: TyperOption) -> str:
    kind = option.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"for example {option.opts[0]} {next(iter(kind)).value}"
    return f"write it as {option.opts[0]} {option.metavar or 'VALUE'}"


def _name(parameter: object) -> str:
    """Return how a parameter is called in the help: the option, or the argument."""
    if isinstance(parameter, TyperOption):
        return parameter.opts[0]
    return str(getattr(parameter, "metavar", None) or getattr(parameter, "name", "argument"))


def _see_help(context: "Context | None") -> str:
    names = context.command_path.partition(" ")[2] if context else ""
    return f"`memoryd help {names}` shows examples" if names else "`memoryd --help` lists the commands"
