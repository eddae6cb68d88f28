"""`usage`."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.arguments import stores_named
from memoryd.cli.output.progress import waiting
from memoryd.cli.output.stores import NO_STORES, history_of, table
from memoryd.cli.output.terminal import emit_json, emit_lines, relative, short
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memoryd.domain.usage.bill import StoreBill
    from memoryd.domain.usage.totals import FileUsage

_HEAD = ("AGENT", "SCOPE", "STARTS", "READS", "WRITES", "A START", "A DAY", "A MONTH", "NEVER READ", "SAVED")
_FILE_HEAD = ("FILE", "LOADS", "READS", "WRITES", "FAILED", "LAST READ")


def usage(
    which: Annotated[
        str | None,
        typer.Argument(metavar="AGENT|PATH", help="Also list the files of this store. Default: all stores."),
    ] = None,
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="AGE", help="Length of the period, up to now.")
    ] = "90d",
    json: options.Json = False,
) -> None:
    """Show what memory costs in tokens, and which topic files are read.

    Counts starts, reads and writes in the session records of Claude Code; only paths and numbers are kept.
    Tokens are estimates (~) by script: the records do not count those of memory. Reads through the shell
    are not known.

    For example:

        memoryd usage
        memoryd usage code-reviewer --since 30d
    """
    from memoryd.domain.dates.moments import parse_duration
    from memoryd.runtime import build
    from memoryd.services.usage.charge import charge
    from memoryd.services.usage.count_uses import count_uses

    period = parse_duration(since)
    if period is None or period < timedelta(days=1):
        raise MemorydError(f'--since: "{since}" is not an age of a day or more', "for example 90d, 12w")
    runtime = build()
    known = runtime.discover().stores
    stores = known if which is None else stores_named(runtime, which)
    today = datetime.now(UTC).date()
    with runtime.usage() as counts, history_of(runtime) as history:
        with waiting("reading session records"):
            count_uses(counts, runtime.locations.claude / "projects", known)
        bills = charge(stores, counts, history, today, period)
    if json:
        first = today - period + timedelta(days=1)
        emit_json({"since": str(first), "until": str(today), "stores": [_as_json(each) for each in bills]})
    else:
        emit_lines(_lines(bills, period.days, files=which is not None))


def _lines(bills: "Sequence[StoreBill]", days: int, *, files: bool) -> list[str]:
    if not bills:
        return list(NO_STORES)
    lines = table(
        _HEAD, map(_row, sorted(bills, key=lambda each: (-each.usage.tokens, each.usage.store.root)))
    )
    for bill in bills if files else ():
        found = sorted(bill.usage.files, key=lambda each: (-each.reads, each.path))
        lines += ["", short(bill.usage.store.root), *table(_FILE_HEAD, map(_file_row, found))]
    return [
        *lines,
        "",
        f"In {days:,} days. A START, A DAY, A MONTH and SAVED (by compactions) are tokens; ~ is an estimate.",
        f"NEVER READ: topic files older than {days:,} days; reads through the shell are not known.",
    ]


def _row(bill: "StoreBill") -> tuple[str, ...]:
    usage = bill.usage
    unread = f"{len(usage.unread):,} of {usage.older:,} ({bill.unread_share:.0%})" if usage.older else "–"
    return (
        usage.store.agent,
        usage.store.scope,
        f"{usage.loads:,}",
        f"{usage.reads:,}",
        f"{usage.writes:,}",
        _tokens(usage.tokens_now),
        _tokens(bill.per_day),
        _tokens(bill.per_month),
        unread,
        _tokens(bill.saved or bill.saved_at_start, " a start" if not bill.saved else ""),
    )


def _tokens(number: float, unit: str = "") -> str:
    """Return an estimate of tokens, marked as one."""
    rounded = round(number)
    return f"~{rounded:,}{unit}" if rounded else "–"


def _file_row(file: "FileUsage") -> tuple[str, ...]:
    numbers = (file.loads, file.reads, file.writes, file.failed)
    return (file.path, *(f"{number:,}" for number in numbers), file.last_read or "never")


def _as_json(bill: "StoreBill") -> dict[str, object]:
    usage = bill.usage
    return {
        "store": relative(usage.store.root),
        "agent": usage.store.agent,
        "scope": usage.store.scope,
        "starts": usage.loads,
        "reads": usage.reads,
        "writes": usage.writes,
        "days": usage.days,
        "sessions": usage.sessions,
        "tokens_per_start": usage.tokens_now,
        "tokens_per_day": round(bill.per_day),
        "tokens_per_month": round(bill.per_month),
        "older_topics": usage.older,
        "unread": list(usage.unread),
        "saved_per_start": bill.saved_at_start,
        "saved": bill.saved,
        "files": [
            {
                "path": file.path,
                "loads": file.loads,
                "reads": file.reads,
                "writes": file.writes,
                "failed": file.failed,
                "tokens": file.tokens,
                "last_read": file.last_read or None,
                "readers": list(file.readers),
            }
            for file in usage.files
        ],
    }
