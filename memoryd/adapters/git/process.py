"""The git program, run with limits."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from memoryd.adapters.git.repository import GitError
from memoryd.programs import find_program

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

_MOST_BYTES = 256 * 1024 * 1024  # of one answer
_CHUNK = 1024 * 1024  # bytes read at once
MOST_COMPLAINT = 300  # bytes of git's own message


class TooMuchError(Exception):
    """A process took more than it was allowed to."""


def git_program() -> str:
    """Return the path of git."""
    program = find_program("git")
    if program is None:
        raise GitError("git is not installed", "install git, or add its directory to PATH")
    return program


def has_git() -> bool:
    """Return whether git is installed."""
    try:
        return bool(git_program())
    except GitError:
        return False


def environment_without_git() -> dict[str, str]:
    """Return the environment without what git has put into it, for a hook say."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def complaint_of(errors: bytes) -> str:
    """Return the first line of what git wrote to its standard error."""
    return os.fsdecode(errors.strip().partition(b"\n")[0]).removeprefix("fatal: ")


def directory_of_its_own() -> "TemporaryDirectory[str]":
    """Make a directory for `run_git`, which is deleted at the end of a `with` statement.

    Raises:
        OSError: If it cannot be made.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415  # only if git is asked

    return TemporaryDirectory(prefix="memoryd-git-")


def run_git(
    command: Sequence[str], own: str, environment: dict[str, str], question: bytes, patience: float
) -> tuple[int, bytes, bytes]:
    """Return exit code, output and the beginning of the errors of a process.

    Args:
        command: Its arguments.
        own: Its working directory, where its input and its errors are kept.
        environment: Its whole environment.
        question: Standard input.
        patience: Seconds.

    Raises:
        TooMuchError: If it takes longer, or answers too much.
    """
    with open(f"{own}/question", "w+b") as given, open(f"{own}/errors", "w+b") as errors:
        given.write(question)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603  # git by its whole path, arguments that are ours
            command, stdin=given, stdout=subprocess.PIPE, stderr=errors, cwd=own, env=environment,
            start_new_session=True,
        )  # fmt: skip
        try:
            output = _output(process.stdout, time.monotonic() + patience, patience) if process.stdout else b""
            code = process.wait(max(patience, 1.0))
        except subprocess.TimeoutExpired as error:
            raise TooMuchError(f"it took more than {patience:.0f} seconds") from error
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.stdout:
                process.stdout.close()
        errors.seek(0)
        return code, output, errors.read(MOST_COMPLAINT)


def _output(stream: IO[bytes], deadline: float, patience: float) -> bytes:
    """Return all that a process writes until a deadline in monotonic seconds."""
    found = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TooMuchError(f"it took more than {patience:.0f} seconds")
            chunk = os.read(stream.fileno(), _CHUNK)
            if not chunk:
                return bytes(found)
            found += chunk
            if len(found) > _MOST_BYTES:
                raise TooMuchError(f"its answer is larger than {_MOST_BYTES // 2**20} MiB")
