"""`report`."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from memoryd import private
from memoryd.cli import options
from memoryd.cli.options import StoreOptions
from memoryd.cli.output.progress import tick, waiting
from memoryd.cli.output.report_file import replace_file
from memoryd.cli.output.stores import history_of
from memoryd.cli.output.terminal import emit_json, note, relative, short
from memoryd.cli.program import spread
from memoryd.domain.text.phrases import counted, written_size
from memoryd.errors import MemorydError, contradiction

if TYPE_CHECKING:
    from memoryd.adapters.history import History
    from memoryd.domain.report.model import Report
    from memoryd.domain.usage.bill import StoreBill
    from memoryd.runtime import Runtime, Selection

_TIMES = frozenset({"made", "since", "changed", "time"})

_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the page to this file.", dir_okay=False),
]
_Since = Annotated[str, typer.Option("--since", metavar="TIME", help="Start of the past that is shown.")]
_Redact = Annotated[
    bool, typer.Option("--redact", help="Leave out names, paths and texts, to show the page to others.")
]
_Watch = Annotated[
    bool | None,
    typer.Option("--watch/--no-watch", help="Let the daemon keep the page up to date, or no longer."),
]
_Open = Annotated[bool, typer.Option("--open", help="Show the page in the browser.")]


@spread
def report(  # noqa: PLR0913  # options of a command
    *,
    output: _Output = None,
    since: _Since = "90d",
    redact: _Redact = False,
    watch: _Watch = None,
    show: _Open = False,
    json: options.Json = False,
    which: StoreOptions,
) -> None:
    """Write a page about memory: how full it is, what is out of view, who changed what.

    The page is one HTML file that loads nothing, runs no script and can be printed. It is private, since it
    quotes memory; without `-o` it is in memoryd's own directory. The daemon rewrites a watched page, on all
    stores, soon after memory has changed: reload it to see that.

    For example:

        memoryd report --open
        memoryd report --all --redact -o report.html
    """
    _demand_sense(output, which, show=show, json=json, watch=watch)
    from memoryd.domain.report.redact import redacted
    from memoryd.runtime import Selection, build

    runtime = build()
    if watch is False:
        _unwatch(runtime)
        return
    found = _collect(runtime, Selection(everything=True) if watch else which.selection, since)
    if redact:
        found = redacted(found)
    if json:
        emit_json(_as_json(found))
        return
    from memoryd.services.report.render import render

    page = render(found)
    path = output or runtime.locations.report
    if output:
        replace_file(output, page, is_private=not redact)
    else:
        _keep(path, page)
    if watch:
        _watch(runtime, since, redact=redact)
    stores, size = counted(len(found.stores), "store", "stores"), written_size(len(page.encode()))
    note(f"wrote {short(str(path))}: {stores}, {size}")
    if show:
        _open(path)


def _collect(runtime: "Runtime", chosen: "Selection", since: str) -> "Report":
    from memoryd.rules import ALL_RULES
    from memoryd.services.report.collect import collect
    from memoryd.services.report.past import period_since

    period = period_since(since)
    found = runtime.subject(chosen)
    with history_of(runtime) as history, waiting("looking at memory"):
        bills = _bills(runtime, history, period)
        return collect(
            found,
            ALL_RULES,
            user=runtime.user_checks,
            history=history,
            period=period,
            bills=bills,
            kept=runtime.kept_facts(cache=True),
            tick=tick,
        )


def _bills(
    runtime: "Runtime", history: "History | None", period: tuple[float, float]
) -> "dict[str, StoreBill]":
    """Return the costs of all stores by path; none, with a warning, where they cannot be counted."""
    from memoryd.services.report.costs import costs

    projects = runtime.locations.claude / "projects"
    try:
        with runtime.usage() as counts:
            return costs(counts, projects, runtime.discover().stores, history, period)
    except MemorydError as error:
        note(f"warning: {error.message}; costs are unknown")
        return {}


def _demand_sense(
    output: Path | None, which: StoreOptions, *, show: bool, json: bool, watch: bool | None
) -> None:
    """Refuse options that contradict each other.

    Raises:
        MemorydError: If two options contradict each other; it names them.
    """
    chosen = {"PATH": which.paths, "--user": which.user, "--agent": which.agent, "--scope": which.scope}
    watching = "--no-watch" if watch is False else "--watch"
    for name in (name for name, given in {"-o": output, **chosen}.items() if given and watch is not None):
        raise contradiction(watching, name)
    for name, given in {"-o": output, "--open": show, watching: watch is not None}.items():
        if given and json:
            raise contradiction("--json", name)


def _watch(runtime: "Runtime", since: str, *, redact: bool) -> None:
    """Ask the daemon for the page, and warn if none is running."""
    from memoryd.adapters.daemon.prompt import running_pid
    from memoryd.adapters.report import write_wish
    from memoryd.domain.report.watch import ReportWish

    write_wish(runtime.locations.watched, ReportWish(since, is_redacted=redact))
    if running_pid(runtime.locations.lock) is None:
        note("warning: the daemon is not running: `memoryd service install` starts it")


def _unwatch(runtime: "Runtime") -> None:
    from memoryd.adapters.report import write_wish

    write_wish(runtime.locations.watched, None)
    note(f"the daemon no longer writes {short(str(runtime.locations.report))}")


def _keep(path: Path, page: str) -> None:
    """Write a page to memoryd's own directory."""
    try:
        private.write_file(path, page.encode())
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "name another file with -o") from error


def _as_json(report: "Report") -> dict[str, object]:
    """Return the numbers of the page, with times in ISO 8601 and relative paths of stores."""
    value = asdict(report, dict_factory=_with_times)
    for store in value["stores"]:
        store["store"] = relative(store["store"]) if store["store"] else None
    return value


def _with_times(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _iso(value) if name in _TIMES and value is not None else value for name, value in pairs}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _open(path: Path) -> None:
    """Show a file in the browser, which goes on when this program has ended."""
    import webbrowser

    if not webbrowser.open(path.absolute().as_uri()):
        note(f"no browser was found: open {short(str(path))} yourself")
