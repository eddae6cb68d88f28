# ruff: noqa: S311, T201  # the same numbers in every run; a table is what it is for
"""Concurrent changes of real index files, merged by memoryd, by git, and by its driver `union`.

`pytest -m slow -s tests/benchmarks/test_merge_of_histories.py` prints a table for each half of the
repositories: one by which the merge was tuned, and one that is held out. Of three versions in a row,
the change from the first to the second is one side; the other side is the first with the change from the
second to the third, carried over line by line.
"""

import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from time import process_time
from typing import NamedTuple

import pytest
from benchmarks.replay import HISTORIES
from support import needs_git

from memoryd.domain.markdown.frontmatter import read
from memoryd.domain.merging.merge import merge_file
from memoryd.domain.merging.units import split

MOST_BACK = 0.001  # of the removed lines
MOST_SECONDS = 0.3  # of processor time for 10,000 lines
_FENCE = b"```"
_PLAIN = 12  # bytes: a shorter line, as one of code or a table, is often there twice

Merge = Callable[[bytes, bytes, bytes], tuple[int, bytes, frozenset[bytes]]]
needs_histories = pytest.mark.skipif(
    not HISTORIES.exists(), reason="the corpus of real memory is not beside this clone"
)


class Change(NamedTuple):
    base: bytes
    ours: bytes
    theirs: bytes


def is_held_out(repository: str) -> bool:
    """Whether the merge was not tuned by a repository."""
    return bool(sha256(repository.encode()).digest()[0] % 2)


@cache
def changes(*, held_out: bool) -> tuple[Change, ...]:
    return tuple(_changes(held_out=held_out))


def _changes(*, held_out: bool) -> Iterator[Change]:
    directories = sorted(Path(each) for each, _, names in os.walk(HISTORIES) if names)
    for directory in directories:
        if is_held_out(directory.relative_to(HISTORIES).parts[0]) != held_out:
            continue
        versions = [path.read_bytes() for path in sorted(directory.iterdir())]
        for first, second, third in zip(versions, versions[1:], versions[2:], strict=False):
            theirs = carried_over(first, second, third)
            if not any(inner in theirs for inner in codes(first) - codes(theirs)):  # else it tore code
                yield Change(first, second, theirs)


def codes(text: bytes) -> set[bytes]:
    """The lines between the fences of code."""
    units = split(text + b"\n")[0]
    return {b"\n".join(unit.text.split(b"\n")[1:-2]) for unit in units if unit.text.startswith(_FENCE)} - {
        b""
    }


def carried_over(first: bytes, second: bytes, third: bytes) -> bytes:
    """The first version with the change from the second to the third."""
    old, middle, new = (text.split(b"\n") for text in (first, second, third))
    places: dict[int, int] = {}
    for at, other, size in SequenceMatcher(None, old, middle, autojunk=False).get_matching_blocks():
        places |= {other + step: at + step for step in range(size)}
    removed: set[int] = set()
    added: dict[int, list[bytes]] = defaultdict(list)
    for tag, start, end, new_start, new_end in SequenceMatcher(
        None, middle, new, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            removed |= {places[line] for line in range(start, end) if line in places}
            before = max((line for line in places if line < start), default=-1)
            added[places[before] + 1 if before >= 0 else 0] += new[new_start:new_end]
    lines: list[bytes] = []
    for at, line in enumerate([*old, b""]):
        lines += added[at]
        lines += [line] if at < len(old) and at not in removed else []
    return b"\n".join(lines)


def by_git(directory: Path, *options: str) -> Merge:
    def merge(base: bytes, ours: bytes, theirs: bytes) -> tuple[int, bytes, frozenset[bytes]]:
        paths = [directory / name for name in ("ours", "base", "theirs")]
        for path, content in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(content)
        done = subprocess.run(["git", "merge-file", "-p", *options, *paths], capture_output=True, check=False)
        return int(done.returncode > 0), done.stdout, frozenset()

    return merge


def by_memoryd(base: bytes, ours: bytes, theirs: bytes) -> tuple[int, bytes, frozenset[bytes]]:
    merged = merge_file(base, ours, theirs)
    lines = merged.content.split(b"\n")
    told: set[bytes] = set()
    for number, _ in merged.doubts:
        rest = b"\n".join(lines[number - 1 :]) + b"\n"
        told |= {line.strip() for line in split(rest)[0][0].text.split(b"\n")}
    return merged.conflicts, merged.content, frozenset(told)


def counted(text: bytes) -> Counter[bytes]:
    head = read(text)
    body = text[head.span.end :] if head else text
    return Counter(stripped for line in body.split(b"\n") if (stripped := line.strip()))


def plain(line: bytes) -> bytes:
    return b" ".join(word.rstrip(b".,;:!") for word in line.lstrip(b"-*+ 0123456789.").split())


def measured(merge: Merge, *, held_out: bool) -> Counter[str]:
    """Counts of one half: lines that are back, lost or doubled, and merges with conflicts."""
    found: Counter[str] = Counter()
    for change in changes(held_out=held_out):
        conflicts, content, told = merge(*change)
        base, ours, theirs, merged = map(counted, (*change, content))
        found["conflicts"] += bool(conflicts)
        said = b" ".join(plain(line) for line in content.split(b"\n"))
        for line, count in base.items():
            if (ours[line] < count or theirs[line] < count) and ours[line] <= count >= theirs[line]:
                found["removed"] += 1
                wanted = max(0, ours[line] + theirs[line] - count)
                if merged[line] > wanted:
                    found["back, told" if line in told else "back"] += 1
        for line in (ours | theirs) - base:
            found["added"] += 1
            found["lost"] += not merged[line] and plain(line) not in said
        sides = ours | theirs
        for line in merged:
            if len(line) > _PLAIN and not line.startswith(_FENCE) and merged[line] > sides[line]:
                found["doubled, told" if line in told else "doubled"] += 1
    return found


@needs_git
@needs_histories
@pytest.mark.slow
@pytest.mark.parametrize("held_out", [False, True], ids=["tuned", "held out"])
def test_real_changes_come_together(tmp_path: Path, *, held_out: bool) -> None:
    ways = {
        "memoryd": by_memoryd, "git": by_git(tmp_path), "git, union": by_git(tmp_path, "--union"),
    }  # fmt: skip
    counts = {name: measured(merge, held_out=held_out) for name, merge in ways.items()}
    columns = ("conflicts", "removed", "back", "back, told", "added", "lost", "doubled", "doubled, told")
    print(f"\n{'held out' if held_out else 'tuned':12}", *(f"{column:>14}" for column in columns))
    for name, found in counts.items():
        print(f"{name:12}", *(f"{found[column]:>14}" for column in columns))
    own = counts["memoryd"]
    assert own["conflicts"] == own["lost"] == own["doubled"] == 0
    assert own["back"] <= MOST_BACK * own["removed"]
    assert counts["git"]["conflicts"] > 20
    assert counts["git, union"]["back"] > 50


@pytest.mark.slow
def test_ten_thousand_lines() -> None:
    lines = [f"- [Note {number}](topic-{number}.md) — what it says about it\n" for number in range(10_000)]
    sides = []
    for seed in (1, 2):
        random, side = Random(seed), lines.copy()
        for _ in range(100):
            at = random.randrange(len(side))
            side[at] = random.choice(["", f"{side[at]}- a new note {random.random()}\n", f"- other {at}\n"])
        sides.append("".join(side).encode())
    seconds = []
    for _ in range(7):
        start = process_time()
        merge_file("".join(lines).encode(), *sides)
        seconds.append(process_time() - start)
    print(f"\n10,000 lines: {min(seconds):.3f} s of processor time")
    assert min(seconds) < MOST_SECONDS
