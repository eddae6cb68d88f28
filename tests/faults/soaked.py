"""What must hold after a soak: no line is lost, history and index are as the disk, nothing is left over."""

import hashlib
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from faults.agents import MARK, Act, acts, facts_in

from memoryd.adapters.history import History

_ROWS = """
SELECT root, path, type, digest, size, mtime_ns, title, recorded, front_matter_json, links_json,
    blocks_packed, fulltext.name, fulltext.description, headings, body, fulltext.lines
FROM stores JOIN documents ON store = stores.id LEFT JOIN signatures ON document = documents.id
LEFT JOIN fulltext ON fulltext.rowid = documents.id
"""
_AWAY = "No such file"  # of a store that an agent has just moved away
Look = tuple[float, float]
"""From when to when a command ran that records what it sees, on the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the lines of agents are.

    Attributes:
        written: All of them.
        hidden: Those in history only: an agent overwrote them, or `undo` did.
        overwritten: Those that are nowhere, since an agent took them away before memoryd looked.
        unseen: For how many seconds at most one of these had stood there.
        lost: Those that are nowhere and that memoryd had to keep.
    """

    written: int
    hidden: int
    overwritten: int
    unseen: float
    lost: tuple[str, ...]


def lines_of(
    home: Path, ledgers: Path, history: History | None, looks: Sequence[Look], shared: Container[str]
) -> Lines:
    """Look for every line that agents have written.

    Args:
        home: Below which all stores lie.
        ledgers: What agents told.
        history: Where else lines may be; None for a writer that keeps none.
        looks: When commands looked.
        shared: Names of stores whose agents take lines away themselves. Elsewhere there is no excuse.
    """
    told = list(acts(ledgers))
    written = {line: act for act in told for line in act.written}
    gone: dict[str, float] = {}
    for act in told:
        for line in act.dropped:
            gone[line] = min(act.begun, gone.get(line, act.begun))
    visible = {line for path in home.rglob("*") if path.is_file() for line in facts_in(path.read_bytes())}
    hidden = written.keys() - visible
    nowhere = hidden - _recorded(history) if history else hidden
    unseen = {
        line: gone[line] - written[line].done
        for line in nowhere & gone.keys()
        if written[line].name in shared and not _is_owed(written[line], gone[line], told, looks)
    }
    lost = tuple(sorted(nowhere - unseen.keys()))
    longest = max([0.0, *unseen.values()])
    return Lines(len(written), len(hidden - nowhere), len(unseen), longest, lost)


def _recorded(history: History) -> set[str]:
    digests = {version.digest for root in history.roots() for version in history.record(root)}
    return {line for digest in digests if digest for line in facts_in(history.content(digest) or b"")}


def _is_owed(act: Act, gone: float, told: Sequence[Act], looks: Sequence[Look]) -> bool:
    """Whether memoryd looked while what an agent wrote stood there: before another one took it away.

    A look counts where no file of that store was half written, or on its way, from its beginning to its end.
    """
    torn = [(each.begun, each.done) for each in told if each.name == act.name and each.torn]
    return any(
        act.done < begun and done < gone and not any(start < done and begun < end for start, end in torn)
        for begun, done in looks
    )


def files_of(base: Path) -> dict[str, bytes]:
    """Every memory file in the stores below a directory, by absolute path."""
    found = {}
    for directory, names, files in os.walk(base):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            if name.endswith(".md") and not name.startswith("."):
                path = Path(directory, name)
                found[str(path)] = path.read_bytes()
    return found


def unsettled(base: Path, history: History, index: Path) -> list[str]:
    """What shows that memoryd has not done yet what it has to do, or will never do it."""
    files = files_of(base)
    faults = [f"left over: {path}" for path in base.rglob(".memoryd.*")]
    faults += [f"operation {each.id} is not finished" for each in history.unfinished()]
    present = {path for root in history.roots() for path in history.present(root)}
    faults += [f"the history does not know that {path} is gone" for path in sorted(present - files.keys())]
    faults += [
        f"the history has another version of {path}"
        for path, content in files.items()
        if path not in present or history.last(path) != content
    ]
    indexed = {f"{root}/{path}": digest for root, path, _, digest, *_ in rows(index)}
    faults += [f"{path} is indexed and gone" for path in sorted(indexed.keys() - files.keys())]
    faults += [
        f"{path} is not indexed as it is"
        for path, content in files.items()
        if indexed.get(path) != hashlib.blake2b(content, digest_size=16).digest()
    ]
    return faults


def rows(index: Path) -> set[tuple[object, ...]]:
    """All that an index holds of documents, whatever their numbers are."""
    with closing(sqlite3.connect(index, timeout=20)) as database:
        found = database.execute(_ROWS).fetchall()
        orphans = "SELECT count(*) FROM fulltext WHERE rowid NOT IN (SELECT id FROM documents)"
        assert database.execute(orphans).fetchone() == (0,)
    return {(os.fsdecode(root), os.fsdecode(path), *rest) for root, path, *rest in found}


def events(logs: Path) -> Iterator[dict[str, object]]:
    """What all daemons logged."""
    for log in sorted(logs.iterdir()):
        for line in log.read_text().splitlines():
            if line.startswith("{") and line.endswith("}"):  # else cut by a kill, or a word to a person
                yield json.loads(line)


def logged(logs: Path) -> tuple[Mapping[str, int], list[str]]:
    """How often each event was logged; and what must never stand in a log."""
    counts = Counter(str(event["event"]) for event in events(logs))
    faults = []
    for log in sorted(logs.iterdir()):
        text = log.read_text()
        faults += [f"{log.name} holds {what}" for what in (MARK, "Traceback", "bug") if what in text]
    for event in events(logs):
        if event["level"] == "error" and _AWAY not in str(event.get("reason")):
            faults.append(str(event))
    return counts, faults
