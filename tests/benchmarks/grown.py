"""Grows memory that looks real, and measures programs that look at it."""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, product
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
AGENTS = 20  # of a project
FILES = 100  # of a store
_WITH_LINKS = 0.4  # of all topic files
_WITH_TABLES = 0.3

_NAMES = """
build cache deploy index login parser queue release replica router schema session
backup cleanup failure layout limits migration naming order retries rotation tests timeouts
"""
_SUBJECTS, _TASKS = map(str.split, _NAMES.strip().splitlines())
_TEXT = """
the server waits until a worker has merged its branch and checks the first table before each release
a test is green when the client retries without the old token after the second limit but never in order
only the user script may run on the new stage since it reads one column of an empty file with the same value
"""
_WORDS = _TEXT.split()
_SYLLABLES = [first + last for first in "bdfgklmnprst" for last in "aeiou"]
VOCABULARY = [*dict.fromkeys(_WORDS), *map("".join, islice(product(_SYLLABLES, repeat=3), 40_000))]
"""As many words as a language has, the most frequent first."""
_CHARACTERS = [chr(0x4E00 + 7 * number) for number in range(1_500)]
_ZIPF = list(accumulate(1 / (rank + 2.7) for rank in range(len(VOCABULARY))))


@dataclass(frozen=True, slots=True)
class Grown:
    """A directory with memory in it, and how much of it is broken."""

    root: Path
    files: int
    broken: int


class Chance(random.Random):
    """The same every time; with words of a language, or with so few that most files hold each."""

    language = False
    script = ""  # "cjk" for text without spaces
    tables = False  # every third topic file has a table, a quote and HTML, as real ones do

    def words(self, count: int) -> list[str]:
        """So many words; of a language, each as often as Zipf's law says."""
        if self.script == "cjk":
            return ["".join(self.choices(_CHARACTERS, k=12)) for _ in range(count // 5 + 1)]
        if self.language:
            return self.choices(VOCABULARY, cum_weights=_ZIPF, k=count)
        return self.choices(_WORDS, k=count)


def grow(  # noqa: PLR0913  # kinds of text
    root: Path,
    stores: int,
    files: int = FILES,
    *,
    language: bool = False,
    script: str = "",
    tables: bool = False,
) -> Grown:
    """Write stores of so many files each, some agents to a project, each project a repository with a commit.

    In every store two links lead to no file and two to no part of a file. The text is of a few words, or of
    those of a language.
    """
    chance = Chance(5)
    chance.language, chance.script, chance.tables = language, script, tables
    for number in range(stores):
        project = root / f"project-{number // AGENTS}"
        store = project / ".claude" / "agent-memory" / f"agent-{number % AGENTS}"
        store.mkdir(parents=True)
        _write_store(store, files, chance)
    for project in sorted(root.iterdir()):
        _commit(project)
    return Grown(root, stores * files, 4 * stores)


def _write_store(store: Path, files: int, chance: Chance) -> None:
    names = [
        f"{_SUBJECTS[number % 12]}-{_TASKS[number // 12 % 12]}{'-again' * (number // 144)}"
        for number in range(files - 1)
    ]
    hooks = "".join(
        f"- [{name.replace('-', ' ').title()}]({name}.md) — {_sentence(chance)}\n" for name in names
    )
    (store / "MEMORY.md").write_text(f"# Memory\n\n{hooks}")
    for number, name in enumerate(names):
        broken = ""
        if number < 2:
            broken = f"See [what is gone](gone-{number}.md) and [a part](#no-such-part-{number}).\n"
        (store / f"{name}.md").write_text(_topic(name, names, chance) + broken)


def _topic(name: str, names: list[str], chance: Chance) -> str:
    """A topic file of about four thousand characters; like real ones, two of five hold links."""
    title = name.replace("-", " ")
    head = (
        f"---\nname: {name}\ndescription: {title}, and what to look at first\n"
        f"metadata:\n  type: project\n---\n\n# {title.capitalize()}\n\n{_paragraph(chance)}\n"
    )
    parts = [head]
    for heading in (
        "What happens",
        "Why",
        "How to apply",
        "What was tried",
        "What did not work",
        "Open ends",
    ):
        items = "".join(f"- **{chance.choice(_WORDS)}**: {_sentence(chance)}\n" for _ in range(4))
        parts.append(f"\n## {heading}\n\n{_paragraph(chance)}\n\n{items}")
    if chance.tables and chance.random() < _WITH_TABLES:
        parts.append(_table(chance))
    parts.append(f"\n```sh\nmake {chance.choice(_TASKS)} && ./run --all\n```\n")
    if chance.random() < _WITH_LINKS:
        near, other, part, third, last = chance.choices(names, k=5)
        parts.append(
            f"\nSee [{near}]({near}.md), [[{other}]], [why]({part}.md#why), [{last}]({last}.md).\n"
            f"After [that](./{third}.md): `{chance.choice(_TASKS)}.py`, [above](#open-ends).\n"
            f"```\n# [no](link.md)\n```\n"
            f"Said at [the site](https://example.com/docs).\n"
        )
    return "".join(parts)


def _table(chance: Chance) -> str:
    """A table, a quote, a numbered list with lazy lines, and HTML."""
    rows = "".join(f"| {' | '.join(chance.words(3))} | {chance.random():.2f} |\n" for _ in range(6))
    steps = "".join(f"{number}. {_sentence(chance)}\n   {_sentence(chance)}\n" for number in (1, 2, 3))
    return (
        f"\n## Measured\n\n| what | where | why | how much |\n|---|:-:|---|--:|\n{rows}\n"
        f"> {_sentence(chance)}\n> - {_sentence(chance)}\n\n{steps}\n"
        f"<details>\n<summary>{_sentence(chance)}</summary>\n\n{_paragraph(chance)}\n\n</details>\n"
    )


def _paragraph(chance: Chance) -> str:
    return "\n".join(_sentence(chance) for _ in range(4))


def _sentence(chance: Chance) -> str:
    return " ".join(chance.words(10)).capitalize() + "."


def _commit(project: Path) -> None:
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "All that was learned"]):
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "gc.auto=0")
        subprocess.run(["git", "-C", project, *identity, *arguments], check=True)


def lychee() -> str | None:
    """The link checker that is the measure."""
    return beside_python("lychee")


def lychee_command(program: str, root: Path) -> list[str]:
    """Check the links of all Markdown files below a directory, parts of files too."""
    options = ("--offline", "--include-fragments", "--hidden", "--no-progress", "--format", "json")
    return [program, *options, "--extensions", "md", str(root)]


def beside_python(name: str) -> str | None:
    """A program on PATH, or beside this Python, where pip puts it."""
    return shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))


def memoryd_command(*arguments: str) -> list[str]:
    """Run memoryd as it is installed: a module of this Python."""
    return [sys.executable, "-m", "memoryd", *arguments]


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took, its children included, in seconds, and what it printed."""

    cpu: float
    wall: float
    out: bytes


def run(command: Sequence[str], cwd: Path) -> Run:
    """Run a program to its end."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Run(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, out)


@dataclass(frozen=True, slots=True)
class Median:
    """The median of several runs, in seconds, and what the last one printed."""

    cpu: float
    wall: float
    out: bytes

    @property
    def json(self) -> dict[str, Any]:
        """What was printed, read."""
        return dict(json.loads(self.out))


def measure(commands: Sequence[Sequence[str]], cwd: Path, rounds: int) -> list[Median]:
    """Run programs in turn, so that what else the machine does meets all; the first round does not count."""
    runs = [[run(command, cwd) for command in commands] for _ in range(rounds + 1)][1:]
    return [
        Median(
            statistics.median(each.cpu for each in column),
            statistics.median(each.wall for each in column),
            column[-1].out,
        )
        for column in zip(*runs, strict=True)
    ]
