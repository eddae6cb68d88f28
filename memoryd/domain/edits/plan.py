"""Changes as data, shown and proved before they are applied."""

import posixpath
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from memoryd.values import dataclass, regex

if TYPE_CHECKING:
    from memoryd.domain.stores.snapshot import Snapshot

MOVE = "move"
"""The cause of plans that move whole stores."""
JOIN = "join"
"""The cause of plans that make one store of several."""
RESOLVE = "resolve"
"""The cause of plans that replace conflicts of git by what both sides say."""
SYNC = "sync"
"""The cause of plans that bring what other machines changed."""

_QUOTED = regex(r'[\x00-\x1f\x7f"\\]')
_ESCAPES = {"\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "\\": r"\\"}


class Applicability(StrEnum):
    """The right to apply a fix: the daemon and `--fix`, a person on request, or no one."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after; None for a missing file.

    Attributes:
        root: Absolute path of its store.
        path: Absolute path of the file.
        before: The bytes that the change was planned for: the precondition of writing it.
        after: The new bytes.
        mode: Permission bits of the file before, used when a file is created; None if unknown.
        sources: Absolute paths of the files that its new lines come from: who may not read these must
            not read it either.
    """

    root: str
    path: str
    before: bytes | None
    after: bytes | None
    mode: int | None = None
    sources: tuple[str, ...] = ()

    @property
    def inverse(self) -> "FileChange":
        """Return the change that undoes this one."""
        return FileChange(self.root, self.path, self.after, self.before, self.mode)

    @property
    def action(self) -> str:
        """`create`, `modify` or `delete`."""
        if self.before is None:
            return "create"
        return "delete" if self.after is None else "modify"

    @property
    def only_adds(self) -> bool:
        """Return whether every old byte stays where it was."""
        return self.before is None or (self.after is not None and self.after.startswith(self.before))

    def diff(self, relative_to: str) -> str:
        """Return the unified diff in the form of git, with paths relative to a directory.

        It shows no secret, so that a diff near one cannot be applied.
        """
        from memoryd.domain.security.masks import without_secrets  # noqa: PLC0415  # to record needs neither
        from memoryd.domain.text.line_diff import unified  # noqa: PLC0415

        name = posixpath.relpath(self.path, relative_to)
        mode = {"create": "new file mode 100644\n", "delete": "deleted file mode 100644\n"}
        old_name, new_name = _quoted(f"a/{name}"), _quoted(f"b/{name}")
        header = f"diff --git {old_name} {new_name}\n{mode.get(self.action, '')}"
        # else `patch` takes the text after the space for a date
        end = "\t" if " " in name and old_name[0] != '"' else ""
        names = (
            "/dev/null" if self.before is None else f"{old_name}{end}",
            "/dev/null" if self.after is None else f"{new_name}{end}",
        )
        old, new = (_lines(content) for content in (self.before, self.after))
        if self.before == self.after:
            return ""
        lines = "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in unified(old, new, names)
        )
        return header + without_secrets(lines, filter(None, (self.before, self.after)))


def _quoted(name: str) -> str:
    """Return a name as git writes it in the header of a diff: quoted if it has control characters."""
    if not _QUOTED.search(name):
        return name
    return '"' + _QUOTED.sub(lambda found: _ESCAPES.get(found[0], f"\\{ord(found[0]):03o}"), name) + '"'


def _lines(content: bytes | None) -> list[str]:
    r"""Return lines with their ends, split on `\n` only."""
    *whole, rest = (content or b"").decode(errors="replace").split("\n")
    return [f"{line}\n" for line in whole] + [rest] * bool(rest)


def file_change(snapshot: "Snapshot", path: str, after: bytes | None) -> FileChange:
    """Return the change of one file of a store as it was read.

    Args:
        snapshot: The store.
        path: Path of the file, relative to the store.
        after: The bytes to be there; None where the file is removed.
    """
    root, known = snapshot.store.root, snapshot.documents.get(path)
    return FileChange(root, f"{root}/{path}", known.raw if known else None, after)


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof that a set of changes loses nothing, made by `compaction.prove` alone and bound to those changes.

    Attributes:
        digest: `digest` of the changes it was made for.
        lines: Non-blank lines accounted for.
    """

    digest: str
    lines: int


def digest(changes: Iterable[FileChange]) -> str:
    """Return the SHA-256 over paths and contents of changes, in order, hexadecimal."""
    from hashlib import sha256  # noqa: PLC0415  # only a proof needs it

    total = sha256()
    for change in changes:
        for part in (change.path.encode(errors="surrogateescape"), change.before, change.after):
            total.update(b"-" if part is None else b"%d:" % len(part) + part)
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix of a diagnostic: changes to apply together.

    Attributes:
        title: The proposal, in a few words.
        applicability: Who decides about it.
        changes: Its changes, one a file; none where they were not asked for, and take long to plan.
        proof: The proof that it loses nothing; None without one.
        outcome: The sentence about it once it is applied; "" where the title says enough.
    """

    title: str
    applicability: Applicability
    changes: tuple[FileChange, ...]
    proof: Proof | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes of one operation.

    Attributes:
        cause: The command that made it: `compact`, `undo` …
        fixes: Its fixes; no two change the same file.
    """

    cause: str
    fixes: tuple[Fix, ...]

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """One change per file, sorted by path."""
        return tuple(
            sorted((change for fix in self.fixes for change in fix.changes), key=lambda each: each.path)
        )

    @property
    def title(self) -> str:
        """The titles of its fixes; in several stores, a proved one begins with the root of its store."""
        several = len({change.root for change in self.changes}) > 1
        return "; ".join(
            f"{fix.changes[0].root}: {fix.title}" if several and fix.proof else fix.title
            for fix in self.fixes
        )

    @property
    def removed(self) -> frozenset[str]:
        """Absolute paths of the files that are removed."""
        return frozenset(change.path for change in self.changes if change.after is None)

    def diff(self, relative_to: str) -> str:
        """Return the unified diff of all changes, with paths relative to a directory.

        In a move, a file that has the same content in another place is a rename.
        """
        changes = self.changes
        renamed = list(_renames(changes)) if self.cause == MOVE else []
        in_pairs = {id(each) for pair in renamed for each in pair}
        moved = "".join(_rename(old.path, new.path, relative_to) for old, new in renamed)
        return moved + "".join(change.diff(relative_to) for change in changes if id(change) not in in_pairs)


def _renames(changes: Iterable[FileChange]) -> Iterator[tuple[FileChange, FileChange]]:
    """Yield pairs of a file that is removed and one of the same content that is created."""
    known = tuple(changes)
    created = {(each.after, posixpath.basename(each.path)): each for each in known if each.before is None}
    for change in known:
        name = posixpath.basename(change.path)
        new = created.pop((change.before, name), None) if change.after is None else None
        if new:
            yield change, new


def _rename(old: str, new: str, relative_to: str) -> str:
    old, new = (posixpath.relpath(path, relative_to) for path in (old, new))
    return (
        f"diff --git {_quoted(f'a/{old}')} {_quoted(f'b/{new}')}\nsimilarity index 100%\n"
        f"rename from {_quoted(old)}\nrename to {_quoted(new)}\n"
    )
