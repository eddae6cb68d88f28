"""The one way in which memoryd asks git."""

import os
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

from memoryd import beneath
from memoryd.adapters.git.process import (
    TooMuchError,
    complaint_of,
    directory_of_its_own,
    environment_without_git,
    git_program,
    run_git,
)
from memoryd.adapters.git.repository import GitError, Repository, read_repository
from memoryd.adapters.git.user import excludes_file, is_own, is_trusted
from memoryd.values import regex

PATIENCE = 30.0
"""Seconds that an ordinary question may take."""

_REST = 600.0  # seconds for which a repository that took too long is not asked again
_HISTORY = frozenset({"log", "blame", "rev-list"})
_LINKED = ("refs", "packed-refs", "worktrees", "shallow", "reftable")
_NOTHING = regex(
    rb"fatal: (?:your current branch .* does not have any commits|bad revision 'HEAD'"
    rb"|no such path .* in HEAD)",
    re.DOTALL,
)
_CONFIGURATION = """[core]
\trepositoryFormatVersion = 1
\tbare = true
\tfsmonitor = false
\thooksPath = /dev/null
\tattributesFile = /dev/null
\tquotePath = false
\tlogAllRefUpdates = false
\tignoreCase = {ignores_case}
[extensions]
\tobjectFormat = {object_format}
[log]
\tshowSignature = false
"""
_REFTABLE = "[extensions]\n\trefStorage = reftable\n"
NOTHING_OF_OTHERS = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "",
    "LC_ALL": "C",  # git's messages are compared with `_NOTHING`
}
"""Environment in which git reads no settings of the user or the system, and asks nothing."""

_troubles: dict[str, GitError] = {}  # by working tree; of this process
_resting: dict[str, tuple[float, GitError]] = {}  # until when, in monotonic seconds, by working tree


def ask(  # noqa: PLR0913  # all that a question consists of
    top: str,
    arguments: Sequence[str],
    question: bytes = b"",
    *,
    patience: float = PATIENCE,
    at_work: bool = False,
    fine: tuple[int, ...] = (0,),
) -> bytes:
    """Ask git about a repository, in such a way that nothing in the repository can run a program.

    Git gets a git directory that is made for the question: a copy of HEAD, links to refs and logs, the
    repository's own index and objects, and a configuration of memoryd's own. It reads neither the
    configuration, hooks and attributes of the repository nor those of the user and the system, so there
    is nothing to override. What a partial clone lacks is not fetched.

    Args:
        top: Real path of the working tree.
        arguments: The command, without `git`.
        question: Standard input.
        patience: Seconds.
        at_work: Whether the command looks at the working tree.
        fine: Exit codes that mean an answer.

    Raises:
        GitError: Saying why there is no answer; `troubles` repeats it.
    """
    until, error = _resting.get(top, (0.0, None))
    if error and time.monotonic() < until:
        raise error
    try:
        repository = open_repository(top)
        if repository.is_shallow and arguments[0] in _HISTORY:
            _troubles.setdefault(top, _shallow(top))
        code, answer, complaint = _asked(repository, arguments, question, patience, at_work=at_work)
    except TooMuchError as error:
        trouble = GitError(f"git did not answer about {top}: {error}")
        _resting[top] = (time.monotonic() + _REST, trouble)
        raise _told(top, trouble) from error
    except GitError as error:
        raise _told(top, error) from None
    except OSError as error:
        reason = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
        raise _told(top, GitError(f"git cannot be asked about {top}: {reason}")) from error
    if code in fine or (_NOTHING.match(complaint) and not repository.is_partial):  # a blob may be missing
        return answer
    raise _told(top, _failed(repository, code, complaint))


def _asked(
    repository: Repository, arguments: Sequence[str], question: bytes, patience: float, *, at_work: bool
) -> tuple[int, bytes, bytes]:
    with directory_of_its_own() as own:
        _furnish(own, repository)
        command = [git_program(), "--no-pager", f"--git-dir={own}"]
        command += ["-c", f"core.excludesFile={excludes_file()}"]
        command += [f"--work-tree={repository.top}"] if at_work else []
        objects = os.path.join(repository.common, "objects")
        given = {"GIT_OBJECT_DIRECTORY": objects, "GIT_INDEX_FILE": f"{repository.directory}/index"}
        environment = (
            environment_without_git() | NOTHING_OF_OTHERS | given | {"HOME": own, "XDG_CONFIG_HOME": own}
        )
        return run_git([*command, *arguments], own, environment, question, patience)


def open_repository(top: str) -> Repository:
    """Describe a repository that may be asked.

    Args:
        top: Real path of the working tree.

    Raises:
        GitError: If it may not: there is none, or it belongs to another user who is not trusted.
    """
    repository = read_repository(top)
    paths = (top, f"{top}/.git", repository.directory)
    if not all(map(is_own, paths)) and not is_trusted(top):
        raise GitError(
            f"git is not asked about {top}: it belongs to another user",
            f"if you trust it: git config --global --add safe.directory {top}",
        )
    return repository


def obstacle(top: str) -> GitError | None:
    """Return why git cannot say everything about a working tree, asked now, or None where it can."""
    try:
        ask(top, ["rev-parse", "--git-dir"])
        return _shallow(top) if open_repository(top).is_shallow else None
    except GitError as error:
        return error


def troubles(tops: Iterable[str]) -> tuple[GitError, ...]:
    """Return why git could not say everything about these working trees, so far in this process."""
    found = (_troubles[top] for top in dict.fromkeys(tops) if top in _troubles)
    return tuple({error.message: error for error in found}.values())


def _told(top: str, error: GitError) -> GitError:
    _troubles[top] = error
    return error


def _shallow(top: str) -> GitError:
    return GitError(
        f"{top} is a shallow clone: git does not know what was moved or deleted before it begins",
        "git fetch --unshallow (in GitHub's checkout action: fetch-depth: 0)",
    )


def _failed(repository: Repository, code: int, errors: bytes) -> GitError:
    said = complaint_of(errors)
    reason = said or (f"it was ended by signal {-code}" if code < 0 else f"exit code {code}")
    if repository.is_partial:
        return GitError(
            f"{repository.top} is a partial clone, which lacks objects that the answer needs: {reason}",
            "memoryd fetches nothing; a command of git that needs them does (git log -p)",
        )
    return GitError(f"git cannot answer about {repository.top}: {reason}")


def _furnish(own: str, repository: Repository) -> None:
    """Fill a git directory that stands for a repository, with a configuration of memoryd's own."""
    with open(f"{own}/HEAD", "wb") as file:
        file.write(repository.head)
    ignores_case = "true" if repository.ignores_case else "false"
    text = _CONFIGURATION.format(ignores_case=ignores_case, object_format=repository.object_format)
    with open(f"{own}/config", "w", encoding="utf-8") as file:
        file.write(text + (_REFTABLE if repository.ref_storage == "reftable" else ""))
    for name in _LINKED:
        if os.path.lexists(f"{repository.common}/{name}"):
            os.symlink(f"{repository.common}/{name}", f"{own}/{name}")
    os.mkdir(f"{own}/info")
    exclude = f"{repository.common}/info/exclude"
    if beneath.is_within(os.path.realpath(exclude), os.path.realpath(repository.common)):
        os.symlink(exclude, f"{own}/info/exclude")
    with suppress(OSError):  # an index may be split into several files
        for name in os.listdir(repository.directory):
            if name.startswith("sharedindex."):
                os.symlink(f"{repository.directory}/{name}", f"{own}/{name}")
