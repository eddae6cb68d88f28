"""Working trees and the git history of their files."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from memoryd.adapters.git.ask import PATIENCE, ask, open_repository
from memoryd.adapters.git.changes import RAW, changes, is_inside
from memoryd.adapters.git.repository import GitError, top_of
from memoryd.domain.git.evidence import Commit, DepartedPath
from memoryd.values import dataclass, regex

_MUCH_PATIENCE = 60.0  # seconds, for commands that read all commits
_LESS_PATIENCE = 10.0  # for hints
_SHA1 = 40  # digits
_ANYTHING = "memoryd"  # a name that may be in any directory

_COMMIT = regex(rb"[0-9a-f]{40,64} \d+ \d+")
_TIME = regex(rb"author-time (-?\d{1,15})")


def ignored(paths: Iterable[str], directory: str) -> frozenset[str]:
    """Return which absolute paths, existing or not, the repository around a directory ignores.

    For a path that ends with a slash, git is asked about a name in it, because a line of `.gitignore` with
    only a carriage return matches every path that ends with a slash. Nothing is ignored outside git, or if
    git cannot be asked, which `troubles` repeats.
    """
    # git gives up at the first path that is outside or behind a link: it is asked for real ones inside.
    asked = {path: real + _ANYTHING if real.endswith("/") else real for path, real in _real(paths)}
    if not asked:
        return frozenset()
    top = repository(os.path.realpath(directory))
    beneath = {real for real in asked.values() if top and real.startswith(top.rstrip("/") + "/")}
    inside = sorted(_without_special_files(beneath, top))
    # What is tracked is not ignored, but git compares each path with all that is: only of a few it is asked.
    for command in (["check-ignore", "-z", "--stdin", "--no-index"], ["check-ignore", "-z", "--stdin"]):
        if inside:
            question = os.fsencode("\0".join(inside))
            answer = _answer(top, command, question, at_work=True, fine=(0, 1))
            inside = sorted(filter(None, answer.split("\0")))
    found = frozenset(inside)
    return frozenset(path for path, real in asked.items() if real in found)


def _without_special_files(paths: Iterable[str], top: str) -> Iterator[str]:
    """Yield the paths for which git reads no pipe or device as `.gitignore`: it would wait for it."""
    fine = {os.path.dirname(top): True}
    for path in paths:
        above = []
        directory = os.path.dirname(path)
        while directory not in fine:
            above.append(directory)
            directory = os.path.dirname(directory)
        for each in reversed(above):
            fine[each] = fine[os.path.dirname(each)] and _is_harmless(os.path.join(each, ".gitignore"))
        if fine[os.path.dirname(path)]:
            yield path


def _is_harmless(path: str) -> bool:
    """Return whether a file is missing, regular, a link (which git does not follow) or a directory."""
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        return True
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode)


def repository(directory: str) -> str:
    """Return the top of the working tree around a directory, without asking git; "" outside of any."""
    return top_of(directory)


def tracked(top: str) -> frozenset[str]:
    """Return absolute paths of the tracked files of a working tree, and of the directories that hold them.

    Raises:
        GitError: If git cannot be asked.
    """
    found = {top}
    for name in ask(top, ["ls-files", "-z"]).split(b"\0"):
        path = os.path.join(top, os.fsdecode(name)) if is_inside(name) else top
        while path not in found:
            found.add(path)
            path = os.path.dirname(path)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class DeletedFile:
    """A deleted or renamed file, as git knows it.

    Attributes:
        blob: Id of its last content.
        renamed: Absolute path that it got in the commit that took it away, or "".
        exactly: That commit changed nothing in it.
    """

    blob: str
    renamed: str = ""
    exactly: bool = False


def blob_id(content: bytes, *, like: str) -> str:
    """Return git's id of a content, with as many digits as another such id."""
    from hashlib import sha1, sha256  # noqa: PLC0415  # few files were moved

    make = sha1 if len(like) == _SHA1 else sha256
    return make(b"blob %d\0" % len(content) + content).hexdigest()


def gone(paths: Iterable[str], directory: str) -> dict[str, DeletedFile]:
    """Return what became of missing files, by absolute path, without those that git never knew.

    One that was deleted and not committed so is known by its last content alone.
    """
    top = repository(os.path.realpath(directory))
    asked = {os.path.relpath(real, top): path for path, real in _real(paths) if top}
    asked = {name: path for name, path in asked.items() if not name.startswith("../") and name != "."}
    if not asked:
        return {}
    found: dict[str, DeletedFile] = {}
    removals = {}  # the newest of each
    names = [f":(top,literal){name}" for name in asked]
    log = ["log", *RAW, "--no-abbrev", "--no-renames", "--diff-filter=D", "--", *names]
    for change in changes(_bytes(top, log, patience=_LESS_PATIENCE)):
        if change.path in asked and change.path not in found:
            found[change.path] = DeletedFile(change.blob)
            removals[change.path] = change.id
    for line in filter(None, _answer(top, ["ls-files", "-s", "-z", "--", *names]).split("\0")):
        about, _, name = line.partition("\t")
        if name in asked:
            found[name] = DeletedFile(about.split(" ")[1])
    for commit in sorted(set(removals.values())):
        compare = ["log", "-1", *RAW, _renames(top), "--diff-filter=R", commit, "--"]
        for change in changes(_bytes(top, compare, patience=_LESS_PATIENCE)):
            if removals.get(change.path) == commit:
                renamed = os.path.join(top, change.renamed)
                found[change.path] = DeletedFile(found[change.path].blob, renamed, change.exactly)
    return {asked[name]: each for name, each in found.items()}


def _renames(top: str) -> str:
    """Return how git is to look for renames: only for whole ones where contents may be missing."""
    try:
        return "-M100%" if open_repository(top).is_partial else "-M"
    except GitError:
        return "-M"


def departed(top: str, *, commits: int | None = None) -> Mapping[str, DepartedPath]:
    """Return what removed each path that was once in a repository; paths from its top.

    Directories that are completely removed end with a slash. It takes one walk through all commits up to
    the current one, and is cached.

    Args:
        top: The top of the working tree.
        commits: Most commits; for a longer history, git is not asked.
    """
    head = _answer(top, ["rev-parse", "--verify", "-q", "HEAD"], fine=(0, 1)).strip()
    if not head:
        return {}
    if commits is not None:
        count = _answer(top, ["rev-list", "--count", f"--max-count={commits + 1}", head, "--"]).strip()
        if not count.isdecimal() or int(count) > commits:
            return {}
    return _departed(top, head)


@lru_cache(8)
def _departed(top: str, head: str) -> Mapping[str, DepartedPath]:
    walk = ["log", *RAW, _renames(top), "--diff-filter=DR", head, "--"]
    found: dict[str, DepartedPath] = {}
    for change in changes(_bytes(top, walk, patience=_MUCH_PATIENCE)):  # the newest change of each counts
        found.setdefault(change.path, DepartedPath(change.commit, change.renamed))
    tracked = {name for name in _answer(top, ["ls-files", "-z"]).split("\0") if name} if found else set()
    kept = {folder for name in tracked for folder in _folders(name)}
    for name, each in list(found.items()):
        for folder in _folders(name):
            if folder not in kept:
                found.setdefault(folder, DepartedPath(each.commit))
    return {name: _last(each, found) for name, each in found.items() if name not in tracked}


def _last(gone: DepartedPath, found: Mapping[str, DepartedPath]) -> DepartedPath:
    """Return what finally removed a path that was renamed several times."""
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
    """Return the last commit of each file below a directory, by absolute path; none outside git."""
    top = repository(os.path.realpath(directory))
    found: dict[str, Commit] = {}
    if not top:
        return found
    root = os.path.realpath(directory)
    inside = os.path.relpath(root, top)
    walk = ["log", *RAW, "--no-renames", "--", f":(top,literal){'' if inside == '.' else inside}"]
    for change in changes(_bytes(top, walk, patience=_MUCH_PATIENCE)):
        path = os.path.join(directory, os.path.relpath(change.path, inside))
        found.setdefault(path, change.commit)
    return found


def line_times(path: str) -> dict[bytes, float]:
    """Return when each line of a file was committed; nothing outside git.

    Args:
        path: Absolute path of a file.

    Returns:
        Seconds since the epoch by stripped line. Lines that are not committed are absent, and in a
        shallow clone those that are older than it. Of a line that occurs more than once, the oldest counts.
    """
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    top = repository(os.path.dirname(real))
    times: dict[bytes, float] = {}
    if not top:
        return times
    blame = ["blame", "--no-textconv", "--line-porcelain", "HEAD", "--", os.path.relpath(real, top)]
    answer = _bytes(top, blame)
    time, known = float("inf"), True
    shallow = b"\nboundary\n" in answer and open_repository(top).is_shallow
    for line in answer.split(b"\n"):
        if line.startswith(b"\t"):
            text = line[1:].strip()
            if known:
                times[text] = min(time, times.get(text, time))
        elif _COMMIT.match(line):
            time, known = float("inf"), True
        elif seconds := _TIME.fullmatch(line):
            time = float(seconds[1])
        elif line == b"boundary":
            known = not shallow
    return times


def _real(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each path, and the same with the links of its directory resolved."""
    known: dict[str, str] = {}
    for path in paths:
        parent, _, name = path.rpartition("/")
        if parent not in known:
            known[parent] = os.path.realpath(parent or "/").rstrip("/")
        yield path, f"{known[parent]}/{name}"


def _bytes(top: str, arguments: list[str], *, patience: float = PATIENCE) -> bytes:
    """Return what git answers; nothing where it cannot, which `troubles` repeats."""
    try:
        return ask(top, arguments, patience=patience)
    except GitError:
        return b""


def _answer(
    top: str,
    arguments: list[str],
    question: bytes = b"",
    *,
    at_work: bool = False,
    fine: tuple[int, ...] = (0,),
) -> str:
    """Return what git answers as text; nothing where it cannot, which `troubles` repeats."""
    try:
        return os.fsdecode(ask(top, arguments, question, at_work=at_work, fine=fine))
    except GitError:
        return ""
