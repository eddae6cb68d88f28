"""How fast memory is indexed and searched, beside other indexers: `pytest -m slow tests/benchmarks -s`.

Whole processes in turn, each round from nothing; ratios of processor time, seconds are only printed.
`basic-memory` is looked for on PATH: it wants another Python than memoryd does, and two hundred packages. The
bare libraries come in the extra `benchmarks`; they do less than memoryd and only show what that costs.
"""

import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from benchmarks.grown import Run, grow, memoryd_command, run
from support import needs_git, python, tree

pytestmark = [pytest.mark.slow, needs_git]

STORES, ROUNDS = 5, 3
QUERY = "server release"
ALONE = {  # basic-memory then installs nothing, loads no model, and searches words
    "BASIC_MEMORY_AUTO_UPDATE": "false",
    "BASIC_MEMORY_DEFAULT_SEARCH_TYPE": "text",
    "HF_HUB_OFFLINE": "1",
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)


@dataclass(frozen=True, slots=True)
class Other:
    """The command lines of another indexer."""

    prepare: Sequence[str]
    index: Sequence[str]
    query: Sequence[str]
    found: bytes  # in what the query prints where it finds something


def basic_memory(memory: Path, _place: Path) -> Other:
    """Full text alone, as memoryd does it: without vectors."""
    program = shutil.which("basic-memory")
    if program is None:
        pytest.skip("basic-memory is not on PATH: install it with a Python of its own, 3.12 or later")
    if subprocess.run([program, "reindex", "--help"], capture_output=True, check=False).returncode:
        pytest.skip("this basic-memory has no command `reindex`: version 0.24 has")
    return Other(
        [program, "project", "add", "grown", str(memory), "--default", "--no-wait"],
        [program, "reindex", "--full", "--search", "--project", "grown"],
        [program, "tool", "search-notes", QUERY, "--json"],
        b'"permalink"',
    )


def bare(library: str) -> Callable[[Path, Path], Other]:
    """A library that indexes name and text of each file, and no more."""

    def commands(memory: Path, place: Path) -> Other:
        if find_spec(library) is None:
            pytest.skip(f"{library} is not installed: pip install memoryd[benchmarks]")
        script = [str(Path(__file__).with_name("plain.py")), library]
        return Other(
            python("-c", "pass"),
            python(*script, "index", str(place), str(memory)),
            python(*script, "query", str(place), QUERY),
            b"-",
        )

    return commands


def from_nothing(home: Path, place: Path) -> Path:
    """An empty home, and new memory."""
    for directory in (home, place):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
    return grow(place / "memory", STORES).root / "project-0" / ".claude" / "agent-memory"


def demand(finished: Run, *words: bytes) -> Run:
    assert all(word in finished.out for word in words), finished.out[-2000:]
    return finished


def compare(name: str, ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    cpu, other = (statistics.median(each.cpu for each in runs) for runs in (ours, theirs))
    sys.stdout.write(
        f"  {name:<28} CPU {other:7.2f} s; memoryd {cpu:6.2f} s; {other / cpu:7.2f} × memoryd's\n"
    )
    return other / cpu


@pytest.mark.parametrize(
    ("name", "find"),
    [("basic-memory", basic_memory), ("tantivy", bare("tantivy")), ("whoosh", bare("whoosh"))],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_beside(name: str, find: Callable[[Path, Path], Other], tmp_path: Path, home: Path) -> None:
    indexed, queried, other_indexed, other_queried = [], [], [], []
    rewritten = 0
    for _ in range(ROUNDS):
        place = tmp_path / "round"
        memory = from_nothing(home, place)
        before = tree(memory)
        documents = f"{len(before)} documents of {STORES} stores".encode()
        project = memory.parents[1]
        indexed.append(demand(run(memoryd_command("index", "rebuild"), project), documents))
        queried.append(demand(run(memoryd_command("search", "--json", QUERY), project), b'"hits"', b".md"))
        assert tree(memory) == before, "memoryd only reads what it indexes"
        (place / "other").mkdir()
        other = find(memory, place / "other")
        run(other.prepare, place)
        other_indexed.append(run(other.index, place))
        other_queried.append(demand(run(other.query, place), other.found))
        after = tree(memory)
        rewritten = sum(after.get(path) != content for path, content in before.items())
    sys.stdout.write(f"\n  {len(before)} files; {name} rewrites {rewritten} of them\n")
    index = compare(f"{name}, from nothing", indexed, other_indexed)
    query = compare(f"{name}, a query", queried, other_queried)
    if name == "basic-memory":  # the others do less
        assert index >= 1
        assert query >= 1
