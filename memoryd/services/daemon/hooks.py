"""Hooks of the client, answered while the daemon works."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from memoryd import private
from memoryd.adapters.daemon.status_file import as_json
from memoryd.adapters.history import History
from memoryd.adapters.history.records import SeenFile
from memoryd.adapters.hooks.listener import Listener
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.services.daemon.journal import Journal
from memoryd.services.daemon.known_stores import KnownStores
from memoryd.services.daemon.loss_watch import LossWatch
from memoryd.services.daemon.settings import Setting
from memoryd.services.hooks.clerk import Clerk
from memoryd.services.hooks.desk import Desk, DeskSetting
from memoryd.services.hooks.rehearsal import rehearse
from memoryd.services.hooks.turns import close_idle
from memoryd.services.hooks.writes import take_in

_SWITCH = 0.001  # seconds after which a busy worker lets the thread of the hooks run
_KNOWN_BY_NAME = ("agent-memory", "/memory/")


class Hooks:
    """The socket for hooks, and the list of stores that their script does not know by their paths.

    Args:
        listener: The socket.
        roots: Path of the list.
        waiting: Directory of the events that the socket did not get.
    """

    def __init__(self, listener: Listener, roots: Path, waiting: Path) -> None:
        self._listener = listener
        self._roots = roots
        self._waiting = waiting
        self._listed: tuple[str, ...] | None = None
        self._clerk: Clerk | None = None

    def serve(  # noqa: PLR0913, PLR0917  # parts of the daemon
        self,
        known: KnownStores,
        history: History,
        losses: LossWatch,
        journal: Journal,
        ring: Callable[[str], None],
        setting: Callable[[], Setting],
    ) -> None:
        """Answer from now on, in a thread of its own.

        Args:
            known: The known stores.
            history: Records what the client writes.
            losses: Knows of alarms.
            journal: Logs bugs.
            ring: Is called with the real path of each file that was written.
            setting: Returns the settings of the daemon.
        """

        def record(files: Iterable[SeenFile]) -> None:
            with suppress(OSError):  # what the daemon was too busy to hear of was earlier
                take_in(self._waiting, history)
            history.keep(files)

        sys.setswitchinterval(_SWITCH)

        def bug(error: Exception) -> None:
            journal.bug(error, store="")

        self._clerk = Clerk(history.path, self._waiting, bug)
        desk = Desk(
            DeskSetting(
                stores=lambda: known.stores,
                record=record,
                ring=ring,
                is_compacted=lambda store: setting().compacts(store),
                asks=lambda: setting().config.hooks.asks,
                alarms=lambda: losses.roots,
                close=self._clerk.close,
                bug=bug,
            )
        )
        rehearse()
        self._listener.serve(desk.answer)

    def tend(self, stores: Mapping[str, Store], history: History) -> None:
        """Take in what the socket did not get, and list the stores that the script does not know.

        Args:
            stores: The stores by their real paths.
            history: Records what the client writes.

        Raises:
            MemorydError: If that is impossible.
        """
        try:
            take_in(self._waiting, history)
            close_idle(history, time.time())
            self._list(stores)
        except OSError as error:
            raise MemorydError(f"hooks: {error.strerror}: {error.filename}") from error

    def _list(self, stores: Mapping[str, Store]) -> None:
        paths = {*stores, *(store.root for store in stores.values())}
        listed = tuple(sorted(path for path in paths if not _is_known_by_name(path)))
        if listed == self._listed:
            return
        lines = (os.fsencode(f"{as_json(path)}\n") for path in listed if "\n" not in path)
        private.replace_file(self._roots, b"".join(lines))
        self._listed = listed

    def close(self) -> None:
        """Stop answering."""
        self._listener.close()
        if self._clerk:
            self._clerk.stop()
        with suppress(OSError):
            self._roots.unlink(missing_ok=True)


def _is_known_by_name(path: str) -> bool:
    return any(part in f"{path}/" for part in _KNOWN_BY_NAME)
