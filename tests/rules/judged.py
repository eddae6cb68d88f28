"""Findings on real memory, and what a person judged each of them to be."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from support import REPOSITORY

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.selection import Choice
from memoryd.rules import ALL_RULES
from memoryd.runtime import Selection, build
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.judge import Terms

CORPUS = REPOSITORY.parent / "shared" / "corpus"
LABELS = REPOSITORY / "tests" / "data" / "judged.tsv"
VERDICTS = ("right", "arguable", "wrong")


@dataclass(frozen=True, slots=True)
class Label:
    """What a person judged a finding to be.

    Attributes:
        code: Code of the rule.
        verdict: One of `VERDICTS`.
        reason: Why it is not simply right; empty where it is.
    """

    code: str
    verdict: str
    reason: str


def labels() -> dict[str, Label]:
    """The judged findings by their digest."""
    lines = LABELS.read_text().splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {digest: Label(code, verdict, reason) for code, digest, verdict, reason in rows}


def tally(judged: Mapping[str, Label]) -> dict[str, Counter[str]]:
    """The number of findings with each verdict, by code."""
    counted: dict[str, Counter[str]] = {}
    for label in judged.values():
        counted.setdefault(label.code, Counter())[label.verdict] += 1
    return dict(sorted(counted.items()))


def copy_of_corpus(to: Path) -> Path:
    """Copy the real repositories, each with git, and with a file for every other path that it had."""
    for listing in sorted((CORPUS / "_trees").glob("*.txt")):
        source, repository = CORPUS / listing.stem, to / listing.stem
        if not source.is_dir():
            continue
        shutil.copytree(source, repository)
        for path in (repository / name for name in listing.read_text().splitlines()):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not os.path.lexists(path):
                path.write_text(f"Stands for {path.relative_to(repository)}.\n")
        for path in repository.rglob("*"):
            path.chmod(path.stat().st_mode | 0o600)
        subprocess.run(["git", "init", "-q", str(repository)], check=True)
    return to


def findings(directory: Path) -> Iterator[tuple[str, Diagnostic]]:
    """Check every repository below a directory with all rules.

    Yields:
        Each finding with its digest: over its code, path below the directory and quoted text, so that nothing
        of the memory is kept, and edits elsewhere in the file do not matter. Of equal ones, each has its own.
    """
    nothing = Choice("", "/")
    times: Counter[str] = Counter()
    for repository in sorted(directory.iterdir()):
        found = build().subject(Selection((repository,)))
        for each in Examination(found, Terms(ALL_RULES, nothing, nothing)).report().diagnostics:
            key = "\0".join((each.code, each.path_from(str(directory)), " ".join(each.quoted.split())))
            times[key] += 1
            yield sha256(f"{key}\0{times[key]}".encode()).hexdigest()[:20], each
