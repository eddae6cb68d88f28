"""Git repositories, found and described without running git."""

import os
import re
from collections.abc import Iterator
from glob import escape as glob_escape
from glob import glob

from memoryd.errors import MemorydError
from memoryd.values import dataclass, regex

_MOST_BYTES = 1024 * 1024  # of a configuration file
_MOST_POINTER = 64 * 1024  # bytes of HEAD, and of a file that names a directory
_MOST_REFLOG = 16 * 1024 * 1024  # bytes of one file
_REFLOG = regex(rb"([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ")
_HEAD = regex(rb"(ref: refs/[^\n\0]+|[0-9a-f]{40}|[0-9a-f]{64})\s*")
_SYMBOLIC = b"ref: "
_MOST_REFS = 9  # names; git follows five symbolic refs
_FORMATS = frozenset({"sha1", "sha256"})
_REF_STORAGES = frozenset({"files", "reftable"})
_KNOWN = frozenset({
    "extensions.compatobjectformat", "extensions.noop", "extensions.objectformat", "extensions.partialclone",
    "extensions.preciousobjects", "extensions.refstorage", "extensions.relativeworktrees",
    "extensions.worktreeconfig",
})  # fmt: skip
_TRUE = frozenset({"true", "yes", "on", "1"})
_SECTION = regex(r'[ \t]*\[[ \t]*([A-Za-z0-9.-]+)[ \t]*(?:"((?:[^"\\]|\\.)*)"[ \t]*)?\]')
_SETTING = regex(r"[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=[ \t]*(.*))?", re.DOTALL)
_VALUE = regex(r'"((?:[^"\\]|\\.)*)"|\\(.)|([#;])|([^"\\#;]+)', re.DOTALL)
_CONTINUED = regex(r"(\\\\)|\\\r?\n")  # two backslashes are one of the value
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}


class GitError(MemorydError):
    """Git cannot be asked about a repository, or does not answer."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a working tree.

    Attributes:
        top: Real path of the working tree.
        directory: Its git directory; of a linked worktree, the worktree's own.
        common: The git directory that all worktrees share.
        head: The content of its `HEAD`.
        object_format: Hash function of its object ids.
        ref_storage: How its refs are stored.
        ignores_case: Git compares names in it without regard to case.
        is_shallow: History before some commits is missing.
        is_partial: Objects may be missing, which git would fetch.
    """

    top: str
    directory: str
    common: str
    head: bytes
    object_format: str
    ref_storage: str
    ignores_case: bool
    is_shallow: bool
    is_partial: bool


def top_of(directory: str) -> str:
    """Return the nearest directory, from this one upwards, that has a `.git`, or "" where there is none."""
    while not os.path.lexists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return ""
        directory = parent
    return directory


def read_repository(top: str) -> Repository:
    """Describe the repository of a working tree.

    A `.git` that is a file or a link is followed only where the git directory names this working tree in
    turn, as those of linked worktrees and submodules do.

    Args:
        top: Real path of a directory with a `.git`.

    Raises:
        GitError: If there is no repository, it belongs to a stranger's directory, or it needs a git that
            memoryd does not know.
    """
    mark = os.path.join(top, ".git")
    directory = os.path.realpath(mark)
    if os.path.isfile(directory):
        directory = _named_by(mark)
    common = _common(directory)
    head = _read(os.path.join(directory, "HEAD"), _MOST_POINTER)
    if head is None or not _HEAD.fullmatch(head) or not os.path.isdir(os.path.join(common, "objects")):
        raise GitError(f"{mark} is not a git repository")
    settings = _all_settings(directory, common)
    if directory != mark and not _names_back(directory, common, mark, settings):
        raise GitError(
            f"{mark} leads to {directory}, which does not name {top} as its working tree",
            "only linked worktrees and submodules are followed; for another directory of your own: "
            f"git --git-dir={directory} config core.worktree {top}",
        )
    if unknown := sorted({key for key in settings if key.startswith("extensions.")} - _KNOWN):
        raise GitError(f"{mark} uses {unknown[0]}, which memoryd does not know")
    ref_storage = _one_of(_REF_STORAGES, settings, "extensions.refstorage", "files", mark)
    if directory != common and ref_storage == "reftable":  # its HEAD is in a table of its own
        raise GitError(f"{top} is a linked worktree with reftable, whose refs memoryd cannot read")
    return Repository(
        top=top,
        directory=directory,
        common=common,
        head=head,
        object_format=_one_of(_FORMATS, settings, "extensions.objectformat", "sha1", mark),
        ref_storage=ref_storage,
        ignores_case=settings.get("core.ignorecase", "").lower() in _TRUE,
        is_shallow=bool(_read(os.path.join(common, "shallow"), 1)),
        is_partial="extensions.partialclone" in settings
        or any(key.startswith("remote.") and key.endswith(".promisor") for key in settings),
    )


def _all_settings(directory: str, common: str) -> dict[str, str]:
    """Return the settings of a repository, and those of one worktree where git keeps them apart."""
    settings = dict(_settings(os.path.join(common, "config")))
    if settings.get("extensions.worktreeconfig", "").lower() in _TRUE:
        settings |= _settings(os.path.join(directory, "config.worktree"))
    return settings


def reflog_ids(repository: Repository) -> frozenset[bytes]:
    """Return the ids of all commits that the reflogs of a repository name."""
    found: set[bytes] = set()
    folders = [os.path.join(repository.common, "logs")]
    folders += glob(os.path.join(glob_escape(repository.common), "worktrees", "*", "logs"))
    for folder in folders:
        for directory, _, names in os.walk(folder):
            for name in names:
                for line in (_read(os.path.join(directory, name), _MOST_REFLOG) or b"").split(b"\n"):
                    if ids := _REFLOG.match(line):
                        found.update(each for each in ids.groups() if each.strip(b"0"))
    return frozenset(found)


def files_of_history(repository: Repository) -> tuple[str, ...]:
    """Return the files, existing or not, that change with the current commit or the index."""
    names, ref = ["packed-refs", "shallow", "refs/replace", "reftable/tables.list"], repository.head
    while ref.startswith(_SYMBOLIC) and len(names) < _MOST_REFS:
        names.append(os.fsdecode(ref.removeprefix(_SYMBOLIC).rstrip()))
        ref = _read(os.path.join(repository.common, names[-1]), _MOST_POINTER) or b""
    own = (f"{repository.directory}/{each}" for each in ("HEAD", "index"))
    return (*own, *(f"{repository.common}/{each}" for each in names))


def remotes(repository: Repository) -> tuple[str, ...]:
    """Return the addresses of the remotes in the configuration of a repository."""
    settings = _settings(os.path.join(repository.common, "config"))
    return tuple(
        value for key, value in settings if key.startswith("remote.") and key.endswith((".url", ".pushurl"))
    )


def _named_by(mark: str) -> str:
    """Return the real path of the git directory that a `.git` file names."""
    content = _read(mark, _MOST_POINTER) or b""
    name = os.fsdecode(content.removeprefix(b"gitdir: ").rstrip(b"\r\n"))
    if not content.startswith(b"gitdir: ") or not name or "\0" in name:
        raise GitError(f"{mark} does not name a git directory")
    return os.path.realpath(os.path.join(os.path.dirname(mark), name))


def _common(directory: str) -> str:
    """Return the git directory that a linked worktree's own belongs to, or the directory itself."""
    content = _read(os.path.join(directory, "commondir"), _MOST_POINTER)
    if not content or b"\0" in content:
        return directory
    common = os.path.realpath(os.path.join(directory, os.fsdecode(content.rstrip(b"\r\n"))))
    # What git itself makes: COMMON/worktrees/NAME. Anything else could borrow a repository elsewhere.
    return common if os.path.dirname(directory) == os.path.join(common, "worktrees") else directory


def _names_back(directory: str, common: str, mark: str, settings: dict[str, str]) -> bool:
    """Return whether a git directory names the working tree from which it was reached."""
    if directory != common:
        content = _read(os.path.join(directory, "gitdir"), _MOST_POINTER) or b""
        named = os.fsdecode(content.rstrip(b"\r\n"))
        return bool(named) and "\0" not in named and _is_same(os.path.join(directory, named), mark)
    named = settings.get("core.worktree", "")
    return bool(named) and "\0" not in named and _is_same(os.path.join(directory, named, ".git"), mark)


def _is_same(one: str, other: str) -> bool:
    """Return whether two paths are one entry of one directory; the entry itself may be a link."""
    return os.path.basename(one) == os.path.basename(other) and os.path.realpath(
        os.path.dirname(one)
    ) == os.path.realpath(os.path.dirname(other))


def _one_of(allowed: frozenset[str], settings: dict[str, str], key: str, default: str, mark: str) -> str:
    value = settings.get(key, default).lower()
    if value not in allowed:
        raise GitError(f"{mark} has a value of {key} that memoryd does not know")
    return value


def _read(path: str, most: int) -> bytes | None:
    """Return the first bytes of a regular file, or None where there is none."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            return file.read(most)
    except OSError:
        return None


def _settings(path: str) -> Iterator[tuple[str, str]]:
    """Yield the settings of one configuration file as `section.key` in lower case and value.

    Git is never given this file, so what is read wrongly here can hide something but not start anything.
    Included files are not read.
    """
    text = os.fsdecode(_read(path, _MOST_BYTES) or b"").removeprefix("\ufeff")
    section = ""
    for line in _CONTINUED.sub(lambda match: match[1] or "", text).split("\n"):
        rest = line.removesuffix("\r")
        while match := _SECTION.match(rest):
            section = match[1].lower() + (f".{match[2]}" if match[2] is not None else "")
            rest = rest[match.end() :]
        if setting := _SETTING.fullmatch(rest):
            yield f"{section}.{setting[1].lower()}", "true" if setting[2] is None else _value(setting[2])


def _value(text: str) -> str:
    """Return a value without its quotes, escapes and comment."""
    parts = []
    for quoted, escaped, comment, plain in _VALUE.findall(text):
        if comment:
            break
        inner = re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), quoted)
        parts.append(inner or _ESCAPES.get(escaped, escaped) or plain)
    return "".join(parts).strip(" \t")
