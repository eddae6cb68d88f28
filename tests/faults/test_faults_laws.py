"""Random writes and commands: no line is lost, undo is exact, the index is as the disk."""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from cli.program import Done, called
from faults import soaked
from faults.tracing import report

from memoryd.adapters.history import History, expiry
from memoryd.config.locations import locate

SOME_OR_ALL = [
    pytest.param(range(2), 30, id="some"),
    pytest.param(range(100, 130), 120, id="all", marks=pytest.mark.slow),
]
STORES = ("rev", "planner")
NAMES = ("MEMORY.md", "build.md", "review.md", "sub/deep.md")
EXPIRED = "---\nname: old\ndescription: old\ntype: project\nexpires: 2020-01-01\n---\n\n"
CANARY = "canary"
_DAY = 86400.0  # seconds
_FINE = {0, 1}
_REFUSED = 2  # nothing to undo, for example


class World:
    """Stores with agents that write, a person with commands, and what both must find in the end."""

    def __init__(self, home: Path, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # no secret depends on it
        self._home = home
        self.base = home / ".claude" / "agent-memory"
        for name in STORES:
            (self.base / name).mkdir(parents=True)
        self._number = 0
        self._seen: set[bytes] = set()
        self._states: dict[str, list[bytes | None]] = {}
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []

    # Agents

    def _line(self) -> bytes:
        self._number += 1
        words = self._chance.choice(
            ["note about the plumbing", "see [build](build.md)", "- [ ] task", "secret " + CANARY, "note"]
        )
        return f"- {self._number} {words}\n".encode()

    def _lines(self, most: int) -> list[bytes]:
        return [self._line() for _ in range(self._chance.randint(1, most))]

    def _file(self) -> Path:
        return self.base / self._chance.choice(STORES) / self._chance.choice(NAMES)

    def rewrite(self) -> None:
        """Keep some lines, in another order perhaps, and add some."""
        path = self._file()
        old = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        kept = [line for line in old if self._chance.random() < self._chance.choice([0.0, 0.6, 1.0])]
        if self._chance.random() < 0.2:
            self._chance.shuffle(kept)
        new = b"".join(kept + self._lines(self._chance.choice([3, 260])))
        path.parent.mkdir(exist_ok=True)
        if self._chance.random() < 0.5:
            draft = path.with_name("draft")
            draft.write_bytes(new)
            os.replace(draft, path)
        else:
            path.write_bytes(new)

    def append(self) -> None:
        path = self._file()
        if path.exists():
            with path.open("ab") as file:
                file.writelines(self._lines(5))

    def create(self) -> None:
        path = self.base / self._chance.choice(STORES) / f"topic{self._number}.md"
        head = self._chance.choice([b"", EXPIRED.encode()])
        path.write_bytes(head + b"".join(self._lines(6)))

    def copy(self) -> None:
        path = self._file()
        if path.exists():
            path.with_name(f"copy{self._number}.md").write_bytes(path.read_bytes() + self._line())

    def rename(self) -> None:
        path = self._file()
        if path.exists():
            os.replace(path, path.with_name(f"renamed{self._number}.md"))

    def delete(self) -> None:
        self._file().unlink(missing_ok=True)

    # A person

    def command(self) -> None:
        """Run a command; what it saw at its beginning must never be lost."""
        store = str(self.base / self._chance.choice(STORES))
        arguments = self._chance.choice(
            [
                *[("compact", "--apply", store)] * 2,
                *[("prune", "--apply", store), ("dedupe", "--apply", store), ("check", "--fix", store)],
                *[("undo", "--user"), ("restore", store, "--at", "1 second ago", "--delete")],
                *[("restore", "--lost", store), ("restore", f"{store}/MEMORY.md@1"), ("log", "--user")],
                *[("forget", f" {self._chance.randint(1, self._number + 1)} note", "--apply")],
                *[("history", "expire"), ("status",)],
            ]
        )
        self._observe()
        self._run(*arguments)
        self._observe()

    def undo_at_once(self) -> None:
        """What an operation changed comes back byte for byte, and so does what the undo changed."""
        store = self.base / self._chance.choice(STORES)
        kind = self._chance.choice(["compact", "prune", "dedupe"])
        if kind == "compact":
            (store / "MEMORY.md").write_bytes(b"".join(self._line() for _ in range(260)))
        else:  # an expired file, and a copy of it
            for _ in range(2):
                content = EXPIRED.encode() + b"- %d the same note about the plumbing\n" % self._number
                (store / f"{kind}{self._number}.md").write_bytes(content)
                self._number += kind == "prune"
        self._observe()
        before = self._files()
        last = self._last_operation()
        self._run(kind, "--apply", str(store))
        if (operation := self._last_operation()) == last:
            return
        after = self._files()
        for expected in (before, after, before)[: self._chance.randint(1, 3)]:
            self._run("undo", str(operation))
            operation = self._last_operation()
            self._demand(self._files() == expected, f"undo of {kind} is not exact")
        self._observe()
        self.counts["undone"] += 1

    def _last_operation(self) -> int:
        with self._history() as history:
            return max((each.id for each in history.operations()), default=0)

    def _run(self, *arguments: str) -> Done:
        done = called(*arguments, cwd=self._home)
        self.counts[arguments[0]] += 1
        fine = done.code in _FINE or (done.code == _REFUSED and done.err.startswith("error: "))
        self._demand(fine and "Traceback" not in done.err, f"{arguments} ended with {done.code}: {done.err}")
        return done

    # Laws

    def _demand(self, holds: bool, sentence: str) -> None:  # noqa: FBT001
        if not holds:
            self.faults.append(sentence)

    @staticmethod
    def _history() -> History:
        return History(locate(os.environ).history)

    def _files(self) -> dict[str, bytes]:
        return soaked.files_of(self.base)

    def _observe(self) -> None:
        """Let memoryd look, and remember every state that it must know from now on."""
        self._run("log", "--user", "--limit", "1")
        files = self._files()
        for path in files.keys() | self._states.keys():
            states = self._states.setdefault(path, [])
            content = files.get(path)
            if not states or states[-1] != content:
                states.append(content)
        self._seen |= {line for content in files.values() for line in content.splitlines()}

    def judge(self) -> None:
        """Compare everything with what must be there."""
        self._observe()
        self._run("search", "note", "--all")
        with self._history() as history:
            for path, states in self._states.items():
                versions = [content for _, content in history.versions(path)]
                self._demand(_is_within(states, versions), f"versions of {path} are missing")
            self.faults += soaked.unsettled(self.base, history, locate(os.environ).index)
            self.faults += history.verify()
            self.counts["versions"] += sum(1 for _ in history.all_versions())
            self._judge_lines(history, "in the history")
            thinned = history.expire(time.time() + 1000 * _DAY, 0)
            self.counts["thinned"] += thinned.versions
            self._judge_lines(history, "after thinning")
            self.faults += history.verify()

    def _judge_lines(self, history: History, where: str) -> None:
        known = {line for content in history.all_contents() for line in content.splitlines()}
        lost = self._seen - known
        self._demand(not lost, f"{len(lost)} lines are lost {where}, such as {sorted(lost)[:1]}")

    def forget_all(self) -> None:
        """A purged text is nowhere, in files, history or index; all else stays."""
        self._run("forget", CANARY, "--purge", "--apply")
        with self._history() as history:
            left = [content for content in history.all_contents() if CANARY.encode() in content]
            self._demand(not left, "a purged text is in the history")
            self.faults += history.verify()
        self._demand(not any(CANARY.encode() in each for each in self._files().values()), "it is in a file")

    def step(self) -> None:
        """Do one thing."""
        agents = [self.rewrite, self.append, self.create, self.copy, self.rename, self.delete]
        chosen = self._chance.choices([*agents, self.command, self.undo_at_once], [4, 3, 2, 1, 1, 1, 5, 2])[0]
        self.counts["steps"] += 1
        chosen()


def _is_within(states: list[bytes | None], versions: list[bytes | None]) -> bool:
    """Return whether all states occur among the versions, in their order."""
    rest = iter(versions)
    start = 1 if states and states[0] is None else 0
    return all(any(version == state for version in rest) for state in states[start:])


def play(home: Path, seed: int, steps: int, monkeypatch: pytest.MonkeyPatch) -> World:
    """Let this happen in an empty home directory."""
    monkeypatch.setenv("HOME", str(home))
    world = World(home, seed)
    for _ in range(steps):
        world.step()
    world.judge()
    world.forget_all()
    return world


@pytest.mark.parametrize(("seeds", "steps"), SOME_OR_ALL)
def test_laws(seeds: range, steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: Counter[str] = Counter()
    wrong: dict[int, list[str]] = {}
    for seed in seeds:
        world = play(tmp_path / str(seed), seed, steps, monkeypatch)
        counts += world.counts
        if world.faults:
            wrong[seed] = world.faults
    report(f"{len(seeds)} seeds: {dict(counts)}")
    assert wrong == {}
    assert counts["undone"]
    assert counts["thinned"]


def test_a_history_that_thins_too_much_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "expendable", lambda _files, candidates: frozenset(candidates))
    world = play(tmp_path / "home", 1, 15, monkeypatch)
    assert any("after thinning" in fault for fault in world.faults)
