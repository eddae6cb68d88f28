"""Machines, forgotten texts and receipts, as they travel between machines."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from memoryd.domain.forgetting.tombstone import MOST_CHARACTERS, HashedForm, Tombstone
from memoryd.values import dataclass, regex

MOST_BYTES = 16 * 1024
"""Size of the largest file that is read: a mark of 800 texts."""
MOST_FILES = 10_000
"""Number of files that are read."""
MOST_NAME = 100
"""Characters of a machine's name."""

_MOST_NUMBER = 250_000_000_000  # seconds since the epoch: the end of all calendars of Python
_KEY, _REWRITTEN = "forgotten/key.json", "forgotten/rewritten.json"
_MACHINE = regex(r"machines/([0-9a-f]{16})\.json")
_TOMBSTONE = regex(r"forgotten/([0-9a-f]{16})/tombstone\.json")
_RECEIPT = regex(r"forgotten/([0-9a-f]{16})/([0-9a-f]{16})\.json")
_NAMES = frozenset({"written", "joined", "read"})
_COUNTS = ("files", "versions", "operations")
_HEX = regex(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class KnownMachine:
    """A machine that exchanges memory.

    Attributes:
        id: Chosen at random, 16 hexadecimal digits.
        name: Its name for people.
        since: When it came, in seconds since the epoch.
        has_key: It can recognize forgotten texts.
        is_dropped: It will not come back; nothing waits for it.
    """

    id: str
    name: str
    since: float
    has_key: bool
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class ForgottenText:
    """A text that was forgotten on one machine: its id, when and where, and how to recognize it."""

    id: str
    time: float
    machine: str
    tombstone: Tombstone


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer of a machine: what it removed, and when.

    Attributes:
        text: Id of the text.
        machine: Id of the machine.
        time: Seconds since the epoch.
        counts: How many `files`, `versions` and `operations` contained it there.
    """

    text: str
    machine: str
    time: float
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PurgeMark:
    """Mark of a rewritten repository: how often it was, when, and which texts it lacks now."""

    count: int
    time: float
    texts: frozenset[str]


@dataclass(slots=True)
class Ledger:
    """All that the repository says about machines and forgotten texts.

    Attributes:
        machines: By id, those that were dropped included.
        texts: Forgotten texts by id, with a signature of the own key.
        receipts: By the ids of text and machine.
        rewriting: The last one, or None.
        key: The name of the key that machines share, or "".
        faults: Paths that cannot be understood, or have no signature of the own key.
    """

    machines: dict[str, KnownMachine] = field(default_factory=dict)
    texts: dict[str, ForgottenText] = field(default_factory=dict)
    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)
    rewriting: PurgeMark | None = None
    key: str = ""
    faults: list[str] = field(default_factory=list)

    def missing(self, text: str) -> list[KnownMachine]:
        """Return the machines that have not answered for a text, by name."""
        found = (each for each in self.machines.values() if not each.is_dropped)
        return sorted(
            (each for each in found if (text, each.id) not in self.receipts),
            key=lambda each: (each.name, each.id),
        )

    def unanswered(self, machine: str) -> list[ForgottenText]:
        """Return the texts for which a machine has not answered, the oldest first."""
        found = (each for each in self.texts.values() if (each.id, machine) not in self.receipts)
        return sorted(found, key=lambda each: (each.time, each.id))

    @property
    def open(self) -> list[ForgottenText]:
        """The texts that the history of the repository may still contain."""
        done = self.rewriting.texts if self.rewriting else frozenset()
        return [each for each in self.texts.values() if each.id not in done]

    @property
    def is_due(self) -> bool:
        """True if every machine has answered for a text, so that the repository is to be rewritten."""
        return any(not self.missing(each.id) for each in self.open)


def key_name(key: bytes) -> str:
    """Return a name of a key, which does not tell the key."""
    return blake2b(b"name", key=key, digest_size=8, person=b"memoryd name").hexdigest()


def is_ledger_path(path: str) -> bool:
    """Return whether a path in the repository belongs to the ledger."""
    patterns = (_MACHINE, _TOMBSTONE, _RECEIPT)
    return path in {_KEY, _REWRITTEN} or any(pattern.fullmatch(path) for pattern in patterns)


def read_ledger(files: Iterable[tuple[str, bytes]], key: bytes | None) -> Ledger:
    """Return what files of the repository say; what others wrote into them has no effect.

    Args:
        files: Paths and contents; anyone who can write to the repository can have written them.
        key: The own key, or None.
    """
    ledger = Ledger()
    for path, raw in sorted(files):
        try:
            if not _take(ledger, path, json.loads(raw.decode()), key):
                ledger.faults.append(path)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            ledger.faults.append(path)
    return ledger


def _take(ledger: Ledger, path: str, value: dict[str, Any], key: bytes | None) -> bool:
    """Add the value of one file; return False if it is not one that the own key has signed."""
    if path == _KEY:
        ledger.key = _text(value["key"], 16)
        return True
    if found := _MACHINE.fullmatch(path):
        is_ours = _is_signed(path, value, key)
        dropped = value["dropped"] is True
        if key is not None and not is_ours and (dropped or value["key"] is True):
            return False
        name = _text(value["name"], MOST_NAME)
        has_key = value["key"] is True and (key is None or is_ours)
        ledger.machines[found[1]] = KnownMachine(found[1], name, _number(value["since"]), has_key, dropped)
        return True
    if not _is_signed(path, value, key):
        return key is None  # it cannot be judged
    if path == _REWRITTEN:
        texts = frozenset(_text(each, 16) for each in value["texts"])
        ledger.rewriting = PurgeMark(int(_number(value["count"])), _number(value["time"]), texts)
    elif found := _TOMBSTONE.fullmatch(path):
        ledger.texts[found[1]] = _forgotten_text(found[1], value)
    elif found := _RECEIPT.fullmatch(path):
        counts = {name: int(_number(value[name])) for name in _COUNTS}
        ledger.receipts[found[1], found[2]] = Receipt(found[1], found[2], _number(value["time"]), counts)
    return True


def _forgotten_text(identity: str, value: dict[str, Any]) -> ForgottenText:
    forms = []
    for name, length, start, digest in value["forms"]:
        is_sound = name in _NAMES and 0 < int(_number(length)) <= MOST_CHARACTERS and _HEX.fullmatch(digest)
        if not is_sound or not 0 <= int(_number(start)) <= 255:  # noqa: PLR2004  # a byte
            raise ValueError
        forms.append(HashedForm(name, int(length), int(start), digest))
    if not 0 < len(forms) <= len(_NAMES):
        raise ValueError
    tombstone = Tombstone(tuple(forms), value["whole"] is True)
    return ForgottenText(identity, _number(value["time"]), _text(value["machine"], 16), tombstone)


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST_NUMBER:
        raise ValueError
    return value


def key_file(key: bytes) -> tuple[str, bytes]:
    """Return path and content of the file that names the key."""
    return _KEY, _encoded({"key": key_name(key)})


def machine_file(machine: KnownMachine, key: bytes | None) -> tuple[str, bytes]:
    """Return path and content of the file about a machine."""
    value = {"name": machine.name[:MOST_NAME], "since": machine.since, "key": machine.has_key}
    return _signed(f"machines/{machine.id}.json", value | {"dropped": machine.is_dropped}, key)


def text_file(text: ForgottenText, key: bytes) -> tuple[str, bytes]:
    """Return path and content of the file by which other machines recognize a text."""
    forms = [[each.name, each.length, each.start, each.digest] for each in text.tombstone.forms]
    value = {
        "time": text.time,
        "machine": text.machine,
        "forms": forms,
        "whole": text.tombstone.is_whole,
    }
    return _signed(f"forgotten/{text.id}/tombstone.json", value, key)


def receipt_file(receipt: Receipt, key: bytes) -> tuple[str, bytes]:
    """Return path and content of the file with the answer of a machine."""
    value = {"time": receipt.time} | {name: receipt.counts.get(name, 0) for name in _COUNTS}
    return _signed(f"forgotten/{receipt.text}/{receipt.machine}.json", value, key)


def rewriting_file(rewriting: PurgeMark, key: bytes) -> tuple[str, bytes]:
    """Return path and content of the file by which other machines know that memoryd rewrote the history."""
    value = {"count": rewriting.count, "time": rewriting.time, "texts": sorted(rewriting.texts)}
    return _signed(_REWRITTEN, value, key)


def _signed(path: str, value: dict[str, Any], key: bytes | None) -> tuple[str, bytes]:
    return path, _encoded(value | ({"signature": _signature(path, value, key)} if key else {}))


def _is_signed(path: str, value: dict[str, Any], key: bytes | None) -> bool:
    """Return whether a value was signed with a key, for this path."""
    rest = {name: each for name, each in value.items() if name != "signature"}
    given = value.get("signature")
    if key is None or not isinstance(given, str):
        return False
    return compare_digest(_signature(path, rest, key).encode(), given.encode(errors="replace"))


def _signature(path: str, value: dict[str, Any], key: bytes) -> str:
    raw = f"{path}\n".encode() + _encoded(value)
    return blake2b(raw, key=key, digest_size=16, person=b"memoryd sign").hexdigest()


def _encoded(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
