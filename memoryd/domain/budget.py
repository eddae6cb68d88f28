"""How much of the harness's limits an index file takes, and what the agent never sees of it."""

from dataclasses import dataclass

from memoryd.domain.document import Document, Entry, Snapshot
from memoryd.domain.links import reachable
from memoryd.domain.loaded import LoadedView, loaded_view
from memoryd.domain.profile import Profile
from memoryd.domain.text import utf16_units

TARGET = 0.7  # of a limit: so that compaction need not run again tomorrow (the harness's own aim)
NEAR = 0.8  # of a limit: where the harness itself starts to ask its agent to compact (measured)


@dataclass(frozen=True, slots=True)
class Budget:
    """One index file against the limits of its profile.

    Attributes:
        index: The index file.
        profile: The limits.
        view: What the harness loads of it.
    """

    index: Document
    profile: Profile
    view: LoadedView

    @property
    def lines_used(self) -> float:
        """Lines as a fraction of their limit."""
        return self.view.lines / self.profile.max_lines

    @property
    def units_used(self) -> float:
        """UTF-16 units as a fraction of their limit."""
        return self.view.units / self.profile.max_units

    @property
    def used(self) -> float:
        """The fraction of the limit that binds."""
        return max(self.lines_used, self.units_used)

    @property
    def is_over(self) -> bool:
        """Whether the agent sees only a part."""
        return self.view.cut_offset is not None

    @property
    def cut_line(self) -> int | None:
        """First line of the file, from 1, that is not loaded whole; None where all is loaded."""
        cut = self.view.cut_offset
        if cut is None:
            return None
        return self.index.source.count(b"\n", 0, cut + self.index.source.startswith(b"\n", cut)) + 1

    @property
    def unseen(self) -> tuple[Entry, ...]:
        """Entries of which the agent sees nothing, or only the beginning."""
        cut = self.view.cut_offset
        return () if cut is None else tuple(entry for entry in self.index.entries if entry.span.end - 1 > cut)

    @property
    def room(self) -> int:
        """How many more entries, as long as those that are there, still fit."""
        entries = max(len(self.index.entries), 1)
        texts = [self.index.slice(entry.span) for entry in self.index.entries]
        lines = sum(text.count("\n") for text in texts) / entries or 1
        units = sum(map(utf16_units, texts)) / entries or 1
        free = (
            (self.profile.max_lines - self.view.lines) / lines,
            (self.profile.max_units - self.view.units) / units,
        )
        return max(int(min(free)), 0)


def budget_of(snapshot: Snapshot) -> Budget | None:
    """The budget of a store's index file; None where there is none."""
    index = snapshot.index
    profile = snapshot.store.profile
    return Budget(index, profile, loaded_view(index.raw, profile)) if index else None


def unseen_topics(snapshot: Snapshot, budget: Budget) -> tuple[str, ...]:
    """Paths of topic files that only the part of the index file that is cut off leads to."""
    cut = budget.view.cut_offset
    if cut is None:
        return ()
    return tuple(sorted(reachable(snapshot).keys() - reachable(snapshot, index_end=cut).keys()))
