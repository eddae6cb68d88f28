"""Replay of real index files: which lines of a version were needed within the next ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from support import REPOSITORY

HISTORIES = REPOSITORY.parent / "shared" / "corpus" / "_history"
AHEAD = 6  # versions
LEAST = 40  # lines that say something: of shorter files nobody unloads anything
CHOSEN_ON = ("BodeSoftware", "MLShukai", "InfernalRabbit", "fjpulidop", "Geson-anko", "ractive")
"""Owners of the repositories that the ranking was chosen on; it is reported on the others."""

_IDENTIFIER = re.compile(r"`[^`\n]{2,60}`|[\w#@$][\w./:#@$+\[\]-]*[\w\])]")
_ODD = re.compile(r"[\d_./:\[\]#@$`]|[a-z][A-Z]|[A-Z]{2}")
_RARE = 2  # lines of a version that hold an identifier which is rare there
_REWORDED = 0.5


@dataclass(frozen=True)
class Replayed:
    """One version of an index file, with the ones before it and what came next."""

    name: str
    versions: tuple[bytes, ...]
    at: int

    @property
    def raw(self) -> bytes:
        return self.versions[self.at]

    @property
    def past(self) -> tuple[tuple[float, bytes], ...]:
        """Every version so far, with its number as its time."""
        return tuple((float(number + 1), raw) for number, raw in enumerate(self.versions[: self.at + 1]))

    @property
    def half(self) -> str:
        return "chosen on" if self.name.startswith(CHOSEN_ON) else "reported"

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for line in _lines(self.raw) if re.search(r"\w", line))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Lines that are reworded within the next versions, or share a rare identifier with a new line."""
        here = set(self.lines)
        holders: dict[str, list[str]] = {}
        for line in here:
            for word in identifiers(line):
                holders.setdefault(word, []).append(line)
        found: set[str] = set()
        seen = set(here)
        for raw in self.versions[self.at + 1 : self.at + 1 + AHEAD]:
            later = [line for line in _lines(raw) if re.search(r"\w", line)]
            new = [line for line in dict.fromkeys(later) if line not in seen]
            lost = here - set(later) - found
            for line in new:
                words = line.split()
                for word in identifiers(line):
                    if len(holders.get(word, ())) <= _RARE:
                        found.update(holders.get(word, ()))
                for old in lost:
                    matcher = SequenceMatcher(None, old.split(), words)
                    if matcher.quick_ratio() >= _REWORDED and matcher.ratio() >= _REWORDED:
                        found.add(old)
            seen.update(new)
        return frozenset(found)


def identifiers(line: str) -> frozenset[str]:
    """Words of a line that look like names of code, files, versions."""
    return frozenset(
        word.strip("`")
        for word in _IDENTIFIER.findall(line)
        if len(word.strip("`")) > 2 and _ODD.search(word)
    )


def _lines(raw: bytes) -> list[str]:
    return [line.strip() for line in raw.decode(errors="replace").split("\n") if line.strip()]


def replays() -> Iterator[Replayed]:
    """Every version of every history that is long enough and has a next one."""
    for folder in sorted(path for path in HISTORIES.glob("*/*") if path.is_dir()):
        versions = tuple(path.read_bytes() for path in sorted(folder.glob("*.md")))
        name = f"{folder.parent.name}/{folder.name}"
        for at in range(len(versions) - 1):
            replayed = Replayed(name, versions, at)
            if len(replayed.lines) >= LEAST and replayed.needed:
                yield replayed


def all_versions() -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Name and versions of every history."""
    for folder in sorted(path for path in HISTORIES.glob("*/*") if path.is_dir()):
        yield (
            f"{folder.parent.name}/{folder.name}",
            tuple(Path(path).read_bytes() for path in sorted(folder.glob("*.md"))),
        )
