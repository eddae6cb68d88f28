"""What git knows of a repository, asked of git itself."""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha1, sha256

from memoryd.domain.git.evidence import Commit, Departed

_PATIENCE = 30.0  # seconds
_MUCH_PATIENCE = 60.0  # for what walks through all commits
_LESS_PATIENCE = 10.0  # for what is only told to be helpful
_SHA1 = 40  # digits

_COMMIT = re.compile(rb"([0-9a-f]{40,64}) \d+ \d+")  # of zeros only: not committed yet


def ignored(paths: Iterable[str], directory: str) -> frozenset[str]:
    """Which absolute paths, existing or not, the repository around a directory ignores; none outside git."""
    # git gives up at the first path that lies outside or behind a link: it is asked for real ones inside.
    asked = dict(_real(paths))
    if not asked:
        return frozenset()
    top = repository(os.path.realpath(directory))
    inside = sorted({real for real in asked.values() if top and real.startswith(top.rstrip("/") + "/")})
    if not inside:
        return frozenset()
    # What is tracked is not ignored, but git compares each path with all that is: only of a few it is asked.
    for command in (["check-ignore", "-z", "--stdin", "--no-index"], ["check-ignore", "-z", "--stdin"]):
        if inside:
            inside = sorted(filter(None, _ask(command, directory, "\0".join(inside)).split("\0")))
    answer = frozenset(inside)
    return frozenset(path for path, real in asked.items() if real in answer)


def repository(directory: str) -> str:
    """The top of the working tree around a directory, itself not asked of git; "" outside of any."""
    while not os.path.lexists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return ""
        directory = parent
    return directory


def tracked(top: str) -> frozenset[str]:
    """Absolute paths of the tracked files of a working tree, and of the directories that hold them."""
    found = {top}
    for name in filter(None, _ask(["ls-files", "-z"], top).split("\0")):
        path = os.path.join(top, name)
        while path not in found:
            found.add(path)
            path = os.path.dirname(path)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Gone:
    """What git knows of a file that is no longer there.

    Attributes:
        blob: Id of its last content.
        renamed: Absolute path that it got in the commit that took it away, or "".
        exactly: That commit changed nothing in it.
    """

    blob: str
    renamed: str = ""
    exactly: bool = False


def blob_id(content: bytes, *, like: str) -> str:
    """What git calls a content, in as many digits as another such id has."""
    make = sha1 if len(like) == _SHA1 else sha256
    return make(b"blob %d\0" % len(content) + content).hexdigest()


def gone(paths: Iterable[str], directory: str) -> dict[str, Gone]:
    """What became of absent files, by absolute path; those that git never knew are left out.

    One that was deleted and not committed so is known by its last content alone.
    """
    top = repository(os.path.realpath(directory))
    asked = {os.path.relpath(real, top): path for path, real in _real(paths) if top}
    asked = {name: path for name, path in asked.items() if not name.startswith("../") and name != "."}
    if not asked:
        return {}
    found = {}
    removals = {}  # the newest of each
    names = [f":(top,literal){name}" for name in asked]
    log = ["log", "--format=%x00%H", "--raw", "--no-abbrev", "--no-renames", "-z", "--diff-filter=D", "--"]
    for commit, blob, name in _removals(_ask([*log, *names], top, patience=_LESS_PATIENCE)):
        if name in asked and name not in found:
            found[name] = Gone(blob)
            removals[name] = commit
    for line in filter(None, _ask(["ls-files", "-s", "-z", "--", *names], top).split("\0")):
        about, _, name = line.partition("\t")
        if name in asked:
            found[name] = Gone(about.split(" ")[1])
    for commit in sorted(set(removals.values())):
        for old, new, exactly in _renames(commit, top):
            if removals.get(old) == commit:
                found[old] = Gone(found[old].blob, os.path.join(top, new), exactly)
    return {asked[name]: each for name, each in found.items()}


def _removals(answer: str) -> Iterator[tuple[str, str, str]]:
    """Commit, blob and name of each file that is removed in a raw log, the newest first."""
    commit = about = ""
    for part in answer.split("\0"):
        if about:
            yield commit, about.split(" ")[2], part
            about = ""
        elif part.lstrip("\n").startswith(":"):
            about = part.strip("\n")
        else:
            commit = part.strip("\n") or commit


def _renames(commit: str, top: str) -> Iterator[tuple[str, str, bool]]:
    """Old name, new name, and whether nothing else changed, of each file that a commit renames."""
    compare = ["diff-tree", "-r", "-M", "--diff-filter=R", "--name-status", "-z", "--no-commit-id", commit]
    parts = _ask(compare, top, patience=_LESS_PATIENCE).split("\0")[:-1]
    for score, old, new in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        yield old, new, score == "R100"


def departed(top: str, *, commits: int | None = None) -> Mapping[str, Departed]:
    """What took each path out of a repository that was once in it and is gone; paths from its top.

    Directories of which nothing is left end with a slash. One walk through all that led to the present
    commit tells it; it is remembered.

    Args:
        top: The top of the working tree.
        commits: Where there are more, nobody is asked.
    """
    head = _ask(["rev-parse", "--verify", "-q", "HEAD"], top).strip()
    if not head:
        return {}
    if commits is not None:
        count = _ask(["rev-list", "--count", f"--max-count={commits + 1}", head], top).strip()
        if not count.isdecimal() or int(count) > commits:
            return {}
    return _departed(top, head)


@lru_cache(8)
def _departed(top: str, head: str) -> Mapping[str, Departed]:
    walk = ["log", "--no-show-signature", "--diff-filter=DR", "-M", "--name-status", "-z", "--no-ext-diff"]
    parts = iter(_ask([*walk, "--format=%x01%h %cs", head, "--"], top, patience=_MUCH_PATIENCE).split("\0"))
    found: dict[str, Departed] = {}
    commit = None
    for part in map(str.strip, parts):
        if part.startswith("\x01"):
            name, _, day = part[1:].partition(" ")
            commit = Commit(name, date.fromisoformat(day.strip()))
        elif part and commit:  # the newest of each counts
            old = next(parts, "")
            found.setdefault(old, Departed(commit, next(parts, "") if part.startswith("R") else ""))
    tracked = {name for name in _ask(["ls-files", "-z"], top).split("\0") if name} if found else set()
    kept = {folder for name in tracked for folder in _folders(name)}
    for name, each in list(found.items()):
        for folder in _folders(name):
            if folder not in kept:
                found.setdefault(folder, Departed(each.commit))
    return {name: _last(each, found) for name, each in found.items() if name not in tracked}


def _last(gone: Departed, found: Mapping[str, Departed]) -> Departed:
    """What took a path away for good, where it was renamed several times."""
    seen = set()
    while gone.renamed in found and gone.renamed not in seen:
        seen.add(gone.renamed)
        gone = found[gone.renamed]
    return gone


def _folders(name: str) -> Iterator[str]:
    while "/" in name:
        name = name.rpartition("/")[0]
        yield f"{name}/"


def committed(directory: str) -> dict[str, Commit]:
    """The last commit of each file below a directory, by absolute path; none outside git."""
    top = repository(os.path.realpath(directory))
    found: dict[str, Commit] = {}
    if not top:
        return found
    walk = [
        "log",
        "--no-show-signature",
        "--no-renames",
        "--name-only",
        "-z",
        "--format=%x01%h %cs",
        "--",
        ".",
    ]
    commit = None
    inside = os.path.relpath(os.path.realpath(directory), top)
    for part in map(str.strip, _ask(walk, directory, patience=_MUCH_PATIENCE).split("\0")):
        if part.startswith("\x01"):
            name, _, day = part[1:].partition(" ")
            commit = Commit(name, date.fromisoformat(day.strip()))
        elif part and commit:
            path = os.path.join(directory, os.path.relpath(part, inside))
            found.setdefault(path, commit)
    return found


def line_times(path: str) -> dict[bytes, float]:
    """When each line of a file was committed: seconds since the epoch by stripped line; none outside git.

    Lines that are not committed are absent. Of a line that stands more than once, the oldest counts.
    """
    directory, name = os.path.split(path)
    times: dict[bytes, float] = {}
    time = float("inf")
    commit = b""
    for line in os.fsencode(_ask(["blame", "--line-porcelain", "--", name], directory)).split(b"\n"):
        if line.startswith(b"author-time "):
            time = float(line.removeprefix(b"author-time "))
        elif line.startswith(b"\t"):
            text = line[1:].strip()
            if commit.strip(b"0"):
                times[text] = min(time, times.get(text, time))
        elif match := _COMMIT.match(line):
            commit = match[1]
    return times


def _real(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each path, and the same with the links of its directory resolved."""
    known: dict[str, str] = {}
    for path in paths:
        parent, _, name = path.rpartition("/")
        if parent not in known:
            known[parent] = os.path.realpath(parent or "/").rstrip("/")
        yield path, f"{known[parent]}/{name}"


def _ask(arguments: list[str], directory: str, question: str = "", *, patience: float = _PATIENCE) -> str:
    """What git answers; nothing where there is no git, no repository, or no answer in time."""
    try:
        answer = subprocess.run(  # noqa: S603  # arguments are ours, paths go through standard input
            ["git", "-C", directory, *arguments],  # noqa: S607  # the user's own git
            input=os.fsencode(question),
            capture_output=True,
            check=False,
            timeout=patience,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.fsdecode(answer.stdout)
