"""The outcome of a check, whatever format it is printed in."""

from collections import Counter
from dataclasses import dataclass

from memoryd.domain.document import Snapshot, Unread
from memoryd.domain.edits import Plan
from memoryd.domain.lint import Diagnostic, Severity
from memoryd.domain.text import counted


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked and what was found.

    Attributes:
        stores: How many stores were checked.
        files: How many files were read.
        links: How many links stand in them.
        diagnostics: Sorted.
        unread: Files that could not be read, with absolute paths.
        plan: What would be, or was, changed; None where nothing was asked for.
        operation: Id of the operation that changed it, or None.
    """

    stores: int
    files: int
    links: int
    diagnostics: tuple[Diagnostic, ...]
    unread: tuple[Unread, ...]
    plan: Plan | None = None
    operation: int | None = None

    def count(self, level: Severity) -> int:
        """How many diagnostics of a level there are."""
        return Counter(diagnostic.level for diagnostic in self.diagnostics)[level]

    @property
    def summary(self) -> str:
        """One sentence: what was checked, and how much was found."""
        checked = ", ".join(
            counted(number, word, f"{word}s")
            for number, word in ((self.stores, "store"), (self.files, "file"), (self.links, "link"))
        )
        found = ", ".join(
            counted(number, level, f"{level}s")
            for level in Severity
            if (number := self.count(level)) or level is not Severity.INFO
        )
        return f"{checked}: {found}"


def report_of(snapshots: tuple[Snapshot, ...], diagnostics: tuple[Diagnostic, ...]) -> Report:
    """The report over some stores."""
    return Report(
        stores=len(snapshots),
        files=sum(len(snapshot.documents) for snapshot in snapshots),
        links=sum(
            len(d.links) + len(d.wiki_links) for snapshot in snapshots for d in snapshot.documents.values()
        ),
        diagnostics=tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.sort_key)),
        unread=tuple(
            Unread(f"{snapshot.store.root}/{unread.path}", unread.reason)
            for snapshot in snapshots
            for unread in snapshot.unread
        ),
    )
