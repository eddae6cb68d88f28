"""One more line in an index file, against the limits."""

from memoryd.domain.limits.budget import Budget
from memoryd.domain.limits.loaded import LoadedView, loaded_view
from memoryd.domain.markdown.model import Entry
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class Addition:
    """The effect of one more line.

    Attributes:
        view: The loaded view with the line at the end of the index file.
        pushed_out: Entries that the agent sees now, but would not with the line at the top.
    """

    view: LoadedView
    pushed_out: tuple[Entry, ...]

    @property
    def fits(self) -> bool:
        """Return whether everything would still be loaded."""
        return self.view.cut_offset is None


def add_line(budget: Budget, line: str) -> Addition:
    """Check one more line in an index file; nothing is written.

    Args:
        budget: The index file and its limits.
        line: The text of the line, with or without a line end.
    """
    source = budget.index.source
    eol = b"\r\n" if b"\r\n" in source else b"\n"
    added = line.rstrip("\r\n").encode(errors="replace") + eol
    gap = eol if source and not source.endswith(b"\n") else b""
    at_top = source[: budget.index.body] + added + source[budget.index.body :]
    cut = loaded_view(at_top, budget.profile).cut_offset
    seen = [entry for entry in budget.entries if entry not in budget.unseen]
    return Addition(
        view=loaded_view(source + gap + added, budget.profile),
        pushed_out=tuple(
            entry for entry in seen if cut is not None and entry.span.end - 1 + len(added) > cut
        ),
    )
