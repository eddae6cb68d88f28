"""Small things that several tests need."""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from coverage import Coverage

from memoryd.adapters.history import History
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.history.versions import Operation
from memoryd.domain.stores.profiles import CLAUDE_AGENT, Profile
from memoryd.domain.stores.store import Scope, Store
from memoryd.services.edits import apply
from memoryd.services.history.undo import find_operation, last_operation, plan_undo

REPOSITORY = Path(__file__).parents[1]
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
STRACE = shutil.which("strace")
_DATA = "data"
_measured: list[tuple[Path, str]] = []


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, by path relative to a directory, and their directories."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@contextmanager
def deep_tree(root: Path, depth: int) -> Iterator[Path]:
    """Make a directory with so many others below each other; Python's own clean-up cannot remove it."""
    root.mkdir()
    descriptor = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    try:
        yield root
    finally:
        subprocess.run(["rm", "-rf", str(root)], check=True)


def store_of(root: Path, profile: Profile = CLAUDE_AGENT) -> Store:
    """A store at a directory."""
    return Store(str(root), Scope.USER, root.name, str(root.parent.parent), profile)


def tree(root: Path) -> dict[str, bytes]:
    """All files below a directory, hidden ones too, by relative path."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def change_of(root: Path, name: str, after: bytes | None) -> FileChange:
    """What brings a file of a store from what it is to other bytes."""
    path = root / name
    return FileChange(str(root), str(path), path.read_bytes() if path.exists() else None, after)


def plan_of(*changes: FileChange, cause: str = "test") -> Plan:
    """A plan of these changes."""
    return Plan(cause, (Fix("change what is to be changed", Applicability.SAFE, changes),))


def undo(history: History, identity: int | None) -> tuple[Operation, Plan, int]:
    """Undo an operation, or the last one; return it, the plan, and the id of the undo."""
    operation = last_operation(history, None) if identity is None else find_operation(history, identity)
    plan = plan_undo(history, operation)
    return operation, plan, apply(plan, history, undoes=operation)


def long_index(sections: int = 15, lines: int = 16) -> str:
    """An index file over its limit: by default 240 lines and a title, in 15 sections."""
    parts = ["# Memory of a reviewer\n"]
    for number in range(sections):
        notes = "".join(f"- fact {number}.{line} about the plumbing\n" for line in range(lines - 3))
        parts.append(f"\n## Topic number {number}\n\n{notes}")
    return "".join(parts)


def lines_of(root: Path) -> set[bytes]:
    """Every line in the Markdown files of a store, without the marks of headings and white space around."""
    found: set[bytes] = set()
    for path in root.rglob("*.md"):
        if not path.name.startswith("."):
            found |= {line.lstrip(b"# ").strip() for line in path.read_bytes().split(b"\n")}
    return found


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: If it does not in that time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def count_calls(work: Callable[[], object]) -> int:
    """Return how many functions, built-in ones too, a piece of work calls: work without a clock."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def python(*arguments: str) -> list[str]:
    """A command line that runs this Python."""
    return [sys.executable, *arguments]


def landlock_version() -> int:
    """Return the version of the interface of Landlock, or the negative number of an error."""
    libc = ctypes.CDLL(None, use_errno=True)
    found = int(libc.syscall(444, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))
    return found if found >= 0 else -ctypes.get_errno()


def strace_works() -> bool:
    """Whether system calls can be made to fail here."""
    if STRACE is None:
        return False
    command = [STRACE, "-f", "-qq", "-e", "trace=none", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def measured(own: Path) -> dict[str, str]:
    """The environment in which coverage writes where a confined daemon may write.

    Args:
        own: A directory of memoryd's own, beside whose files the data is written.
    """
    if (current := Coverage.current()) is None:
        return {}
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = own / "coverage"
    place.mkdir(exist_ok=True)
    _measured.append((place, os.path.abspath(str(current.get_option("run:data_file")))))
    settings = str(REPOSITORY / "pyproject.toml")
    return {"COVERAGE_PROCESS_START": settings, "COVERAGE_FILE": str(place / _DATA)}


def measured_too(own: Path) -> dict[str, str]:
    """The same for a child with directories of its own, if the test is measured."""
    return measured(own) if "COVERAGE_FILE" in os.environ else {}


def collect_measured() -> None:
    """Move coverage's data of all children to where it is combined."""
    while _measured:
        place, combined = _measured.pop()
        for file in place.glob(f"{_DATA}.*"):
            shutil.move(file, f"{combined}{file.name.removeprefix(_DATA)}")


def unmeasured() -> dict[str, str]:
    """The environment of a child whose system calls are counted: coverage would add its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def is_root() -> bool:
    """Whether permissions do not bind these tests."""
    return os.geteuid() == 0
