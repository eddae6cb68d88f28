"""The ledger takes what a machine with the key wrote, and nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.forgetting.ledger import (
    ForgottenText,
    KnownMachine,
    Ledger,
    PurgeMark,
    Receipt,
    is_ledger_path,
    key_file,
    key_name,
    machine_file,
    read_ledger,
    receipt_file,
    rewriting_file,
    text_file,
)
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.forgetting.tombstone import tombstone_of

KEY, OTHER = bytes(range(32)), bytes(32)
ONE, TWO, TEXT = "1" * 16, "2" * 16, "a" * 16
TOMBSTONE = tombstone_of(Needle("the old office"), KEY)
assert TOMBSTONE is not None
FORGOTTEN = ForgottenText(TEXT, 5.0, ONE, TOMBSTONE)
LAPTOP = KnownMachine(ONE, "laptop", 1.0, has_key=True)
DESKTOP = KnownMachine(TWO, "desktop", 2.0, has_key=True)
COUNTS = {"files": 1, "versions": 2, "operations": 3}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def files(*receipts: str) -> dict[str, bytes]:
    answers = [receipt_file(Receipt(TEXT, machine, 6.0, COUNTS), KEY) for machine in receipts]
    machines = (machine_file(LAPTOP, KEY), machine_file(DESKTOP, KEY))
    return dict([key_file(KEY), *machines, text_file(FORGOTTEN, KEY), *answers])


def read(written: dict[str, bytes], key: bytes | None = KEY) -> Ledger:
    return read_ledger(written.items(), key)


def test_what_is_written_is_read() -> None:
    ledger = read(files(ONE))
    assert ledger == Ledger(
        {ONE: LAPTOP, TWO: DESKTOP}, {TEXT: FORGOTTEN}, {(TEXT, ONE): Receipt(TEXT, ONE, 6.0, COUNTS)}, None,
        key_name(KEY),
    )  # fmt: skip
    assert all(map(is_ledger_path, files(ONE)))
    assert ledger.missing(TEXT) == [DESKTOP]
    assert ledger.unanswered(TWO) == [FORGOTTEN]
    assert not ledger.is_due


def test_once_all_have_answered_the_repository_is_to_be_rewritten_once() -> None:
    assert read(files(ONE, TWO)).is_due
    path, content = machine_file(replace(DESKTOP, is_dropped=True), KEY)
    assert read(files(ONE) | {path: content}).is_due
    path, content = rewriting_file(PurgeMark(1, 7.0, frozenset({TEXT})), KEY)
    ledger = read(files(ONE, TWO) | {path: content})
    assert (ledger.is_due, ledger.open) == (False, [])


def test_without_the_key_machines_are_known_and_nothing_is_forgotten() -> None:
    ledger = read(files(ONE), None)
    assert (set(ledger.machines), ledger.texts, ledger.receipts) == ({ONE, TWO}, {}, {})
    assert ledger.key == key_name(KEY)


@pytest.mark.parametrize("path", [path for path in files(ONE) if path != "forgotten/key.json"])
def test_what_another_key_signed_or_a_stranger_moved_has_no_effect(path: str) -> None:
    good = files(ONE)
    moved = path.replace(ONE, TWO) if ONE in path else path.replace(TEXT, "b" * 16).replace(TWO, "3" * 16)
    ledger = read({moved: good[path]})
    assert (ledger.faults, ledger.texts, ledger.receipts, ledger.machines) == ([moved], {}, {}, {})
    ledger = read_ledger([(path, good[path])], OTHER)
    assert (ledger.faults, ledger.texts, ledger.receipts, ledger.machines) == ([path], {}, {}, {})


def test_a_machine_without_the_key_cannot_drop_another() -> None:
    path, content = machine_file(replace(DESKTOP, is_dropped=True), None)
    assert read(files(ONE) | {path: content}).machines == {ONE: LAPTOP}
    path, content = machine_file(replace(DESKTOP, has_key=False), None)
    assert read({path: content}).machines[TWO].has_key is False


@given(st.sampled_from(sorted(files(ONE))), st.data())
def test_nothing_in_a_file_ends_in_an_error(path: str, data: st.DataObject) -> None:
    value: Any = json.loads(files(ONE)[path])
    if data.draw(st.booleans()):
        value[data.draw(st.sampled_from(sorted(value)))] = data.draw(JSON)
    else:
        value = data.draw(JSON)
    raw = json.dumps(value).encode() if data.draw(st.booleans()) else data.draw(st.binary(max_size=40))
    for key in (KEY, None):
        ledger = read({path: raw}, key)
        assert len(ledger.machines) + len(ledger.texts) + len(ledger.receipts) + len(ledger.faults) <= 1


def test_deep_nesting_is_a_fault() -> None:
    assert read({"forgotten/key.json": b"[" * 4000}).faults == ["forgotten/key.json"]


@pytest.mark.parametrize(
    "path", ["forgotten/x/tombstone.json", "machines/../x.json", "projects/a/memory/b.md", "x"]
)
def test_other_paths_are_not_read(path: str) -> None:
    assert not is_ledger_path(path)
