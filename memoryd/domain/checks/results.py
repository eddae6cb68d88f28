"""Outcome of a check, independent of its format."""

from collections import Counter
from typing import TYPE_CHECKING

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.numbered import NumberedFix
from memoryd.domain.edits.plan import Applicability, Plan
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.text.phrases import counted
from memoryd.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memoryd.domain.stores.snapshot import Snapshot


_DANGLING, _BROKEN = "P006", "L001"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of a check.

    Attributes:
        stores: Number of checked stores.
        files: Number of read files.
        links: Number of links in them.
        diagnostics: The findings, sorted.
        unread: Files that could not be read, with absolute paths.
        plan: The planned or applied changes; None if none were requested.
        operation: Id of the operation that applied them, or None.
        known: Number of findings in the baseline; they are not among the diagnostics.
        numbered: The fixes among which a person may choose.
    """

    stores: int
    files: int
    links: int
    diagnostics: tuple[Diagnostic, ...]
    unread: tuple[UnreadFile, ...]
    plan: Plan | None = None
    operation: int | None = None
    known: int = 0
    numbered: tuple[NumberedFix, ...] = ()

    def count(self, level: Severity) -> int:
        """Return the number of diagnostics of a level."""
        return sum(diagnostic.level == level for diagnostic in self.diagnostics)

    @property
    def summary(self) -> str:
        """Return one sentence about the checked stores and the findings."""
        return self._sentence("")

    @property
    def outcome(self) -> str:
        """Return the summary, with the number of errors and warnings that a fix removes."""
        fixable = Counter(
            each.fix.applicability
            for each in self.diagnostics
            if each.fix and each.level is not Severity.INFO
        )
        options = ((Applicability.SAFE, "--fix"), (Applicability.UNSAFE, "--unsafe-fixes"))
        parts = [f"{fixable[each]:,} with {option}" for each, option in options if fixable[each]]
        return self._sentence(f" ({', '.join(parts).replace(' ', ' fixable ', 1)})" if parts else "")

    def _sentence(self, fixable: str) -> str:
        checked = ", ".join(
            counted(number, word, f"{word}s")
            for number, word in ((self.stores, "store"), (self.files, "file"), (self.links, "link"))
        )
        errors, warnings, infos = (counted(self.count(level), level, f"{level}s") for level in Severity)
        found = f"{errors}, {warnings}{fixable}" + (f", {infos}" if self.count(Severity.INFO) else "")
        return f"{checked}: {found}" + (f"; {self.known:,} in the baseline" if self.known else "")


def report_of(snapshots: "tuple[Snapshot, ...]", diagnostics: tuple[Diagnostic, ...]) -> CheckResult:
    """Return the outcome for some stores."""
    return CheckResult(
        stores=len(snapshots),
        files=sum(len(snapshot.documents) for snapshot in snapshots),
        links=sum(map(links_in, snapshots)),
        diagnostics=tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.sort_key)),
        unread=unread_of(snapshots),
    )


def links_in(snapshot: "Snapshot") -> int:
    """Return the number of links in a store."""
    return sum(len(each.links) + len(each.wiki_links) for each in snapshot.documents.values())


def unread_of(snapshots: "Iterable[Snapshot]") -> tuple[UnreadFile, ...]:
    """Return the files of stores that could not be read, with absolute paths."""
    return tuple(
        UnreadFile(f"{snapshot.store.root}/{unread.path}", unread.reason)
        for snapshot in snapshots
        for unread in snapshot.unread
        if not unread.escapes  # a finding of its own
    )


def fingerprints(report: CheckResult, base: str) -> tuple[str, ...]:
    """Return the identity of each diagnostic across runs, in report order; all differ.

    It is a hash of code, path relative to `base`, quoted text, and a running number for equal ones; never of
    a line number, so that edits elsewhere in the file do not matter.
    """
    from hashlib import sha256  # noqa: PLC0415  # few formats have fingerprints

    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for diagnostic in report.diagnostics:
        key = (diagnostic.code, diagnostic.path_from(base), diagnostic.quoted)
        text = "\0".join((*key, str(seen[key])))
        found.append(sha256(text.encode(errors="surrogatepass")).hexdigest())
        seen[key] += 1
    return tuple(found)


def without_repetition(diagnostics: "Iterable[Diagnostic]") -> "Iterator[Diagnostic]":
    """Yield findings, without a dangling entry if its broken link is reported as well."""
    found = tuple(diagnostics)
    broken = {(each.path, each.start.line) for each in found if each.code == _BROKEN}
    yield from (
        each for each in found if each.code != _DANGLING or (each.path, each.start.line) not in broken
    )
