"""Lazy import of commands, and conversion of their options.

Typer would build every command before it runs one, and import pydantic to convert values that already
have the right type. Both take longer than most commands.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum, StrEnum
from functools import partial
from importlib import import_module
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_args

import typer
from typer._click.exceptions import BadParameter, MissingParameter, UsageError
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command, get_group

from memoryd.cli.help_pages import record, sentence_of, text_and_examples, write_examples, write_parameters
from memoryd.cli.usage_errors import unexpected, unknown_command, wrong_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer._click import Command, Context, HelpFormatter
    from typer._click import Parameter as Asked
    from typer.models import ParameterInfo

_UNDECIDED = object()


class Color(StrEnum):
    """The choice of when to show colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_NO_PAGER = Annotated[bool, typer.Option("--no-pager", help="Print long output directly.")]
_COLOR = Annotated[
    Color, typer.Option("--color", show_default=False, help="Colors; auto follows NO_COLOR, FORCE_COLOR.")
]


class _Command(TyperCommand):
    def __init__(self, *arguments: Any, **attributes: Any) -> None:  # noqa: ANN401  # passed on to Typer
        super().__init__(*arguments, **attributes)
        for each in self.params:
            each.get_help_record = partial(record, each)  # type: ignore[method-assign]

    def format_help_text(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        whole, self.help = self.help, text_and_examples(self.help or "")[0]
        super().format_help_text(ctx, formatter)
        self.help = whole

    def format_options(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        write_parameters(ctx, formatter)

    def format_epilog(self, ctx: "Context", formatter: "HelpFormatter") -> None:  # noqa: ARG002  # Typer's
        write_examples(self.help or "", formatter)

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        _spare(self.get_params(ctx))
        ctx.allow_extra_args = True  # they are refused in our words
        try:
            rest = super().parse_args(ctx, args)
        except UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if rest and not ctx.resilient_parsing:
            raise unexpected(rest, ctx)
        return rest


class _Group(TyperGroup):
    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        _spare(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, Command | None, list[str]]":
        word = args[0]
        if word not in self.commands and not ctx.resilient_parsing and not word.startswith("-"):
            raise unknown_command(word, self.commands, ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: "Context", formatter: "HelpFormatter") -> None:  # noqa: ARG002  # Typer's
        width = max(map(len, self.commands))  # aligns the sections
        for heading, names in self.sections().items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), sentence_of(self.commands[name])) for name in names])

    def sections(self) -> Mapping[str, Iterable[str]]:
        """Return the names of the commands by their heading in the help."""
        return {"Commands": self.commands}


class Program(_Group):
    """A group whose commands are imported when they are called or listed.

    Help and errors of its `typer.Typer` must be plain text (`rich_markup_mode=None`): Typer's boxes
    need Rich, which takes longer than most commands.

    Attributes:
        panels: `module:name` of a function or a `typer.Typer`, by heading and by name of the command.
        settings: Settings of Typer's context, by name of the command.
        unpaged: Commands that run until they are stopped, or start another program on the terminal.
    """

    panels: ClassVar[Mapping[str, Mapping[str, str]]]
    settings: ClassVar[Mapping[str, dict[str, object]]] = {}
    unpaged: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  # passed on to Typer
        super().__init__(**attributes)
        self.commands = _Commands(self.panels, self.settings, self.unpaged)

    def sections(self) -> Mapping[str, Iterable[str]]:
        """Return the panels."""
        return self.panels


class _Commands(MutableMapping[str, "Command"]):
    """Commands by name; each is imported on first access."""

    def __init__(
        self,
        panels: Mapping[str, Mapping[str, str]],
        settings: Mapping[str, dict[str, object]],
        unpaged: frozenset[str],
    ) -> None:
        self._known: dict[str, str | Command] = {}
        self._settings = settings
        self._unpaged = unpaged
        for names in panels.values():
            self._known |= names

    def __getitem__(self, name: str) -> "Command":
        found = self._known[name]
        if isinstance(found, str):
            found = self._known[name] = _loaded(
                name, found, self._settings.get(name), paged=name not in self._unpaged
            )
        return found

    def __setitem__(self, name: str, command: "Command") -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _loaded(name: str, location: str, settings: dict[str, object] | None, *, paged: bool) -> "Command":
    module, _, attribute = location.partition(":")
    target: typer.Typer | Callable[..., None] = getattr(import_module(module), attribute)
    if isinstance(target, typer.Typer):
        target.rich_markup_mode, target.info.cls = None, _Group
        for info in target.registered_commands:
            info.cls = _Command
            if info.callback:
                info.callback = _with_output_options(info.callback, paged=paged)
        group = get_group(target)
        group.name = name
        return group
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, cls=_Command, context_settings=settings)(_with_output_options(target, paged=paged))
    return get_command(app)


def _with_output_options(command: "Callable[..., None]", *, paged: bool) -> "Callable[..., None]":
    """Return a command that also takes `--color`, and `--no-pager` if its output may be paged."""
    form = signature(command)
    if "color" in form.parameters:  # a program that was made before in this process
        return command
    asked = [Parameter("no_pager", Parameter.KEYWORD_ONLY, default=False, annotation=_NO_PAGER)] * paged
    asked.append(Parameter("color", Parameter.KEYWORD_ONLY, default=Color.AUTO, annotation=_COLOR))

    def run(*, color: Color, no_pager: bool = not paged, **given: Any) -> None:  # noqa: ANN401  # values from Typer
        from memoryd.cli.pages import in_pages  # help needs no output

        _use_colour(color)
        with in_pages(wanted=not no_pager):
            command(**given)

    run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
    run.__signature__ = form.replace(parameters=[*form.parameters.values(), *asked])  # type: ignore[attr-defined]
    return run


def _use_colour(when: Color) -> None:
    """Tell the output, and processes that are started, through the variables that users set."""
    if when is Color.AUTO:
        return
    on, off = ("FORCE_COLOR", "NO_COLOR") if when is Color.ALWAYS else ("NO_COLOR", "FORCE_COLOR")
    os.environ.pop(off, None)
    os.environ[on] = "1"


def spread(command: "Callable[..., None]") -> "Callable[..., None]":
    """Return a command with an option for each field of its parameters that are dataclasses.

    Args:
        command: A function with such parameters. Its other parameters become options unchanged.
    """
    forms: dict[str, type[Any]] = {}
    parameters: list[Parameter] = []
    for each in signature(command).parameters.values():
        form = each.annotation
        if isinstance(form, type) and is_dataclass(form):
            forms[each.name] = form
            parameters += map(_parameter, fields(form))
        else:
            parameters.append(each)

    def run(**given: Any) -> None:  # noqa: ANN401  # values from Typer
        made = {
            name: form(**{each.name: given.pop(each.name) for each in fields(form)})
            for name, form in forms.items()
        }
        command(**made, **given)

    run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
    run.__signature__ = Signature([each.replace(kind=Parameter.KEYWORD_ONLY) for each in parameters])  # type: ignore[attr-defined]
    return run


def _parameter(field: "Field[Any]") -> Parameter:
    default = Parameter.empty if field.default is MISSING else field.default
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=field.type)


def _spare(parameters: "list[Asked]") -> None:
    """Let Typer convert, with pydantic, only values that do not yet have their type."""
    for parameter in parameters:
        if isinstance(parameter, TyperArgument | TyperOption):
            made = partial(_processed, parameter, parameter.process_value)
            parameter.process_value = made  # type: ignore[method-assign]


def _processed(
    parameter: TyperArgument | TyperOption,
    process: "Callable[[Context, object], object]",
    context: "Context",
    value: object,
) -> object:
    if context.resilient_parsing:  # of an unfinished line, for completion
        return value
    made = value if value is parameter.default else _made(parameter, value)
    if made is _UNDECIDED or (parameter.required and parameter.value_is_missing(made)):
        try:
            return process(context, value)
        except MissingParameter:
            raise
        except BadParameter as error:
            raise wrong_value(parameter, value) from error
    return parameter.callback(context, parameter, made) if parameter.callback else made


def _made(parameter: TyperArgument | TyperOption, value: object) -> object:
    """Convert a value to its annotated type; `_UNDECIDED` leaves it to Typer."""
    try:
        annotation, asked = parameter.type_descriptor.annotation, parameter.type_descriptor.parameter_info
    except AttributeError:  # a later Typer may rename them
        return _UNDECIDED
    if isinstance(value, list | tuple):
        each = [_one(get_args(annotation)[0], text, asked) for text in value]
        return _UNDECIDED if _UNDECIDED in each else each
    return _one(annotation, value, asked)


def _one(kind: object, text: object, asked: "ParameterInfo") -> object:
    if not isinstance(kind, type) or not isinstance(text, str) or asked.parser:
        return _UNDECIDED
    if kind is str:
        return text
    if issubclass(kind, Enum):
        return next((member for member in kind if member.value == text), _UNDECIDED)
    if kind is int and text.isascii() and text.isdecimal() and not asked.clamp:
        least, most = asked.min, asked.max
        fits = (least is None or int(text) >= least) and (most is None or int(text) <= most)
        return int(text) if fits else _UNDECIDED
    if kind is Path and asked.file_okay and asked.dir_okay:
        demands = asked.exists or asked.writable or asked.resolve_path or asked.path_type
        readable = os.access(text, os.R_OK) or not os.path.exists(text)
        return Path(text) if readable and not demands else _UNDECIDED
    return _UNDECIDED
