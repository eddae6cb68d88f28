"""`init`."""

from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.output import setup
from memoryd.cli.output.setup import look
from memoryd.cli.output.terminal import (
    NOTHING_CHANGED,
    ask,
    ask_line,
    emit_lines,
    is_terminal,
    note,
    short,
)
from memoryd.cli.program import spread
from memoryd.domain.stores.store import Scope
from memoryd.domain.text.phrases import counted
from memoryd.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from memoryd.config.daemon import Enforce
    from memoryd.runtime import Runtime
    from memoryd.services.setup.survey import SetupSurvey

_DEFAULT = "default"
_KEYS = (*Scope, _DEFAULT)
_MEANING = (
    "",
    "What may the daemon do with an index file over its limit?",
    "  compact  move detail to topic files; no line is lost, and every change can be undone",
    "  report   change nothing, and say so in `memoryd status`",
    "  off      ignore it",
)


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One change of `init`: its description, and the function that makes it and returns an exit code."""

    title: str
    do: "Callable[[], int]"


def _words(given: list[str] | None) -> "dict[str, Enforce]":
    from memoryd.config.daemon import Enforce

    words = {}
    for each in given or ():
        key, _, word = each.rpartition("=")
        if (key or _DEFAULT) not in _KEYS or word not in set(Enforce):
            raise typer.BadParameter(
                f'"{each}" is not WORD or SCOPE=WORD: words are {", ".join(Enforce)}, '
                f"scopes are {', '.join(Scope)}"
            )
        words[key or _DEFAULT] = Enforce(word)
    return words


@dataclass(frozen=True, slots=True)
class SetupAnswers:
    """The answers that options give."""

    enforce: Annotated[
        list[str] | None,
        typer.Option(
            "--enforce",
            metavar="[SCOPE=]WORD",
            help="compact, report or off; for all stores, or for a scope; may be repeated.",
        ),
    ] = None
    service: Annotated[
        bool | None,
        typer.Option("--service/--no-service", help="Install the service.", show_default=False),
    ] = None
    completion: Annotated[
        bool | None,
        typer.Option(
            "--completion/--no-completion", help="Complete words in your shell.", show_default=False
        ),
    ] = None
    notify: Annotated[
        bool | None,
        typer.Option("--notify/--no-notify", help="Show notifications on the desktop.", show_default=False),
    ] = None
    ci: Annotated[
        bool | None,
        typer.Option(
            "--ci/--no-ci", help="Write a GitHub workflow that checks this repository.", show_default=False
        ),
    ] = None
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            help="Apply without asking. Unanswered: compact, or as configured; nothing installed.",
        ),
    ] = False


@spread
def init(answers: SetupAnswers) -> None:
    """Set up memoryd: look at all memory, decide what the daemon may change, and start it.

    Shows the stores found, the entries that agents do not see today, and what a compaction would change.
    Then asks, and changes nothing before the last yes. Every answer has an option.

    For example:

        memoryd init
        memoryd init --enforce report --service --yes
    """
    from memoryd.runtime import build

    words = _words(answers.enforce)
    runtime = build()
    survey = look(runtime)
    emit_lines(setup.lines(survey))
    asks = is_terminal() and not answers.yes
    steps = [
        *_configuration(runtime, _choices(runtime, survey, words, asks=asks)),
        *_notifications(runtime, answers.notify, asks=asks),
        *_service(answers.service, asks=asks),
        *_completion(answers.completion, asks=asks),
        *_workflow(runtime, answers.ci, asks=asks),
    ]
    if not steps:
        note("", f"Nothing to do: memoryd is set up in {short(str(runtime.locations.config))}.")
        return
    note("", "This will be done:", *(f"  {step.title}" for step in steps))
    if not (answers.yes or (asks and ask("Go ahead?"))):
        note(NOTHING_CHANGED if asks else f"{NOTHING_CHANGED} Use --yes to do it.")
        return
    codes = [step.do() for step in steps]
    note("Done. See how full each store is: memoryd status")
    if any(codes):
        raise typer.Exit(max(codes))


def _choices(
    runtime: "Runtime", survey: "SetupSurvey", given: "Mapping[str, Enforce]", *, asks: bool
) -> dict[str, str]:
    """Return the words to write, by key; one question for each scope with stores, and one for all others."""
    from memoryd.config.daemon import Enforce

    counts = survey.scopes
    questions: dict[str, str] = {
        scope: f"{scope} ({counted(count, 'store', 'stores')})" for scope, count in counts.items()
    }
    questions[_DEFAULT] = "stores of other scopes, when they appear" if counts else "every store"
    if asks and not given.get(_DEFAULT):
        note(*_MEANING)
    known = runtime.config.enforce
    words: dict[str, str] = {}
    for key, question in questions.items():
        now = (getattr(known, key) or known.default) if known else words.get(_DEFAULT, Enforce.COMPACT)
        word = given.get(key) or given.get(_DEFAULT)
        words[key] = word or (_asked(question, now) if asks else now)
    words |= {key: word for key, word in given.items() if key not in words}
    default = words[_DEFAULT]
    kept = {scope for scope in Scope if known and getattr(known, scope)}
    words = {_DEFAULT: default} | words
    return {
        key: str(word) for key, word in words.items() if key == _DEFAULT or word != default or (key in kept)
    }


def _asked(question: str, now: str) -> str:
    from memoryd.config.daemon import Enforce

    while True:
        word = ask_line(f"{question}: compact, report or off? [{now}]").lower() or now
        if word in set(Enforce):
            return word
        note("Type compact, report or off.")


def _configuration(runtime: "Runtime", choices: "Mapping[str, str]") -> list[SetupStep]:
    from memoryd.config.edit import set_keys

    path, known = runtime.locations.config, runtime.config.enforce
    if known and all(getattr(known, key) == word for key, word in choices.items()):
        return []
    values = ", ".join(f'{key} = "{word}"' for key, word in choices.items())

    def write() -> int:
        from memoryd.adapters.daemon.prompt import running_pid

        set_keys(path, "enforce", choices)
        if running_pid(runtime.locations.lock):
            note("The running daemon reads the configuration when it starts: memoryd service restart")
        return 0

    return [SetupStep(f"write {short(str(path))}: [enforce] {values}", write)]


def _notifications(runtime: "Runtime", wanted: bool | None, *, asks: bool) -> list[SetupStep]:
    from memoryd.adapters.daemon.notifier import desktop_command
    from memoryd.config.edit import set_keys

    path, now = runtime.locations.config, runtime.config.notify.desktop
    if wanted is None and (now or desktop_command() is None):
        return []
    question = "Show a notification after a compaction, a loss or a conflict?"
    if _wanted(wanted, question, asks=asks) == now:
        return []
    value = "false" if now else "true"

    def write() -> int:
        set_keys(path, "notify", {"desktop": not now})
        return 0

    return [SetupStep(f"write {short(str(path))}: [notify] desktop = {value}", write)]


def _service(wanted: bool | None, *, asks: bool) -> list[SetupStep]:
    from memoryd.services.service import instead, service_of_platform

    service = service_of_platform()
    reason = service.unreachable()
    if service.unit.exists() and not wanted:
        return []
    if reason and not wanted:
        note("", f"No service is offered here: {reason}; {instead()}")
        return []
    if not _wanted(wanted, "Install the service, so that the daemon runs at every login?", asks=asks):
        return []
    return [
        SetupStep(
            "install and start the service: memoryd service install", lambda: _run("service", "install")
        )
    ]


def _completion(wanted: bool | None, *, asks: bool) -> list[SetupStep]:
    import os

    from memoryd.services.completion.install import files_of, shell_of

    shell = shell_of(os.environ)
    is_there = shell is not None and files_of(shell, os.environ).script.exists()
    if not wanted and (shell is None or is_there):
        return []
    if not _wanted(wanted, f"Complete words in {shell}, such as agents and rules?", asks=asks):
        return []
    return [
        SetupStep(
            "install completion (memoryd completion --install)", lambda: _run("completion", "--install")
        )
    ]


def _workflow(runtime: "Runtime", wanted: bool | None, *, asks: bool) -> list[SetupStep]:
    from memoryd.services.setup.workflow import workflow_path, write_workflow

    root = runtime.places.repository(runtime.directory)
    path = workflow_path(root)
    if path is None or not _wanted(wanted, f"Write {_shown(path)}, which checks this repository?", asks=asks):
        return []

    def write() -> int:
        write_workflow(path)
        note(f"Replace OWNER in {_shown(path)} by the account that hosts memoryd: memoryd help ci")
        return 0

    return [SetupStep(f"write {_shown(path)}", write)]


def _shown(path: "Path") -> str:
    return short(str(path))


def _wanted(given: bool | None, question: str, *, asks: bool) -> bool:
    return (asks and ask(question)) if given is None else given


def _run(*words: str) -> int:
    """Run another command of this program, and return its exit code."""
    import subprocess

    from memoryd.services.service import command

    return subprocess.run([*command(), *words], check=False).returncode  # noqa: S603  # this program
