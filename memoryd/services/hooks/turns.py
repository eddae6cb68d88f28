"""Turns of sessions of the client, recorded as operations."""

from collections.abc import Iterable

from memoryd.adapters.history import History
from memoryd.adapters.history.client_sessions import ClientWrite, SessionChange
from memoryd.domain.edits.merge3 import merge
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import shorten
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_TURN, _SESSION = "write", "session"  # causes
_IDLE = 600.0  # seconds after the last write of a session that did not say when it stopped
_LONGEST = 60  # characters of the name of an agent


def how_to_undo(operations: Iterable[int]) -> str:
    """Return how a person finds what operations changed, or undoes them."""
    found = [f"memoryd undo {each}" for each in operations]
    return f"undo: {', then '.join(reversed(found))}" if found else "memoryd log"


def close_turn(history: History, session: str) -> tuple[int, ...]:
    """Make the writes of a session since it stopped last one operation; return its id, none without a change.

    Where another writer changed the lines of an earlier write before a later one, they are two operations:
    no undo could take back both at once.

    Args:
        history: Has the writes.
        session: As `HookEvent.thread` names it.

    Raises:
        MemorydError: If that cannot be recorded.
    """
    sessions = history.sessions
    with sessions.writing():
        writes = [write for write in sessions.writes(session) if write.operation is None]
        title = _title(session, writes)
        found = []
        for spans in _rounds(history, writes):
            own = [write for span in spans for write in span.writes]
            if changes := [span.change for span in spans if span.is_change]:
                found.append(sessions.record(_TURN, title, changes, own))
            else:
                sessions.leave(own)
        return tuple(found)


def close_session(history: History, session: str) -> None:
    """Close the last turns of a session that ends, and those of its subagents.

    The writes of several turns become one operation more, by which all of them can be undone.

    Args:
        history: Has the writes.
        session: As `HookEvent.thread` names it, without a subagent.

    Raises:
        MemorydError: If that cannot be recorded.
    """
    with history.sessions.writing():  # what was reported last is recorded
        threads = history.sessions.within(session)
    for each in threads:
        close_turn(history, each)
        _join_turns(history, each)


def close_idle(history: History, now: float) -> None:
    """Close the turns of sessions that have not written for a while, and may have been killed.

    Args:
        history: Has the writes.
        now: Seconds since the epoch.

    Raises:
        MemorydError: If that cannot be recorded.
    """
    for session in history.sessions.idle(now - _IDLE):
        close_turn(history, session)


def _join_turns(history: History, session: str) -> None:
    """Make the turns of a session one operation, if there are several, and none has them already."""
    sessions = history.sessions
    with sessions.writing():
        writes = sessions.writes(session)
        title = f"all turns of {_title(session, writes)}"
        turns = {write.operation or 0 for write in writes}
        if len(turns) > 1 and sessions.last(_SESSION, title) < max(turns):
            for spans in _rounds(history, writes):
                if changes := [span.change for span in spans if span.is_change]:
                    sessions.record(_SESSION, title, changes)


def _title(session: str, writes: Iterable[ClientWrite]) -> str:
    agent = next((shorten(visible_line(each.agent), _LONGEST) for each in writes if each.agent), "")
    short = "".join(char for char in session.partition("/")[0] if char.isalnum())[:8]
    return f"{agent} in session {short}" if agent else f"session {short}"


@dataclass(slots=True)
class _Span:
    """Writes of one file that can be undone at once.

    Attributes:
        writes: The writes, in their order.
        merged: The content before them, if others wrote in between: what only those wrote.
    """

    writes: list[ClientWrite]
    merged: bytes | None = None

    @property
    def change(self) -> SessionChange:
        first, last = self.writes[0], self.writes[-1]
        return SessionChange(last.root, last.path, first.before, last.after, self.merged)

    @property
    def is_change(self) -> bool:
        return self.merged is not None or self.writes[0].before != self.writes[-1].after

    def take(self, write: ClientWrite, history: History) -> bool:
        """Add a later write, and return whether it can be undone together with the others."""
        last = self.writes[-1]
        if write.before != last.after:
            try:
                mine, before, others = (
                    history.content(digest) or b""
                    for digest in (last.after, self.writes[0].before, write.before)
                )
            except MemorydError:  # one is damaged
                return False
            merged = merge(mine, before if self.merged is None else self.merged, others)
            if merged.conflicts:
                return False
            self.merged = merged.content
        self.writes.append(write)
        return True


def _rounds(history: History, writes: Iterable[ClientWrite]) -> list[list[_Span]]:
    """Return the spans of each file by their turn: all first ones, all second ones, and so on."""
    by_path: dict[str, list[_Span]] = {}
    for write in writes:
        spans = by_path.setdefault(write.path, [])
        if not spans or not spans[-1].take(write, history):
            spans.append(_Span([write]))
    most = max(map(len, by_path.values()), default=0)
    return [[spans[at] for spans in by_path.values() if at < len(spans)] for at in range(most)]
