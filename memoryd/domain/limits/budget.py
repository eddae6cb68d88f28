"""Share of the limits that an index file takes."""

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from memoryd.domain.limits.counted_text import counted_text
from memoryd.domain.limits.loaded import LoadedView, loaded_view
from memoryd.domain.limits.threshold import Threshold
from memoryd.domain.markdown.model import BlockKind, Entry, Span
from memoryd.domain.stores.profiles import Companion, Profile
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.domain.edits.plan import FileChange
    from memoryd.domain.markdown.document import Document
    from memoryd.domain.stores.snapshot import Snapshot

NEAR = 0.8  # of a limit: from here on an index file is nearly full
_BELOW_SOFT = (0.08, 0.01)  # of a limit: where compaction ends, below the soft limit
_BAND = (0.85, 0.92)  # of a limit: where it ends without one


def is_due(budget: "Budget", threshold: Threshold) -> bool:
    """Return whether an index file is to be compacted: it is over its limit, or at the soft one already."""
    if budget.is_over or threshold is Threshold.LIMIT:
        return budget.is_over
    soft = budget.profile.soft
    return budget.used > _BAND[1] if soft is None else budget.used >= soft


def band(profile: Profile) -> tuple[float, float]:
    """Return the least and the most of the limit that an index file takes after compaction."""
    if profile.soft is None:
        return _BAND
    return profile.soft - _BELOW_SOFT[0], profile.soft - _BELOW_SOFT[1]


@dataclass(frozen=True, slots=True)
class Budget:
    """One index file and the limits of its profile.

    Attributes:
        index: The index file.
        profile: The limits.
        view: The loaded view of it.
    """

    index: "Document"
    profile: Profile
    view: LoadedView

    @property
    def lines_used(self) -> float:
        """Lines as a fraction of their limit; 0 without one."""
        return _share(self.view.lines, self.profile.max_lines)

    @property
    def units_used(self) -> float:
        """Size as a fraction of its limit, in the profile's unit; 0 without one."""
        return _share(self.view.units, self.profile.max_units)

    @property
    def used(self) -> float:
        """The highest fraction of all limits."""
        return max(self.lines_used, self.units_used)

    @property
    def limits(self) -> tuple[tuple[int, int, str], ...]:
        """For each limit, the amount taken, the limit, and the unit."""
        both = (
            (self.view.lines, self.profile.max_lines, "lines"),
            (self.view.units, self.profile.max_units, self.profile.unit.value),
        )
        return tuple((taken, most, unit) for taken, most, unit in both if most is not None)

    @property
    def is_over(self) -> bool:
        """Return whether the agent sees only a part of the file."""
        return self.view.cut_offset is not None

    @property
    def cut_line(self) -> int | None:
        """The first line of the file, from 1, that is not loaded completely; None if all is loaded."""
        cut = self.view.cut_offset
        if cut is None:
            return None
        return self.index.source.count(b"\n", 0, cut + self.index.source.startswith(b"\n", cut)) + 1

    @property
    def resume_line(self) -> int | None:
        """The first line after the cut, from 1, that is loaded again completely; None if the end is lost."""
        at, source = self.view.resume_offset, self.index.source
        return None if at is None else source.count(b"\n", 0, at) + 1 + (source[at - 1 : at] != b"\n")

    @property
    def cut_lines(self) -> str:
        """The lines that are not loaded completely: `cut at line 201`."""
        again = "" if self.resume_line is None else f", loaded again from line {self.resume_line:,}"
        return f"cut at line {self.cut_line:,}{again}" if self.cut_line else ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of the file, as the harness separates them."""
        if not self.profile.separator:
            return self.index.entries
        between = re.compile(rf"(?m)^{re.escape(self.profile.separator)}[ \t]*\r?(?:\n|\Z)".encode())
        edges = [self.index.body]
        for match in between.finditer(self.index.source):
            edges += match.span()
        edges.append(len(self.index.source))
        spans = (Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
        return tuple(Entry(BlockKind.PARAGRAPH, span) for span in spans if self.index.slice(span).strip())

    @property
    def unseen(self) -> tuple[Entry, ...]:
        """Entries that the agent sees not at all, or only in part."""
        cut, resume = self.view.cut_offset, self.view.resume_offset
        if cut is None:
            return ()
        lost = (entry for entry in self.entries if entry.span.end - 1 > cut)
        return tuple(entry for entry in lost if resume is None or entry.span.start < resume)

    @property
    def room(self) -> int | None:
        """The number of further entries of average size that fit; None without a limit."""
        entries = [self.index.slice(entry.span) for entry in self.entries] or ["- an entry\n"]
        lines = max(sum(text.count("\n") for text in entries), 1) / len(entries)
        units = sum(map(self.profile.unit.size, entries)) / len(entries)
        rooms = [
            (most - taken) / each
            for most, taken, each in (
                (self.profile.max_lines, self.view.lines, lines),
                (self.profile.max_units, self.view.units, units),
            )
            if most is not None
        ]
        return max(int(min(rooms)), 0) if rooms else None


def _share(taken: int, most: int | None) -> float:
    return taken / most if most else 0.0


def budgets_of(snapshot: "Snapshot") -> tuple[Budget, ...]:
    """Return the budget of every file that the harness loads, the index file first."""
    profile = snapshot.store.profile
    budgets = [each for each in [budget_of(snapshot)] if each]
    companions = _companions(snapshot) if profile.companions else {}
    for topic in snapshot.topics:
        if companion := companions.get(topic.path):
            limits = replace(profile, max_units=companion.max_units, max_lines=None)
            budgets.append(Budget(topic, limits, loaded_view(topic.raw, limits)))
    return tuple(budgets)


def _companions(snapshot: "Snapshot") -> dict[str, Companion]:
    """Return the files that the harness loads beside the index file, by path."""
    found: dict[str, Companion] = {}
    for companion in snapshot.store.profile.companions:
        paths = [topic.path for topic in snapshot.topics if fnmatchcase(topic.path, companion.pattern)]
        for path in sorted(paths, reverse=True)[: companion.newest]:
            found.setdefault(path, companion)
    return found


def budget_of(snapshot: "Snapshot") -> Budget | None:
    """Return the budget of a store's index file; None if there is none."""
    index = snapshot.index
    profile = snapshot.store.profile
    return Budget(index, profile, loaded_view(index.raw, profile)) if index else None


def used(raw: bytes, profile: Profile) -> float:
    """Return the highest fraction of all limits for the bytes of an index file."""
    if profile.measured:  # a view would be made that no caller looks at
        text = counted_text(raw, profile).text
        lines, units = text.count("\n") + 1 if text else 0, profile.unit.size(text)
    else:
        view = loaded_view(raw, profile)
        lines, units = view.lines, view.units
    return max(_share(lines, profile.max_lines), _share(units, profile.max_units))


def units_taken(snapshot: "Snapshot", path: str, change: "FileChange") -> int:
    """Return the growth of the context by a change of a file, in its unit; 0 if the file is not loaded."""
    if change.before is None or change.after is None:
        return 0
    profiles = [budget.profile for budget in budgets_of(snapshot) if budget.index.path == path]
    views = [[loaded_view(side, each).units for side in (change.before, change.after)] for each in profiles]
    return sum(after - before for before, after in views)
