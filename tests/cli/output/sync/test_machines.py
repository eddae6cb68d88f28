"""Machines, and which of them have forgotten a text."""

from datetime import UTC, datetime

import pytest

from memoryd.cli.output.sync.machines import forgotten_json, show_forgotten, show_machines
from memoryd.domain.forgetting.ledger import ForgottenText, KnownMachine, Ledger, PurgeMark, Receipt
from memoryd.domain.forgetting.tombstone import Tombstone

ONE, TWO, THREE, TEXT, OLD = "1" * 16, "2" * 16, "3" * 16, "a" * 16, "b" * 16
NOW = datetime.fromtimestamp(10_000, UTC)
TOMBSTONE = Tombstone((), is_whole=False)
COUNTS = {"files": 1, "versions": 2, "operations": 0}


@pytest.fixture
def ledger() -> Ledger:
    machines = {
        ONE: KnownMachine(ONE, "laptop", 400.0, has_key=True),
        TWO: KnownMachine(TWO, "desk\x1btop", 20_000.0, has_key=False),
        THREE: KnownMachine(THREE, "old", 400.0, has_key=False, is_dropped=True),
    }
    texts = {each: ForgottenText(each, 2800.0, ONE, TOMBSTONE) for each in (TEXT, OLD)}
    receipts = {
        (text, machine): Receipt(text, machine, 2800.0, COUNTS)
        for text, machine in ((TEXT, ONE), (OLD, ONE), (OLD, TWO), (OLD, THREE))
    }
    return Ledger(machines, texts, receipts, PurgeMark(1, 2900.0, frozenset({OLD})))


def test_who_has_answered_and_who_not(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    show_forgotten(ledger, NOW)
    told = capsys.readouterr().out
    assert "\x1b" not in told
    first, second, third = told.splitlines()[:3]
    assert first == f"text {TEXT}, forgotten on laptop 2 h ago: waiting"
    assert second == "  laptop  answered 2 h ago: 1 file, 2 versions, 0 operations"
    assert third.endswith("has not answered since 2 h ago (it has no key: memoryd sync key)")
    assert f"text {OLD}, forgotten on laptop 2 h ago: forgotten everywhere" in told
    show_forgotten(Ledger(), NOW)
    assert capsys.readouterr().out == "no text was forgotten on several machines\n"


def test_machines_are_named_without_those_that_were_dropped(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    show_machines(ledger, TWO, NOW)
    told = capsys.readouterr()
    assert [line.split()[0] for line in told.out.splitlines()[1:]][1:] == ["laptop"] or "old" not in told.out
    assert "this machine" in told.out
    assert "1 text to forget at the next exchange" in told.err


def test_the_same_as_json(ledger: Ledger) -> None:
    value = forgotten_json(ledger)
    assert value["texts"][0] == {  # type: ignore[index]  # a list of objects
        "id": TEXT, "time": "1970-01-01T00:46:40+00:00", "machine": ONE, "done": False,
        "answered": [{"machine": ONE, "time": "1970-01-01T00:46:40+00:00", **COUNTS}], "missing": [TWO],
    }  # fmt: skip
