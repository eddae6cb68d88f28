"""Answers to the completion scripts of shells."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from memoryd.cli.help_pages import sentence_of
from memoryd.cli.values import DIRECTORIES, FILES, Completion, agent_topics, candidates, topics
from memoryd.values import regex

if TYPE_CHECKING:
    from typer._click import Context
    from typer.core import TyperArgument, TyperOption

HIDDEN = "__complete"
"""Word that asks for an answer; the scripts of `memoryd completion` say it."""
_LONGEST = 72  # characters of what is said about a value
_PLAIN = regex(r"[\w@%+=:,./-]")
_QUOTES = "'\""
_ESCAPABLE = '"\\$`'  # between double quotation marks


class _Word(NamedTuple):
    """A word of a command line: its text, as it is written, and the quotation mark left open, or ""."""

    text: str
    written: str
    quote: str


def answer(arguments: Sequence[str]) -> str:
    """Return the lines of an answer: values, each with a tab and words about it if there are any.

    Args:
        arguments: Of bash, the shell's name, the line up to the cursor, and COMP_WORDBREAKS. Of other
            shells, the shell's name and the words after the program, the last one unfinished.
    """
    shell, *words = arguments
    if shell != "bash":
        *before, typed = words
        found = _answered(before, typed)
        return "".join(f"{value}\t{about}\n" if about else f"{value}\n" for value, about in found)
    line, breaks = words
    *given, last = _split(line)
    found = _answered([each.text for each in given[1:]], last.text)
    return "".join(f"{each}\n" for each in _for_bash(found, last, breaks))


def _answered(before: Sequence[str], typed: str) -> list[Completion]:
    """Return the values for an unfinished word that can be shown on one line."""
    found = complete(before, typed)
    return [Completion(each.value, _shown(each.about)) for each in found if each.value.isprintable()]


def _shown(about: str) -> str:
    from memoryd.domain.text.escape import visible_line

    line = visible_line(" ".join(about.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def complete(before: Sequence[str], typed: str) -> list[Completion]:
    """Return the values for an unfinished word of a command line, or `FILES` or `DIRECTORIES`.

    Args:
        before: The words between the program and the unfinished one.
        typed: The unfinished word.
    """
    import typer
    from typer._click.shell_completion import _resolve_context, _resolve_incomplete
    from typer.core import TyperArgument, TyperOption

    from memoryd.cli import app

    words = list(before)
    context = _resolve_context(typer.main.get_command(app), {}, "memoryd", words)
    wanted, text = _resolve_incomplete(context, words, typed)
    joined = typed.removesuffix(text)  # `--option=`
    if isinstance(wanted, TyperArgument | TyperOption):
        found = _values(context, wanted, text, before)
    elif context._protected_args and not text.startswith("-"):  # noqa: SLF001  # an unknown command
        found = []
    else:
        found = _options(context, text)
    paths = {FILES, DIRECTORIES}
    return [each if each in paths else Completion(joined + each.value, each.about) for each in found]


def _options(context: "Context", text: str) -> list[Completion]:
    """Return the sub-commands, or the options after a hyphen, that begin with a text."""
    found = context.command.shell_complete(context, text)
    commands = getattr(context.command, "commands", {})
    return [
        Completion(
            each.value, sentence_of(commands[each.value]) if each.value in commands else each.help or ""
        )
        for each in found
    ]


def _values(
    context: "Context", wanted: "TyperArgument | TyperOption", text: str, before: Sequence[str]
) -> list[Completion]:
    """Return the values of a parameter that begin with a text."""
    if wanted.metavar == "TOPIC|COMMAND":
        return [each for each in _help_words(context, wanted.name) if each.value.startswith(text)]
    if wanted.metavar == "TOPIC":
        found = (each for word in before[1:] for each in agent_topics(word) if not word.startswith("-"))
        return [each for each in found if each.value.startswith(text)]
    kind = getattr(getattr(wanted, "type_descriptor", None), "annotation", None)
    choices = getattr(kind, "__members__", None)
    if choices:
        return [Completion(each.value) for each in choices.values() if each.value.startswith(text)]
    return candidates(wanted.metavar or "", text)


def _help_words(context: "Context", name: str) -> Iterator[Completion]:
    """Yield topics and commands; after a command, its sub-commands."""
    group: Any = context.find_root().command
    given = context.params.get(name) or []
    for word in given:
        group = getattr(group, "commands", {}).get(word)
    commands = getattr(group, "commands", {})
    known = set(commands)
    if not given:
        yield from topics()
        known -= {each.value for each in topics()}
    for word in sorted(known):
        yield Completion(word, sentence_of(commands[word]))


def _for_bash(found: Iterable[Completion], last: _Word, breaks: str) -> Iterator[str]:
    """Yield the text that bash puts in place of what follows the last word break.

    What is typed stays as it is written, and the rest is quoted, so that no name can become a command.
    """
    start = 0 if last.quote else 1 + max((last.written.rfind(each) for each in breaks), default=-1)
    for value, about in found:
        if (value, about) in {FILES, DIRECTORIES}:
            yield value
            continue
        rest = value[len(last.text) :]
        if not last.quote:
            yield last.written[start:] + "".join(map(_escaped, rest))
        elif all(map(_PLAIN.match, rest)):
            yield last.text + rest


def _escaped(character: str) -> str:
    return character if _PLAIN.match(character) else f"\\{character}"


def _split(line: str) -> list[_Word]:
    """Split a command line into words as a shell does; the last one is unfinished, and may be empty."""
    words: list[_Word] = []
    text = written = quote = ""
    escaped = False
    for character in line:
        if not (quote or escaped) and character in " \t\n":
            if written:
                words.append(_Word(text, written, ""))
            text = written = ""
            continue
        written += character
        if escaped:
            kept = "\\" if quote and character not in _ESCAPABLE else ""
            text, escaped = text + kept + character, False
        elif character == "\\" and quote != "'":
            escaped = True
        elif quote:
            text, quote = (text, "") if character == quote else (text + character, quote)
        elif character in _QUOTES:
            quote = character
        else:
            text += character
    return [*words, _Word(text, written, quote)]
