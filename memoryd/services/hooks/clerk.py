"""The thread that records turns of sessions."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from memoryd.adapters.history import History
from memoryd.domain.hooks.event import HookEvent
from memoryd.errors import MemorydError
from memoryd.services.hooks.turns import close_session, close_turn
from memoryd.services.hooks.writes import take_in

_PATIENCE = 0.04  # seconds that an answer waits for the number of an operation
_FAREWELL = 2.0  # seconds to record what is left at the end

_Numbers = tuple[int, ...]


class Clerk:
    """Records operations in a thread and on a connection of its own: a busy history delays no answer.

    Args:
        history: Path of the history.
        waiting: Directory of the events that the daemon was not told of.
        bug: Reports an unexpected error.
    """

    def __init__(self, history: Path, waiting: Path, bug: Callable[[Exception], None]) -> None:
        self._path = history
        self._waiting = waiting
        self._bug = bug
        self._jobs: queue.SimpleQueue[tuple[HookEvent, queue.SimpleQueue[_Numbers]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)
        self._thread.start()

    def close(self, event: HookEvent) -> _Numbers:
        """Make the writes of a session, which stopped or ended, one operation.

        Returns:
            Its number, if that is known in time; none for a session that ended, which is not told.
        """
        answer: queue.SimpleQueue[_Numbers] = queue.SimpleQueue()
        self._jobs.put((event, answer))
        if event.name != "SessionEnd":
            with suppress(queue.Empty):
                return answer.get(timeout=_PATIENCE)
        return ()

    def stop(self) -> None:
        """Record what was asked for, and end the thread."""
        self._jobs.put(None)
        self._thread.join(_FAREWELL)

    def _run(self) -> None:
        history: History | None = None
        while job := self._jobs.get():
            event, answer = job
            try:
                history = history or History(self._path, "daemon")
                answer.put(self._record(event, history))
                history.tidy()
            except (MemorydError, OSError):  # it is tried again when the session has been idle for a while
                continue
            except Exception as error:  # noqa: BLE001  # the next session may do
                self._bug(error)
        if history:
            history.close()

    def _record(self, event: HookEvent, history: History) -> _Numbers:
        with suppress(OSError):  # they wait for the next time
            take_in(self._waiting, history)
        if event.name == "SessionEnd":
            close_session(history, event.thread)
            return ()
        return close_turn(history, event.thread)
