"""Machines with homes of their own, which exchange memory through a repository on disk."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from cli import warm

STORE = ".claude/agent-memory/reviewer"
_ROOT = Path(__file__).parents[3]
_WORDS = (
    *("cache", "index", "parser", "linker", "deploy", "branch", "token", "socket", "schema"),
    *("worker", "queue", "shard", "lease", "epoch"),
)


@dataclass
class Machine:
    """A home directory with one store, and what was done to it on purpose."""

    home: Path
    rng: random.Random
    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)

    @property
    def index(self) -> Path:
        return self.home / STORE / "MEMORY.md"

    def call(
        self, *arguments: str, kill_after: float | None = None, before_path: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run memoryd here; perhaps kill it with all that it started, or import from a directory first."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        environment |= {
            "HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join(map(str, filter(None, (before_path, _ROOT)))),
        }
        if kill_after is None and before_path is None and warm.fits(environment):
            code, *texts = warm.run(arguments, self.home, environment, timeout=120)
            return subprocess.CompletedProcess(arguments, code, *(text.decode() for text in texts))
        process = subprocess.Popen(
            [sys.executable, "-m", "memoryd", *arguments], cwd=self.home, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            out, err = process.communicate(timeout=kill_after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def lines(self) -> list[str]:
        return self.index.read_text().splitlines() if self.index.exists() else []

    def edit(self, number: int) -> None:
        """Add some entries and remove one, as an agent does."""
        lines = self.lines() or ["# Memory", ""]
        for step in range(self.rng.randint(1, 3)):
            words = " ".join(self.rng.sample(_WORDS, 4))
            entry = f"- {words} {self.home.name}-{number}-{step}"
            lines.insert(self.rng.randint(2, len(lines)), entry)
            self.added.add(entry)
        entries = [line for line in lines if line.startswith("- ")]
        if len(entries) > 4 and self.rng.random() < 0.6:
            gone = self.rng.choice(entries)
            lines.remove(gone)
            self.removed.add(gone)
        self.index.parent.mkdir(parents=True, exist_ok=True)
        self.index.write_text("\n".join(lines) + "\n")


def make(directory: Path, count: int, seed: int) -> list[Machine]:
    machines = []
    for number in range(count):
        home = directory / f"m{number}"
        home.mkdir()
        machines.append(Machine(home, random.Random(seed * 100 + number)))  # noqa: S311  # the same each time
    return machines


def started(directory: Path, remote: Path, count: int, seed: int = 1) -> list[Machine]:
    machines = make(directory, count, seed)
    machines[0].edit(0)
    for machine in machines:
        done = machine.call("sync", "init", str(remote), "--machine", machine.home.name)
        assert done.returncode == 0, done.stderr
    return machines


def settle(machines: list[Machine]) -> None:
    """Exchange until everything is everywhere."""
    for _ in range(2):
        for machine in machines:
            done = machine.call("sync")
            assert done.returncode == 0, done.stderr


def demand_same(machines: list[Machine]) -> Counter[str]:
    """Check that all machines have the same bytes, with all that was added and nothing that was removed."""
    contents = {machine.index.read_bytes() for machine in machines}
    assert len(contents) == 1
    lines = Counter(machines[0].lines())
    added = set().union(*(machine.added for machine in machines))
    removed = set().union(*(machine.removed for machine in machines))
    assert {line for line in lines if line.startswith("- ")} == added - removed
    assert max(lines[line] for line in added - removed) == 1
    return Counter(added=len(added), removed=len(removed), lines=len(lines))
