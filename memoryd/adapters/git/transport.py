"""The bare repository in which memory travels between machines."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from memoryd import private
from memoryd.adapters.git.ask import NOTHING_OF_OTHERS
from memoryd.adapters.git.process import (
    TooMuchError,
    complaint_of,
    directory_of_its_own,
    environment_without_git,
    git_program,
    run_git,
)
from memoryd.adapters.git.repository import GitError

_PATIENCE = 120.0  # seconds
_BRANCH = "refs/heads/main"
_FETCHED = "refs/remotes/origin/main"
_RECENT = "5.minutes.ago"
_KEPT = "refs/memoryd/kept"
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "core.quotePath=false")
_EMPTY = b"find remote ref"
_REFUSED = (b"[rejected]", b"[remote rejected]", b"failed to push some refs")


def make_remote(directory: Path) -> None:
    """Make a bare repository for memory to travel through, if a directory does not exist or is empty.

    Raises:
        GitError: If it cannot be made.
    """
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        Transport(directory, "")


class RejectedError(GitError):
    """Another machine was faster."""


class DamagedError(GitError):
    """The own repository cannot be read or written."""


class Transport:
    """A bare repository of memoryd's own, and a remote one that a person named.

    Args:
        directory: The own one; it is made, or made again where it is damaged.
        remote: Its address, as git takes it.
    """

    def __init__(self, directory: Path, remote: str) -> None:
        self._directory = directory
        self._remote = remote
        if self._git(["rev-parse", "--git-dir"], fine=(0, 128))[0]:
            self.make()

    def make(self) -> None:
        """Make the own repository, without what was in it.

        Raises:
            GitError: If it cannot be made.
        """
        try:
            shutil.rmtree(self._directory, ignore_errors=True)
            private.make_directory(self._directory)
        except OSError as error:
            raise GitError(f"cannot write {self._directory}: {error.strerror}") from error
        self._git(["init", "--quiet", "--bare", "--template=", str(self._directory)])

    def fetch(self) -> str:
        """Fetch what other machines pushed; return the id of its last commit, or "" if there is none.

        Raises:
            GitError: If the remote repository cannot be reached, or is damaged.
        """
        command = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc"]
        code, _, errors = self._git(
            [*command, "--", self._remote, f"+{_BRANCH}:{_FETCHED}"], fine=(0, 1, 128), of_user=True
        )
        if code and _EMPTY in errors:
            return ""
        if code and os.fsencode(self._directory) in errors:
            raise DamagedError(f"git failed in {self._directory}: {complaint_of(errors)}")
        if code:
            raise GitError(
                f"cannot fetch from {self._remote}: {complaint_of(errors)}", "is it reachable, and whole?"
            )
        return self.fetched()

    def fetched(self) -> str:
        """Return the id of the last commit that was fetched or pushed, or ""."""
        code, answer, _ = self._git(["rev-parse", "--verify", "--quiet", _FETCHED], fine=(0, 1, 128))
        return "" if code else answer.decode().strip()

    def has(self, commit: str, head: str) -> bool:
        """Return whether a commit is among those that were pushed, up to another one."""
        return (
            bool(head) and not self._git(["merge-base", "--is-ancestor", commit, head], fine=(0, 1, 128))[0]
        )

    def tree(self, commit: str) -> dict[str, str]:
        """Return the ids of the contents of a commit's files by path; none for "".

        Raises:
            GitError: If the own repository is damaged.
        """
        if not commit:
            return {}
        answer = self._git(["ls-tree", "-r", "-z", "--full-tree", commit])[1]
        found = {}
        for entry in filter(None, answer.split(b"\0")):
            head, _, path = entry.partition(b"\t")
            mode, kind, blob = head.split(b" ")
            if kind == b"blob" and mode.startswith(b"100"):
                found[os.fsdecode(path)] = blob.decode()
        return found

    def contents(self, blobs: Sequence[str], most: int) -> dict[str, bytes]:
        """Return contents by their ids, without those that are missing or larger than some bytes.

        Raises:
            GitError: If the own repository is damaged.
        """
        found: dict[str, bytes] = {}
        question = "".join(f"{blob}\n" for blob in blobs).encode()
        answer = self._git(["cat-file", "--batch-check"], question)[1] if blobs else b""
        known = (line.split(b" ") for line in answer.splitlines())
        small = [each[0] for each in known if each[1] == b"blob" and int(each[2]) <= most]
        answer = self._git(["cat-file", "--batch"], b"\n".join([*small, b""]))[1] if small else b""
        at = 0
        while at < len(answer):
            end = answer.index(b"\n", at)
            blob, _, size = answer[at:end].split(b" ")
            at = end + 1
            found[blob.decode()] = answer[at : at + int(size)]
            at += int(size) + 1
        return found

    def commit(self, parent: str, files: Mapping[str, bytes | None], machine: str, message: str) -> str:
        """Write a commit; return its id.

        Args:
            parent: The commit before, or "".
            files: New contents by path; None deletes the file.
            machine: The author.
            message: What a person reads.

        Raises:
            GitError: If the own repository cannot be written.
        """
        lines = []
        for path, content in files.items():
            where = os.fsencode(path)
            if content is None:
                lines.append(b"D %b\n" % where)
            else:
                lines += [b"M 100644 inline %b\ndata %d\n" % (where, len(content)), content, b"\n"]
        return self._import(_BRANCH, [f"from {parent}\n".encode()] * bool(parent) + lines, machine, message)

    def fresh(self, commit: str, machine: str, message: str) -> str:
        """Write a commit with the files of another one and no history; return its id.

        Raises:
            GitError: If the own repository cannot be written.
        """
        tree = self._git(["rev-parse", f"{commit}^{{tree}}"])[1].decode().strip()
        return self._import(_BRANCH, [f'M 040000 {tree} ""\n'.encode()], machine, message)

    def keep(self, contents: Iterable[bytes]) -> None:
        """Keep contents that no commit of the other machines has.

        Raises:
            GitError: If the own repository cannot be written.
        """
        lines = []
        for number, content in enumerate(contents):
            lines += [b"M 100644 inline %d\ndata %d\n" % (number, len(content)), content, b"\n"]
        self._import(_KEPT, lines, "memoryd", "common with other machines")

    def _import(self, branch: str, lines: Sequence[bytes], machine: str, message: str) -> str:
        """Write a commit to a branch, which has no other; return its id."""
        name = "".join(char if char.isprintable() and char not in "<>" else "?" for char in machine)
        text = message.encode(errors="replace")
        parts = [
            f"commit {branch}\ncommitter {name} <memoryd@localhost> now\ndata {len(text)}\n".encode(),
            text,
        ]
        parts += [b"\n", *lines]
        command = ["fast-import", "--quiet", "--done", "--force", "--date-format=now"]
        self._git(command, b"".join([*parts, b"done\n"]))
        return self._git(["rev-parse", branch])[1].decode().strip()

    def push(self, commit: str, instead: str = "") -> None:
        """Push a commit.

        Args:
            commit: Its id.
            instead: The commit that it replaces, history and all; "" for one that follows.

        Raises:
            RejectedError: If another machine pushed in the meantime, or the remote repository refuses it.
            GitError: If the remote repository cannot be reached.
        """
        lease = [f"--force-with-lease={_BRANCH}:{instead}"] if instead else []
        command = ["push", "--quiet", "--porcelain", *lease, "--", self._remote, f"{commit}:{_BRANCH}"]
        code, answer, errors = self._git(command, fine=(0, 1, 128), of_user=True)
        if code:
            is_rejected = any(each in answer + errors for each in _REFUSED)
            kind = RejectedError if is_rejected else GitError
            raise kind(f"cannot push to {self._remote}: {complaint_of(errors)}", "is it reachable?")
        self._git(["update-ref", _FETCHED, commit])

    def replace(self, contents: Iterable[bytes]) -> None:
        """Make the own repository again, with what the remote one has now and some contents.

        Nothing is left of commits and contents that the remote repository had before.

        Raises:
            GitError: If the remote repository cannot be reached, or the new one not be written; then the old
                one stays.
        """
        new, old = (self._directory.with_name(f"{self._directory.name}.{each}") for each in ("new", "old"))
        try:
            for each in (new, old):
                if each.exists():
                    shutil.rmtree(each)
            made = Transport(new, self._remote)
            made.fetch()
            made.keep(contents)
            self._directory.rename(old)
            new.rename(self._directory)
            shutil.rmtree(old)
        except OSError as error:
            raise GitError(f"cannot write {error.filename}: {error.strerror}") from error

    def prune_remote(self) -> bool:
        """Delete what no commit of the remote repository needs, where that is a directory on this machine.

        What was written within the last minutes stays: another machine may be pushing it.

        Returns:
            Whether nothing is left to delete, now or from here.

        Raises:
            GitError: If git fails.
        """
        if not os.path.isabs(self._remote) or not os.path.isdir(self._remote):
            return True
        for command in (
            ["reflog", "expire", "--expire=now", "--all"],
            ["repack", "-A", "-d", "-q", f"--unpack-unreachable={_RECENT}"],
            ["prune", f"--expire={_RECENT}"],
        ):
            self._git(command, directory=self._remote)
        _, told, _ = self._git(["count-objects"], directory=self._remote)
        return told.startswith(b"0 ")  # all that is needed is packed now

    def _git(
        self,
        arguments: Sequence[str],
        question: bytes = b"",
        *,
        fine: tuple[int, ...] = (0,),
        of_user: bool = False,
        directory: str = "",
    ) -> tuple[int, bytes, bytes]:
        """Run git in the own or another repository; with the user's settings where it speaks to a remote."""
        environment = environment_without_git() | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "LANGUAGE": ""}
        if not of_user:
            environment |= NOTHING_OF_OTHERS
        where = directory or self._directory
        command = [git_program(), "--no-pager", f"--git-dir={where}", *_SAFE, *arguments]
        try:
            with directory_of_its_own() as own:
                code, answer, errors = run_git(command, own, environment, question, _PATIENCE)
        except TooMuchError as error:
            raise GitError(f"git did not end: {error}", "is the remote repository reachable?") from error
        except OSError as error:
            raise GitError(f"git cannot be run: {error.strerror}", "is the disk full?") from error
        if code not in fine:
            raise DamagedError(f"git failed in {where}: {complaint_of(errors)}", "is there room on the disk?")
        return code, answer, errors
