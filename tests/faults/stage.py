"""Where a soak takes place: a home of its own, and what is started in it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Self

from faults import soaked
from faults.agents import MARK, Orders
from support import REPOSITORY, measured_too

from memoryd.adapters.history import History

NAIVE = """
import os, sys, time
from pathlib import Path
while True:
    for index in Path(sys.argv[1]).glob("*/MEMORY.md"):
        content = index.read_bytes()
        lines = content.splitlines(keepends=True)
        if len(lines) > 200:
            with (index.parent / "archive.md").open("ab") as file:
                file.writelines(lines[2:-190])
            draft = index.with_name("draft")
            draft.write_bytes(b"".join([*lines[:2], *lines[-190:]]))
            if index.read_bytes() == content:
                os.replace(draft, index)
    time.sleep(0.01)
"""


class Stage:
    """A directory with the stores of one user, with memoryd's files and logs.

    Attributes:
        home: The home directory.
        base: The directory of the stores.
        index: The index database.
        logs: What each daemon logged, in order of their starts.
        ledgers: What each agent told.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._processes: list[subprocess.Popen[bytes]] = []
        self.home = place / "home"
        self.base = self.home / ".claude" / "agent-memory"
        self.index = place / "cache" / "index.db"
        self.logs = place / "logs"
        self.ledgers = place / "ledgers"
        for directory in (self.base, self.logs, self.ledgers, place / "run", place / "work"):
            directory.mkdir(parents=True)
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("MEMORYD_", "XDG_"))
        }
        self._environment = kept | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(place / "run"),
            "MEMORYD_STATE_DIR": str(place / "state"),
            "MEMORYD_CACHE_DIR": str(self.index.parent),
            "MEMORYD_SETTLE": "1s",
            "MEMORYD_RESCAN": "5s",
            "MEMORYD_ENFORCE": "compact",
            "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}",
        }
        self._environment |= measured_too(self.index.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing running that was started here."""
        for process in self._processes:
            process.kill()
            process.wait()

    def bugs(self) -> list[str]:
        """Tracebacks, wherever they were written, and memory text where there must be none."""
        faults = ["there is a bug.log"] * (self._place / "state" / "bug.log").exists()
        faults += ["there is a traceback in “said”"] * ("Traceback" in (self._place / "said").read_text())
        beside = [path for path in (self._place / "run").rglob("*") if path.is_file()]
        return faults + [f"memory text in {path}" for path in beside if MARK in path.read_text()]

    def history(self) -> History:
        """The history, opened."""
        return History(self._place / "state" / "history.db")

    def agent(self, orders: Orders) -> subprocess.Popen[bytes]:
        return self._start("-m", "faults.agents", json.dumps(asdict(orders)))

    def memoryd(self, *arguments: str, log: Path | None = None) -> subprocess.Popen[bytes]:
        """The program; what it says goes to a log, or with all else to `said`."""
        return self._start("-m", "memoryd", *arguments, log=log)

    def naive(self) -> subprocess.Popen[bytes]:
        """A writer that reads, compares and renames, in the place of memoryd."""
        return self._start("-c", NAIVE, str(self.base))

    def _start(self, *command: str, log: Path | None = None) -> subprocess.Popen[bytes]:
        with (log or self._place / "said").open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=self._place / "work",
                env=self._environment,
                stdout=out,
                stderr=out,
            )
        self._processes = [each for each in self._processes if each.poll() is None] + [process]
        return process

    def unsettled(self) -> list[str]:
        """What memoryd has not done yet, or will never do."""
        with self.history() as history:
            return soaked.unsettled(self.base, history, self.index)

    def catch_up(self) -> None:
        """Let a command read what the daemon could not any more, as its last rewrite before it was ended."""
        self.memoryd("search", MARK, "--user").wait()

    def rebuilt(self) -> list[str]:
        """In what the index differs from one that is made anew."""
        known = soaked.rows(self.index)
        self.index.rename(self.index.with_name("soaked.db"))
        for companion in self.index.parent.glob(f"{self.index.name}-*"):
            companion.unlink()
        self.catch_up()
        differing = sorted(known ^ soaked.rows(self.index), key=repr)
        return [f"the index differs from a new one: {row[:2]}" for row in differing]


@contextmanager
def halted(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let a child that has not been waited for stand still."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
