"""A warm process that carries out one operation after another, each in a child of its own.

Started as a script: reads requests, one JSON object a line, and answers with the child's process id
and, once that has ended, with how. A child that is to be traced stops before its first call.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import sqlite_utils  # noqa: F401  # a new history needs it; its import is no part of an operation

from memoryd.adapters.history import History, migration
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.errors import MemorydError
from memoryd.services.edits import apply, recover

_ANYBODY = ctypes.c_ulong(-1)
_PR_SET_PTRACER = 0x59616D61


def before(size: int) -> dict[str, bytes]:
    """The files of a store before the operation; `size` is in lines."""
    lines = b"".join(b"- fact %d\n" % number for number in range(size))
    return {"MEMORY.md": b"# Memory\n" + lines, "old.md": b"old\n"}


def after(size: int) -> dict[str, bytes]:
    """The same files after it: one rewritten, one created, one deleted."""
    old = before(size)
    kept, moved = (
        b"".join(line for line in old["MEMORY.md"].splitlines(keepends=True) if line.startswith(start))
        for start in (b"#", b"-")
    )
    return {"MEMORY.md": kept + b"- [facts](b.md)\n", "b.md": moved + old["old.md"]}


def plan(root: str, size: int) -> Plan:
    """What leads from the one to the other."""
    old, new = before(size), after(size)
    changes = (FileChange(root, f"{root}/{name}", old.get(name), new.get(name)) for name in sorted(old | new))
    return Plan("test", (Fix("move facts", Applicability.SAFE, tuple(changes)),))


def _memoryd(root: str, state: str, size: int) -> None:
    with History(Path(state, "history.db")) as history:
        apply(plan(root, size), history)


def _recover(root: str, state: str, _size: int) -> None:
    with History(Path(state, "history.db")) as history:
        recover([root], history)


def _in_place(root: str, _state: str, size: int) -> None:
    """What many programs do: compare, then overwrite."""
    for change in plan(root, size).changes:
        if change.after is None:
            os.unlink(change.path)
        elif change.before is None or Path(change.path).read_bytes() == change.before:
            with open(change.path, "wb") as file:
                file.write(change.after)


def _replace(root: str, _state: str, size: int) -> None:
    """What careful programs do: compare, then rename a new file over the old one."""
    for change in plan(root, size).changes:
        if change.after is None:
            os.unlink(change.path)
            continue
        temporary = Path(f"{change.path}.new")
        temporary.write_bytes(change.after)
        if change.before is None or Path(change.path).read_bytes() == change.before:
            os.replace(temporary, change.path)


def _migrate(_root: str, state: str, _size: int) -> None:
    """Open a history, which migrates an old one, a few contents at once."""
    migration._AT_ONCE = 4000
    History(Path(state, "history.db")).close()


WRITERS: dict[str, Callable[[str, str, int], None]] = {
    "memoryd": _memoryd,
    "recover": _recover,
    "migrate": _migrate,
    "in place": _in_place,
    "replace": _replace,
}


def _act(request: dict[str, str], size: int, largest: int) -> int:
    os.dup2(os.open(request["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    if largest:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    if request["traced"]:
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY)
        os.kill(os.getpid(), signal.SIGSTOP)
    try:
        WRITERS[request["writer"]](request["root"], request["state"], size)
    except MemorydError as error:
        sys.stderr.write(error.message)
        return 2
    except BaseException:  # noqa: BLE001  # of a bug the test wants to see everything
        traceback.print_exc()
        return 1
    return 0


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _serve() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            code = 1
            try:
                code = _act(request, request["size"], request["largest"])
            finally:
                sys.stderr.flush()
                os._exit(code)
        _answer(child)
        _, status = os.waitpid(child, 0)
        _answer(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    _serve()
