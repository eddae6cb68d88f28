"""Git repositories that memoryd writes whole."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import IO

from memoryd import beneath
from memoryd.adapters.git.ask import NOTHING_OF_OTHERS, ask
from memoryd.adapters.git.past import contents_of
from memoryd.adapters.git.process import MOST_COMPLAINT, complaint_of, environment_without_git, git_program
from memoryd.adapters.git.repository import GitError
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_BRANCH = "main"
_ADDRESS = "memoryd@localhost"
_EXECUTABLE = 0o100
_PATIENCE = 120.0  # seconds for one question
_AT_ONCE = 200  # files that git is asked for at once


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file of a commit: its path in the tree, its content or None to delete it, and its permission bits."""

    path: bytes
    content: bytes | None
    mode: int = 0


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to write: seconds since the epoch, name of the author, message and files."""

    time: float
    author: str
    message: str
    files: Iterable[NewFile]


def write_repository(directory: Path, commits: Iterable[NewCommit]) -> None:
    """Write a repository with one branch, and the files of its last commit.

    It appears in the directory when it is complete, readable only by its owner.

    Args:
        directory: A directory that is missing or empty; its parent exists.
        commits: The commits, the oldest first. Their paths must be safe: relative, without `..` or `.git`.

    Raises:
        MemorydError: If the directory has files, or git is missing or fails.
    """
    _demand_empty(directory)
    try:
        draft = mkdtemp(prefix=f".{directory.name}.", suffix=".new", dir=directory.parent)
    except OSError as error:
        raise MemorydError(f"cannot write {directory}: {error.strerror}", "name another directory") from error
    try:
        _git(draft, ["init", "--quiet", "--template=", f"--initial-branch={_BRANCH}"])
        _git(draft, ["fast-import", "--quiet", "--done"], commits)
        _git(draft, ["reset", "--quiet", "--hard", _BRANCH])
        os.rename(draft, directory)  # replaces an empty directory, and no other
        beneath.sync_directory(str(directory.parent))
    except OSError as error:
        raise MemorydError(f"cannot write {directory}: {error.strerror}", "name another directory") from error
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(draft)


def _demand_empty(directory: Path) -> None:
    try:
        if os.path.lexists(directory) and (directory.is_symlink() or any(directory.iterdir())):
            raise MemorydError(f"{directory} exists and is not an empty directory", "name a new directory")
    except NotADirectoryError as error:
        raise MemorydError(f"{directory} is not a directory", "name a new directory") from error
    except OSError as error:
        raise MemorydError(f"cannot read {directory}: {error.strerror}") from error


def _git(top: str, arguments: list[str], commits: Iterable[NewCommit] | None = None) -> None:
    """Run git in a repository of memoryd's own, perhaps with commits as its input.

    Raises:
        GitError: If it fails.
    """
    command = [git_program(), "-c", "core.hooksPath=/dev/null", "-c", "core.attributesFile=/dev/null"]
    command += ["-c", "core.quotePath=false", "-c", "gc.auto=0", *arguments]
    environment = environment_without_git() | NOTHING_OF_OTHERS | {"HOME": top, "XDG_CONFIG_HOME": top}
    with TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  # git by its whole path, arguments that are ours
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, cwd=top,
            env=environment, umask=0o077,
        )  # fmt: skip
        assert process.stdin is not None  # noqa: S101  # it was asked for
        try:
            with suppress(BrokenPipeError), process.stdin as stream:
                _write(stream, commits)
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait():
            errors.seek(0)
            said = complaint_of(errors.read(MOST_COMPLAINT))
            raise GitError(f"git cannot write {top}: {said}", "nothing was exported")


def _write(stream: IO[bytes], commits: Iterable[NewCommit] | None) -> None:
    if commits is None:
        return
    for commit in commits:
        when = f"<{_ADDRESS}> {max(int(commit.time), 0)} +0000"
        message = commit.message.encode(errors="replace")
        head = (
            f"commit refs/heads/{_BRANCH}\nauthor {_name(commit.author)} {when}\ncommitter memoryd {when}\n"
        )
        stream.write(head.encode() + b"data %d\n%b\n" % (len(message), message))
        for file in commit.files:
            if file.content is None:
                stream.write(b"D %b\n" % file.path)
            else:
                mode = b"100755" if file.mode & _EXECUTABLE else b"100644"
                stream.write(b"M %b inline %b\ndata %d\n" % (mode, file.path, len(file.content)))
                stream.write(file.content + b"\n")
    stream.write(b"done\n")


def _name(author: str) -> str:
    """Return a name that can be the author of a commit."""
    return "".join(char if char.isprintable() and char not in "<>" else "?" for char in author)


def messages_of(top: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the message of each commit of the current branch, the oldest first.

    Args:
        top: Real path of the working tree.

    Raises:
        GitError: If git cannot be asked.
    """
    command = ["log", "--first-parent", "--reverse", "-z", "--no-color", "--no-show-signature"]
    answer = ask(top, [*command, "--format=%H %B", "HEAD"], patience=_PATIENCE)
    for part in answer.split(b"\0"):
        identity, _, message = part.partition(b" ")
        if identity:
            yield identity.decode(), message.decode(errors="replace")


def committed(top: str, wanted: list[tuple[str, bytes]]) -> Iterator[bytes | None]:
    """Yield the contents of files in commits; None for one that is missing or too large.

    Args:
        top: Real path of the working tree.
        wanted: Id of the commit, and path without line breaks.

    Raises:
        GitError: If git cannot be asked.
    """
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        question = b"".join(commit.encode() + b":" + path + b"\n" for commit, path in some)
        lines = ask(top, ["cat-file", "--batch-check"], question, patience=_PATIENCE).splitlines()
        blobs = [line.split(b" ")[0].decode() if line.split(b" ")[1:2] == [b"blob"] else "" for line in lines]
        contents = contents_of(top, sorted({*blobs} - {""}))
        yield from (contents.get(blob) for blob in blobs)
