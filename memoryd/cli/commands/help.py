"""`help`: topics shipped with the program."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.output.terminal import emit
from memoryd.cli.values import summary, topic_files
from memoryd.domain.text.nearest import did_you_mean
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def help_(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="TOPIC|COMMAND", help="A topic or a command; without it, all topics."),
    ] = None,
) -> None:
    """Show a guide: `memoryd help` lists the topics.

    With the name of a command, show the help of that command: `memoryd help service install`.

    For example:

        memoryd help tidying
        memoryd help service install
    """
    topics = topic_files()
    if not words:
        emit(_listing(topics))
    elif len(words) == 1 and words[0] in topics:
        from memoryd.cli.output.markdown import render

        emit(render(topics[words[0]].read_text(encoding="utf-8")))
    else:
        emit(_help_of_command(ctx, words, topics) + "\n")


def _listing(topics: "Mapping[str, Traversable]") -> str:
    width = max(map(len, topics))
    lines = [f"  {name:<{width}}  {summary(file)}" for name, file in topics.items()]
    return "\n".join(
        [
            "Topics (show one with `memoryd help TOPIC`):",
            *lines,
            "",
            "`memoryd --help` lists the commands, `memoryd help COMMAND` explains one.",
            "",
        ]
    )


def _help_of_command(ctx: typer.Context, words: Iterable[str], topics: Iterable[str]) -> str:
    """Return the help of a command or sub-command.

    Raises:
        MemorydError: If a word names neither a command nor a topic.
    """
    context, known = ctx.find_root(), set(topics)
    for word in words:
        commands = getattr(context.command, "commands", {})
        if word not in commands:
            names = f"topics are {', '.join(topics)}; " if known else ""
            hint = did_you_mean(word, known | set(commands), f"{names}`memoryd --help` lists the commands")
            raise MemorydError(f'there is no topic or command "{word}"', hint)
        context = typer.Context(commands[word], parent=context, info_name=word)
        known = set()
    return context.get_help()
