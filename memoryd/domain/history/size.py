"""Size of the history and its growth."""

from memoryd.domain.text.phrases import written_size
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class HistorySize:
    """The size of the history.

    Attributes:
        total: Bytes of the database, without free pages.
        growth: Bytes a day that versions took, over the last week.
    """

    total: int
    growth: float

    @property
    def sentence(self) -> str:
        """The size and the growth in words."""
        return f"{written_size(self.total)}, {written_size(self.growth)} more a day"
