"""Agents of every kind that write memory, and keep a ledger of what they wrote and what they overwrote.

Started as a script, one process an agent: nothing of memoryd is imported. Every few seconds they go on to
a new store, since memoryd rewrites a store by itself only now and then.
"""

import fcntl
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

MARK = "kestrel"  # stands in every line that is written, and so may stand in no log
_SYLLABLES = (
    "ba",
    "do",
    "fin",
    "gol",
    "hu",
    "ki",
    "lem",
    "mar",
    "nos",
    "pel",
    "ru",
    "sat",
    "tok",
    "ven",
    "zi",
)
_WORDS = [first + second for first in _SYLLABLES for second in _SYLLABLES]
_BEGINNING = 190  # lines of a new index file, of the 200 that are loaded
_CHUNK = 700  # bytes that are written at a time by those who write in place


def facts_in(content: bytes) -> set[str]:
    """The lines of agents, without what compaction may change around them."""
    lines = (line.strip(b"#-*> \t\r") for line in content.split(b"\n") if MARK.encode() in line)
    return {line.decode(errors="replace") for line in lines}


@dataclass(frozen=True, slots=True)
class Act:
    """What an agent did to one file.

    Attributes:
        name: Of its store.
        begun: When, on the monotonic clock.
        done: When all of it was on the disk.
        written: New lines.
        dropped: Lines of which the agent saw that they go with that.
        whole: Whether what came in between went too, unseen: the file was written from a reading.
        torn: Whether somebody who looks meanwhile may miss what is there before and after.
    """

    name: str
    begun: float
    done: float
    written: list[str]
    dropped: list[str]
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Orders:
    """What an agent is to do.

    Attributes:
        name: Of its stores; agents of one name share them.
        kind: How it writes: a key of `KINDS`.
        base: The directory of the stores.
        ledger: Where it tells what it does, one `Act` a line.
        begin: When the first store begins, on the monotonic clock.
        each: Seconds after which it goes on to another store.
        until: When it ends.
        seed: Of its choices.
    """

    name: str
    kind: str
    base: str
    ledger: str
    begin: float
    each: float
    until: float
    seed: int


class Agent:
    """Writes as it is ordered to.

    Args:
        orders: The orders.
        ledger: Is told everything, line by line.
    """

    def __init__(self, orders: Orders, ledger: TextIO) -> None:
        self._ledger = ledger
        self._orders = orders
        self._count = 0
        self._draft = f".{orders.kind}.tmp"
        self.name = orders.name
        self.base = Path(orders.base)
        self.chance = random.Random(repr(orders))  # noqa: S311  # no secret hangs on it

    def store(self) -> Path:
        """The store that is written now; begun if it is new."""
        number = int((time.monotonic() - self._orders.begin) // self._orders.each)
        root = self.base / f"{self.name}-{number}"
        index = root / "MEMORY.md"
        if not index.exists():
            root.mkdir(exist_ok=True)
            lines = self.lines(_BEGINNING)
            draft = root / self._draft
            draft.write_text("# Memory\n\n" + "".join(lines))
            at = time.monotonic()
            try:
                os.link(draft, index)
            except FileExistsError:
                pass  # another one began it
            else:
                self.tell(at, lines)
            draft.unlink()
        return root

    def lines(self, count: int) -> list[str]:
        """So many lines that nobody else writes; a heading among them now and then."""
        made = []
        for _ in range(count):
            self._count += 1
            text = " ".join(self.chance.choices(_WORDS, k=50 if self.chance.random() < 0.02 else 8))
            made.append(f"- {MARK} {self.name}.{self._orders.kind}.{self._count} {text}\n")
            if self.chance.random() < 0.05:
                made.append(f"\n## Part {self._count}\n\n")
        return made

    def tell(self, begun: float, lines: Iterable[str] = (), dropped: Iterable[str] = (), **how: bool) -> None:
        """Note what was done between a moment and now, as an `Act`."""
        written = sorted(facts_in("".join(lines).encode()))
        act = Act(self.name, begun, time.monotonic(), written, sorted(dropped), **how)
        self._ledger.write(json.dumps(asdict(act)) + "\n")

    def read(self, path: Path) -> bytes:
        """What a file holds, not half written by another agent."""
        with self.turn():
            return path.read_bytes()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep the other agents of this store off: what an agent overwrites could not be told else.

        They still come with old readings. Of memoryd they know nothing, nor it of this.
        """
        descriptor = os.open(self.base.parent / f".{self.name}.turn", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def put(self, path: Path, content: bytes, lines: list[str], *, in_place: bool) -> None:
        """Make a file hold this, whatever it held."""
        draft = path if in_place else path.with_name(self._draft)
        with self.turn():
            at = time.monotonic()
            dropped = facts_in(path.read_bytes()) - facts_in(content)
            with draft.open("wb", buffering=0) as file:
                for start in range(0, len(content), _CHUNK):
                    file.write(content[start : start + _CHUNK])
                    if in_place and self.chance.random() < 0.05:
                        time.sleep(0.002)
                os.fsync(file.fileno())
            if not in_place:
                draft.replace(path)
            self.tell(at, lines, dropped, torn=in_place)

    def work(self) -> None:
        """Write a few times, then pause: sometimes for long enough that memoryd takes it for quiet."""
        for _ in range(self.chance.randint(1, 12)):
            KINDS[self._orders.kind](self)
            time.sleep(self.chance.uniform(0.001, 0.1))
        time.sleep(self.chance.choice([0.1, 0.5, 1.5, 2.0, 3.0, 5.0]) * self.chance.uniform(0.8, 1.2))


def _extended(content: bytes, lines: list[str]) -> bytes:
    return content + b"\n" * (not content.endswith(b"\n")) + "".join(lines).encode()


def rename(agent: Agent) -> None:
    """Renames a new file over the old one."""
    index = agent.store() / "MEMORY.md"
    lines = agent.lines(agent.chance.randint(1, 9))
    agent.put(index, _extended(agent.read(index), lines), lines, in_place=False)


def rewrite(agent: Agent) -> None:
    """Truncates the file and writes it anew, in chunks."""
    index = agent.store() / "MEMORY.md"
    lines = agent.lines(agent.chance.randint(1, 9))
    agent.put(index, _extended(agent.read(index), lines), lines, in_place=True)


def append(agent: Agent) -> None:
    """Holds the file open, and appends."""
    index = agent.store() / "MEMORY.md"
    with index.open("ab", buffering=0) as file:
        for _ in range(agent.chance.randint(1, 12)):
            with agent.turn():
                at = time.monotonic()
                lines = agent.lines(1)
                file.write("".join(lines).encode())
                os.fsync(file.fileno())
                is_gone = not os.fstat(file.fileno()).st_nlink  # another agent has renamed a file over it
                agent.tell(at, lines, facts_in("".join(lines).encode()) if is_gone else ())
            time.sleep(agent.chance.choice([0.001, 0.01, 0.5]))


def come_back(agent: Agent) -> None:
    """Writes the whole file from a reading made a while ago."""
    index = agent.store() / "MEMORY.md"
    content = agent.read(index)
    time.sleep(agent.chance.uniform(0.1, 6))
    lines = agent.lines(agent.chance.randint(1, 9))
    agent.put(index, _extended(content, lines), lines, in_place=agent.chance.random() < 0.5)


def keep_topics(agent: Agent) -> None:
    """Creates, renames, moves and deletes topic files, and moves directories away and back."""
    root = agent.store()
    topics = sorted(path for path in root.rglob("*.md") if path.name != "MEMORY.md")
    step = agent.chance.random()
    if step < 0.5 or not topics:
        name = f"topic-{agent.chance.randrange(10**6)}.md"
        lines = agent.lines(agent.chance.randint(1, 20))
        at = time.monotonic()
        (root / name).write_text("".join(lines))
        agent.tell(at, lines)
        index = root / "MEMORY.md"
        more = [f"- [{name}]({name})\n", *agent.lines(agent.chance.randint(1, 9))]
        agent.put(index, _extended(agent.read(index), more), more, in_place=False)
        return
    at = time.monotonic()
    with suppress(FileNotFoundError):  # `undo` has just taken it back
        if step < 0.85:
            dropped = _handle(agent.chance.choice(topics), step, agent)
            agent.tell(at, (), dropped, torn=True)
            return
    deep = root / "deep"
    moved = deep if deep.exists() and agent.chance.random() < 0.5 else root
    away = agent.base.parent.parent / f"away-{agent.name}"
    moved.rename(away)
    time.sleep(agent.chance.uniform(0.01, 2))
    try:
        away.rename(moved)
    except OSError:  # `undo` has made that directory again meanwhile
        away.rename(root.with_name(f"{root.name}-again-{agent.chance.randrange(10**6)}"))
    agent.tell(at, torn=True)


def _handle(topic: Path, step: float, agent: Agent) -> set[str]:
    """Rename, move or delete a topic file; returns the lines that go."""
    if step < 0.65:
        topic.rename(topic.with_name(f"renamed-{agent.chance.randrange(10**6)}.md"))
    elif step < 0.75:
        deep = agent.store() / "deep"
        deep.mkdir(exist_ok=True)
        topic.rename(deep / topic.name)
    else:
        dropped = facts_in(topic.read_bytes())
        topic.unlink()
        return dropped
    return set()


KINDS: dict[str, Callable[[Agent], None]] = {
    "rename": rename,
    "rewrite": rewrite,
    "append": append,
    "stale": come_back,
    "topics": keep_topics,
}


def acts(ledgers: Path) -> Iterator[Act]:
    """What all agents told, in no order."""
    for ledger in sorted(ledgers.iterdir()):
        for line in ledger.read_text().splitlines():
            yield Act(**json.loads(line))


def _main() -> None:
    orders = Orders(**json.loads(sys.argv[1]))
    with Path(orders.ledger).open("w", encoding="utf-8", buffering=1) as ledger:
        agent = Agent(orders, ledger)
        while time.monotonic() < orders.until:
            agent.work()


if __name__ == "__main__":
    _main()
