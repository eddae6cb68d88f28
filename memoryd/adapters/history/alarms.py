"""Alarms about losses: recorded, read and closed."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager

from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.schema import seconds_of, text_of
from memoryd.values import dataclass

_VERSIONS = ("had", "dropped", "base", "until")  # columns of losses
OPEN, RESTORED, DISMISSED = "open", "restored", "dismissed"


@dataclass(frozen=True, slots=True)
class LossRecord:
    """The versions that prove the loss in one file, by their ids.

    Attributes:
        had: The version with the lost lines.
        dropped: The version without them.
        base: The version that the writer had read; None if it does not matter.
        cut: Offset in bytes of the part of `base` that its reader was not shown; None if it does not matter.
        until: The last version that was searched for lines that came back; 0 for none.
        back: Which lines of `had` came back by then, as numbers from 0.
    """

    had: int
    dropped: int
    base: int | None = None
    cut: int | None = None
    until: int = 0
    back: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """A recorded alarm.

    Attributes:
        id: Counts from 1.
        time: When the loss was seen, in seconds since the epoch.
        root: Absolute path of the store.
        sign: What showed the loss.
        losses: One for each file.
    """

    id: int
    time: float
    root: str
    sign: str
    losses: tuple[LossRecord, ...]


NewAlarm = tuple[str, float, tuple[LossRecord, ...]]
"""Sign, time and losses of an alarm to record."""
ExaminedStore = tuple[str, int, Sequence[NewAlarm]]
"""Root of a store, id of the last version that was examined, and what was found."""


@dataclass(frozen=True, slots=True)
class AlarmBook:
    """The alarms about losses in a history.

    Attributes:
        connection: The history.
        writing: Begins a transaction.
    """

    connection: Connection
    writing: Callable[[], AbstractContextManager[None]]

    def version(self) -> tuple[object, int, int]:
        """Return what changes whenever anybody writes into the history."""
        ((by_others,),) = self.connection.rows("PRAGMA data_version")
        return self.connection, by_others, self.connection.raw.total_changes

    def unexamined(self, since: float, only: str | None = None) -> dict[str, int]:
        """Return the stores with versions since a time that were not examined for losses.

        Args:
            since: Seconds since the epoch: older versions are not examined.
            only: The only store to look for; None for all, which reads a row for each version.

        Returns:
            The id of the last version that was examined, by root.
        """
        rows = self.connection.rows(
            "SELECT root, done FROM (SELECT root, max(id) AS newest, "  # noqa: S608  # constants
            "ifnull((SELECT version FROM examined WHERE examined.root = versions.root), 0) AS done "
            f"FROM versions WHERE {'root IS NOT NULL' if only is None else 'root = ?'} GROUP BY root) "
            "WHERE newest > done AND (SELECT time FROM versions WHERE id = newest) >= ?",
            *([] if only is None else [only]),
            text_of(since),
        )
        return dict(rows)

    def record(self, examined: Iterable[ExaminedStore]) -> None:
        """Record which stores were examined, and their alarms, each version once for each sign.

        An alarm with a known loss adds its losses to the known alarm.
        """
        with self.writing():
            for root, until, found in examined:
                for alarm in found:
                    self._record(root, alarm)
                self.connection.rows(
                    "INSERT INTO examined (root, version) VALUES (?, ?) "
                    "ON CONFLICT (root) DO UPDATE SET version = max(version, excluded.version)",
                    *(root, until),
                )

    def _record(self, root: str, found: NewAlarm) -> None:
        sign, time, losses = found
        query = "SELECT dropped, alarm FROM losses JOIN alarms ON id = alarm WHERE root = ? AND sign = ?"
        known: dict[int, int] = dict(self.connection.rows(query, root, sign))
        new = [loss for loss in losses if loss.dropped not in known]
        if not new:
            return
        alarm = next((known[loss.dropped] for loss in losses if loss.dropped in known), None)
        if alarm is None:
            values = {"time": text_of(time), "root": root, "sign": sign, "state": OPEN}
            alarm = self.connection.insert("alarms", **values)
        for loss in new:
            versions = {"had": loss.had, "dropped": loss.dropped, "base": loss.base}
            self.connection.insert("losses", alarm=alarm, **versions, cut=loss.cut)

    def open(self, root: str | None = None) -> tuple[AlarmRecord, ...]:
        """Return the alarms of a store, or of all stores, that are neither restored nor dismissed."""
        rows = self.connection.rows(
            "SELECT id, time, root, sign FROM alarms WHERE state = ? AND root = ifnull(?, root) ORDER BY id",
            *(OPEN, root),
        )
        found = []
        for identity, seen, place, sign in rows:
            losses = self.connection.rows(
                "SELECT had, dropped, base, cut, until, back FROM losses WHERE alarm = ? ORDER BY dropped",
                identity,
            )
            known = tuple(
                LossRecord(had, dropped, base, cut, until, frozenset(json.loads(back)))
                for had, dropped, base, cut, until, back in losses
            )
            found.append(AlarmRecord(identity, seconds_of(seen), place, sign, known))
        return tuple(found)

    def note_returned(self, identity: int, losses: Iterable[LossRecord]) -> None:
        """Record what is known of the lines that came back, of losses of an alarm."""
        with self.writing():
            for loss in losses:
                self.connection.rows(
                    "UPDATE losses SET until = ?, back = ? WHERE alarm = ? AND dropped = ?",
                    *(loss.until, json.dumps(sorted(loss.back)), identity, loss.dropped),
                )

    def close(self, identity: int, state: str) -> None:
        """Record that an alarm was `restored` or `dismissed`."""
        with self.writing():
            self.connection.rows(
                "UPDATE alarms SET state = ? WHERE id = ? AND state = ?", state, identity, OPEN
            )

    def paths_with(self, digests: Collection[str]) -> dict[str, set[str]]:
        """Return the paths of all stores that had contents when last seen, by SHA-256."""
        query = (
            "SELECT hash, path FROM versions AS seen WHERE hash IN (SELECT value FROM json_each(?)) "
            "AND id = (SELECT max(id) FROM versions WHERE path = seen.path)"
        )
        found: dict[str, set[str]] = {}
        for digest, path in self.connection.rows(query, json.dumps(sorted(digests))):
            found.setdefault(digest, set()).add(path)
        return found


def versions_of_alarms(connection: Connection, root: str) -> set[int]:
    """Return the ids of the versions that the open alarms of a store need."""
    query = "SELECT had, dropped, base FROM losses JOIN alarms ON id = alarm WHERE root = ? AND state = ?"
    return {each for row in connection.rows(query, root, OPEN) for each in row if each is not None}


def renumber_alarms(raw: sqlite3.Connection, number: str) -> None:
    """Follow versions that got other ids, within the current transaction.

    Args:
        raw: The database.
        number: A query for the new id of a version; `{}` stands for the old one.
    """
    raw.execute("CREATE TEMP TABLE moved AS SELECT * FROM losses")
    raw.execute("DELETE FROM losses")
    had, dropped, base, until = (f"ifnull(({number.format(each)}), {each})" for each in _VERSIONS)
    raw.execute(
        "INSERT INTO losses (alarm, had, dropped, base, cut, until, back) "  # noqa: S608  # constants
        f"SELECT alarm, {had}, {dropped}, {base}, cut, {until}, back FROM temp.moved"
    )
    raw.execute("DROP TABLE temp.moved")
    done = f"ifnull(({number.format('version')}), version)"
    raw.execute(f"UPDATE examined SET version = {done}")  # noqa: S608  # constants
