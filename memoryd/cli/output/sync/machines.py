"""Output of machines, and of what they have forgotten."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memoryd.adapters.dates import now
from memoryd.cli.output.stores import table
from memoryd.cli.output.terminal import emit_json, emit_lines, note
from memoryd.domain.dates.moments import ago
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from memoryd.domain.forgetting.ledger import ForgottenText, KnownMachine, Ledger


def show_machines(ledger: "Ledger", own: str, moment: datetime) -> None:
    """Print the machines that were not dropped, and how many texts this one has still to forget.

    Args:
        ledger: What is known of machines.
        own: The id of this one.
        moment: The present.
    """
    rows = [
        (each.name, each.id, "this machine" if each.id == own else _since(each.since, moment), _state(each))
        for each in _present(ledger)
    ]
    if rows:
        emit_lines(["", *table(("MACHINE", "ID", "SINCE", "FORGETS"), rows)])
    if texts := ledger.unanswered(own):
        note(f"{counted(len(texts), 'text', 'texts')} to forget at the next exchange")


def _present(ledger: "Ledger") -> "list[KnownMachine]":
    known = (each for each in ledger.machines.values() if not each.is_dropped)
    return sorted(known, key=lambda each: (each.name, each.id))


def _state(machine: "KnownMachine") -> str:
    return "with the others" if machine.has_key else "nothing: it has no key"


def _since(seconds: float, moment: datetime) -> str:
    return ago(datetime.fromtimestamp(seconds, UTC), moment)


def show_status(directory: "Path", *, json: bool) -> None:
    """Print what is known of forgotten texts; `directory` has settings and state of the exchange."""
    from memoryd.adapters.sync import identified
    from memoryd.domain.forgetting.ledger import Ledger
    from memoryd.services.sync.forgotten_texts import open_texts

    settings = identified(directory)
    ledger = open_texts(directory, settings).ledger if settings else Ledger()
    if json:
        emit_json(forgotten_json(ledger))
    else:
        show_forgotten(ledger, now())


def show_forgotten(ledger: "Ledger", moment: datetime) -> None:
    """Print the texts that were forgotten, and which machines have answered."""
    if not ledger.texts:
        emit_lines(["no text was forgotten on several machines"])
    for each in _by_time(ledger):
        emit_lines(_lines(ledger, each, moment))


def _by_time(ledger: "Ledger") -> "list[ForgottenText]":
    return sorted(ledger.texts.values(), key=lambda each: (each.time, each.id))


def _lines(ledger: "Ledger", text: "ForgottenText", moment: datetime) -> "Iterable[str]":
    known = ledger.machines.get(text.machine)
    missing = ledger.missing(text.id)
    is_open = text in ledger.open
    state = "forgotten everywhere" if not is_open else "all have answered" if not missing else "waiting"
    name = known.name if known else "another machine"
    yield f"text {text.id}, forgotten on {name} {_since(text.time, moment)}: {state}"
    for (identity, machine), receipt in sorted(ledger.receipts.items()):
        if identity == text.id:
            told = ledger.machines.get(machine)
            counts = receipt.counts
            yield (
                f"  {told.name if told else machine}  answered {_since(receipt.time, moment)}: "
                f"{counted(counts['files'], 'file', 'files')}, "
                f"{counted(counts['versions'], 'version', 'versions')}, "
                f"{counted(counts['operations'], 'operation', 'operations')}"
            )
    for each in missing:
        why = "" if each.has_key else " (it has no key: memoryd sync key)"
        yield f"  {each.name}  has not answered since {_since(text.time, moment)}{why}"
    if is_open and not missing:
        yield "  the next exchange removes the history of the repository"


def forgotten_json(ledger: "Ledger") -> dict[str, object]:
    """Return the texts that were forgotten, and which machines have answered, as JSON."""
    return {
        "machines": [
            {"id": each.id, "name": each.name, "since": _iso(each.since), "key": each.has_key}
            for each in _present(ledger)
        ],
        "texts": [
            {
                "id": text.id,
                "time": _iso(text.time),
                "machine": text.machine,
                "done": text not in ledger.open,
                "answered": [
                    {"machine": machine, "time": _iso(receipt.time), **receipt.counts}
                    for (identity, machine), receipt in sorted(ledger.receipts.items())
                    if identity == text.id
                ],
                "missing": [each.id for each in ledger.missing(text.id)],
            }
            for text in _by_time(ledger)
        ],
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
