"""Operations in children that are killed, stopped or disturbed at a chosen system call."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest
from faults import acting
from support import REPOSITORY, STRACE, python, strace_works, tree, unmeasured, wait_for, write_tree

from memoryd.adapters.edits import leftovers
from memoryd.adapters.history import History
from memoryd.services.edits import recover

needs_strace = pytest.mark.skipif(not strace_works(), reason="no strace that may trace here")
SOME_OR_ALL = [pytest.param(12, id="some"), pytest.param(10**6, id="all", marks=pytest.mark.slow)]
SIZE = 6  # lines of the store that is worked on
_SILENT = re.compile(  # calls that no disk, network or signal can fail, and that change nothing
    "brk|m(un|re)?map|mprotect|madvise|rt_.*|get.*id|futex|getrandom|clock_.*|exit.*|restart_syscall"
)


@dataclass(frozen=True, slots=True)
class Point:
    """The number-th call of one name that an operation makes, from 1, and how strace prints it."""

    call: str
    number: int
    text: str = field(default="", compare=False)

    def injecting(self, what: str) -> tuple[str, ...]:
        """The option of strace that does something there."""
        return ("-e", f"inject={self.call}:{what}:when={self.number}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation ended: its exit code, negative for a signal, and what it said."""

    code: int
    errors: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A store and its history in fresh directories."""

    root: Path
    state: Path
    size: int = SIZE

    @classmethod
    def at(cls, place: Path, size: int = SIZE) -> Self:
        """A scene below a directory, as it is before an operation."""
        (place / "state").mkdir(parents=True)
        return cls(write_tree(place / "store", dict(acting.before(size))), place / "state", size)

    def mend(self) -> str | None:
        """Recover, and say what is wrong then: state, history or left-overs."""
        with History(self.state / "history.db") as history:
            recover([str(self.root)], history)
            if history.unfinished():
                return "an operation is unfinished"
            if damages := history.verify():
                return str(damages)
        with closing(sqlite3.connect(self.state / "history.db")) as database:
            return self.wrong([status for (status,) in database.execute("SELECT status FROM operations")])

    def wrong(self, statuses: Sequence[str]) -> str | None:
        """What is wrong with files and statuses, after mending."""
        found = tree(self.root)
        if found not in (acting.before(self.size), acting.after(self.size)):
            return f"neither before nor after: { {name: len(content) for name, content in found.items()} }"
        if list(leftovers(str(self.root))):
            return "left-overs"
        done = found == acting.after(self.size)
        expected = {"done"} if done else {"aborted"}
        return None if set(statuses) <= expected else f"{statuses} but done is {done}"

    def is_whole(self) -> bool:
        """Whether it is before or after without any mending: all that a naive writer has to offer."""
        try:
            return tree(self.root) in (acting.before(self.size), acting.after(self.size))
        except OSError:  # the disk knows a name whose file was never written
            return False


class Actor:
    """The warm process; see `acting`."""

    def __init__(self, place: Path) -> None:
        self._errors = place / "errors"
        self._server = subprocess.Popen(
            python("-m", "faults.acting"),
            cwd=REPOSITORY,
            env=unmeasured() | {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def _ask(self, scene: Scene, **request: object) -> int:
        assert self._server.stdin is not None
        whole = {"writer": "memoryd", "largest": 0, "traced": False} | request
        whole |= {"root": str(scene.root), "state": str(scene.state), "size": scene.size}
        whole |= {"errors": str(self._errors)}
        self._server.stdin.write(json.dumps(whole) + "\n")
        self._server.stdin.flush()
        return self._number()

    def _number(self) -> int:
        assert self._server.stdout is not None
        return int(self._server.stdout.readline())

    def _outcome(self) -> Outcome:
        return Outcome(self._number(), self._errors.read_text(errors="replace"))

    def run(self, scene: Scene, **request: object) -> Outcome:
        """Carry out an operation undisturbed."""
        self._ask(scene, **request)
        return self._outcome()

    def traced(self, options: Sequence[str], scene: Scene, **request: object) -> Outcome:
        """Carry it out under strace."""
        with self._tracing(options, scene, request):
            pass
        return self._outcome()

    def interrupted(
        self, point: Point, meanwhile: Callable[[], None], scene: Scene, **request: object
    ) -> Outcome:
        """Carry it out, but let something happen just after one of its calls."""
        with self._tracing(point.injecting("signal=SIGSTOP"), scene, request) as (child, said):
            begun = False
            for line in said:
                begun = begun or "SIGCONT" in line
                if begun and "stopped by SIGSTOP" in line:
                    meanwhile()
                    os.kill(child, signal.SIGCONT)
        return self._outcome()

    @contextmanager
    def _tracing(
        self, options: Sequence[str], scene: Scene, request: dict[str, object]
    ) -> Iterator[tuple[int, Iterable[str]]]:
        child = self._ask(scene, traced=True, **request)
        wait_for(lambda: _state_of(child) == "T")
        command = [str(STRACE), "-f", "-p", str(child), *options]
        if "-o" not in options:
            calls = ",".join(re.findall(r"inject=(\w+)", " ".join(options)))
            command += ["-e", f"trace={calls}"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            assert "attached" in tracer.stderr.readline()
            os.kill(child, signal.SIGCONT)
            yield child, tracer.stderr
            tracer.stderr.read()


def _state_of(process: int) -> str:
    """`T` while it is stopped, `t` while its tracer has it, `Z` or `X` once it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def points(actor: Actor, scene: Scene, *options: str, writer: str = "memoryd") -> list[Point]:
    """Every system call that an undisturbed operation makes, in order."""
    log = scene.state.parent / "log"
    outcome = actor.traced(["-o", str(log), *options], scene, writer=writer)
    assert outcome.code == 0, outcome.errors
    seen: Counter[str] = Counter()
    found = []
    for line in log.read_text().splitlines():
        if call := re.match(r"\d* *(\w+)\(", line):
            seen[call[1]] += 1
            found.append(Point(call[1], seen[call[1]], line))
    return found


def report(text: str) -> None:
    """Say what was counted; `pytest -s` shows it."""
    sys.stdout.write(f"\n{text}\n")


def touching(found: Sequence[Point]) -> list[Point]:
    """Those of calls that a disk or a signal can fail."""
    return [point for point in found if not _SILENT.fullmatch(point.call)]


def spread(found: Sequence[Point], most: int) -> list[Point]:
    """Some of them, evenly spread."""
    step = max(len(found) / most, 1)
    return [found[int(index * step)] for index in range(min(len(found), most))]
