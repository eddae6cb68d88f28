"""Agents of every kind against the daemon, which is killed every few seconds.

`python tests/faults/soak.py --minutes 10 --seed 1` runs for so long and says what it found. Beside the
daemon run commands, which are killed now and then as well. In the end all must be as if nothing had
happened: see `soaked`. With `--naive` a writer that reads, compares and renames takes the daemon's place,
and loses lines.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from faults import soaked, weighing
from faults.agents import MARK, Orders
from faults.stage import Stage, halted

from memoryd.adapters.history import History
from memoryd.errors import MemorydError

CREWS = {
    "renamer": ("rename",),
    "rewriter": ("rewrite",),
    "appender": ("append",),
    "latecomer": ("stale",),
    "librarian": ("topics",),
    "crowd": ("rename", "rewrite", "append", "stale"),
}
"""How those write who write to the stores of one name."""
SHARED = frozenset({"librarian", "crowd"})
"""Those who take lines away themselves: they delete files, or overwrite what another one wrote."""
_EACH = 25.0  # seconds after which agents go on to new stores
_STORM = 0.6  # of the time: the daemon is killed again and again; then one has to live
_TWINS, _GENTLY, _KILLED = 0.2, 0.15, 0.3  # how often: two daemons at once, SIGTERM, a command that is killed
_REFUSED = 2
_SAMPLES = 36  # under which a life was too short to say whether it grows
_PATIENCE = 120.0  # seconds: what takes longer will never be


@dataclass(slots=True)
class Outcome:
    """What a soak found: numbers to be told, and what is wrong."""

    figures: dict[str, object] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def soak(place: Path, seconds: float, seed: int, *, naive: bool = False) -> Outcome:
    """Let agents and daemon run for so long in an empty directory; what is found in the end."""
    with Stage(place) as stage:
        play = _Play(stage, seconds, seed)
        if naive:
            play.with_naive_writer()
        else:
            play.with_daemon()
        return play.outcome


class _Play:
    """One soak: a storm of short lives, then a long one."""

    def __init__(self, stage: Stage, seconds: float, seed: int) -> None:
        self._stage = stage
        self._chance = random.Random(seed)  # noqa: S311  # no secret hangs on it
        begin = time.monotonic()
        self._until = begin + seconds
        self._calm = begin + seconds * _STORM
        self._agents = [
            stage.agent(
                Orders(
                    name,
                    kind,
                    str(stage.base),
                    str(stage.ledgers / f"{name}-{kind}"),
                    begin,
                    _EACH,
                    self._until,
                    seed,
                )
            )
            for name, kinds in CREWS.items()
            for kind in kinds
        ]
        self._counts: Counter[str] = Counter()
        self._looks: list[soaked.Look] = []
        self.outcome = Outcome()

    def with_naive_writer(self) -> None:
        """Only lines are looked at: a naive writer keeps nothing else."""
        while time.monotonic() < self._until:
            writer = self._stage.naive()
            time.sleep(self._chance.uniform(0.3, 6))
            writer.kill()
            writer.wait()
        self._wait_for_agents()
        self._judge_lines(self._lines(None))

    def with_daemon(self) -> None:
        """Everything is looked at."""
        while time.monotonic() < self._calm:
            self._short_life()
        daemon = self._daemon()
        samples: list[weighing.Sample] = []
        while time.monotonic() < self._until and daemon.poll() is None:
            samples += self._meanwhile(daemon, 8)
        self._wait_for_agents()
        self.outcome.faults += self._left_by(daemon)
        self._end(daemon, signal.SIGTERM)
        self._judge()
        if len(samples) >= _SAMPLES:
            middle, last = weighing.thirds(samples)
            self.outcome.figures |= {"middle third": middle, "last third": last}
            if weighing.grows(middle, last):
                self._fault(f"it grows: {middle}, then {last}")

    def _fault(self, sentence: str) -> None:
        self.outcome.faults.append(sentence)

    def _wait_for_agents(self) -> None:
        for agent in self._agents:
            if _code(agent) != 0:
                self._fault(f"an agent ended with {agent.returncode}")

    # What happens

    def _daemon(self) -> subprocess.Popen[bytes]:
        self._counts["lives"] += 1
        return self._stage.memoryd("run", log=self._log)

    @property
    def _log(self) -> Path:
        return self._stage.logs / f"{self._counts['lives']:04}.log"

    def _is_ready(self) -> bool:
        return '"ready"' in self._log.read_text()

    def _short_life(self) -> None:
        daemon = self._daemon()
        if self._chance.random() < _TWINS:
            daemon = self._survivor(daemon, self._daemon())
        self._meanwhile(daemon, 6)
        self._end(daemon, signal.SIGTERM if self._chance.random() < _GENTLY else signal.SIGKILL)

    def _survivor(self, *twins: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Of two daemons at once one says that there is another, and ends."""
        self._counts["twins"] += 1
        _wait(lambda: any(each.poll() is not None for each in twins))
        ended, running = sorted(twins, key=lambda each: each.poll() is None)
        if ended.returncode != _REFUSED:
            self._fault(f"of two daemons one ended with {ended.returncode}")
        return running

    def _end(self, daemon: subprocess.Popen[bytes], how: signal.Signals) -> None:
        if daemon.poll() is not None:
            self._fault(f"a daemon ended by itself with {daemon.returncode}: see {self._log.name}")
            return
        daemon.send_signal(how)
        self._counts[how.name] += 1
        gently = {0} if self._is_ready() else {0, -how}  # before, a signal ends it as any program
        if _code(daemon) not in (gently if how == signal.SIGTERM else {-how}):
            self._fault(f"{how.name} ended a daemon with {daemon.returncode}: see {self._log.name}")

    def _meanwhile(self, daemon: subprocess.Popen[bytes], most: float) -> list[weighing.Sample]:
        """Let at most so many seconds pass, with a command or a signal in them perhaps."""
        until = min(time.monotonic() + self._chance.uniform(0.3, most), self._until)
        step = self._chance.random()
        if step < 0.7:
            self._command()
        elif self._is_ready():
            daemon.send_signal(signal.SIGHUP)
            self._counts["SIGHUP"] += 1
        samples = []
        while (left := until - time.monotonic()) > 0 and daemon.poll() is None:
            time.sleep(min(left, 0.5))
            if self._is_ready():
                samples += weighing.sample(daemon.pid)
        return samples

    def _command(self) -> None:
        stores = [*self._stage.base.iterdir(), self._stage.base]
        store, look = str(self._chance.choice(stores)), ("log", "--user")
        command = self._chance.choice(
            [
                *[("compact", "--apply", store)] * 3,
                *[("undo",), ("restore", store, "--at", "15 seconds ago"), ("check", "--fix", store)],
                *[look, ("search", MARK), ("status",)],
            ]
        )
        begun = time.monotonic()
        process = self._stage.memoryd(*command)
        self._counts[command[0]] += 1
        if self._chance.random() < _KILLED:
            time.sleep(self._chance.uniform(0.2, 1.2))
            process.kill()
            process.wait()
            self._counts["commands killed"] += 1
        elif _code(process) not in {0, 1, _REFUSED}:
            self._fault(f"`memoryd {command[0]}` ended with {process.returncode}")
        elif command == look and not process.returncode:
            self._looks.append((begun, time.monotonic()))

    # What is looked at

    def _left_by(self, daemon: subprocess.Popen[bytes]) -> list[str]:
        """What the daemon leaves undone, however long one waits for it.

        It is looked at while the daemon stands still, since it may begin a rewrite at any time.
        """
        deadline = time.monotonic() + _PATIENCE
        while daemon.poll() is None:
            left = self._unsettled()
            if not left:
                with halted(daemon):
                    left = self._unsettled()
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.1)
        return []

    def _unsettled(self) -> list[str]:
        try:
            return self._stage.unsettled()
        except (OSError, MemorydError) as error:  # memoryd is at work
            return [f"it cannot be looked at: {error}"]

    def _lines(self, history: History | None) -> soaked.Lines:
        return soaked.lines_of(self._stage.home, self._stage.ledgers, history, self._looks, SHARED)

    def _judge_lines(self, lines: soaked.Lines) -> None:
        seen = f"{lines.overwritten}, after {lines.unseen:.1f} s at most"
        self.outcome.figures |= {
            "lines": lines.written,
            "lost": len(lines.lost),
            "in history only": lines.hidden,
            "taken away by agents before memoryd looked": seen,
        }
        self.outcome.faults += [f"lost: {line}" for line in lines.lost]

    def _judge(self) -> None:
        with self._stage.history() as history:
            self._judge_lines(self._lines(history))
            operations = Counter(f"{each.actor} {each.cause} {each.status}" for each in history.operations())
        self._stage.catch_up()
        self.outcome.faults += self._stage.unsettled()
        self.outcome.faults += self._stage.rebuilt()
        if self._stage.memoryd("history", "verify").wait():
            self._fault("`memoryd history verify` is not content")
        events, faults = soaked.logged(self._stage.logs)
        self.outcome.faults += faults
        self.outcome.figures |= {**self._counts, "operations": dict(operations), "events": dict(events)}
        self.outcome.faults += self._stage.bugs()


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


def _code(process: subprocess.Popen[bytes]) -> int | None:
    """How a process ended; None if it never does."""
    with suppress(subprocess.TimeoutExpired):
        return process.wait(_PATIENCE)
    return None


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--naive", action="store_true", help="against a naive writer, which loses lines")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="soak-"))
    outcome = soak(place, options.minutes * 60, options.seed, naive=options.naive)
    said = [f"{name}: {value}" for name, value in outcome.figures.items()]
    said += [f"WRONG {fault}" for fault in outcome.faults]
    if outcome.faults:
        said.append(f"{len(outcome.faults)} wrong; all of it lies in {place}")
    else:
        shutil.rmtree(place)
    sys.stdout.write("\n".join(said) + "\n")
    return bool(outcome.faults)


if __name__ == "__main__":
    sys.exit(_main())
