"""Auto memory of projects whose directory was moved."""

import shlex

from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class StrandedStore:
    """Auto memory of a project whose directory is gone, while another one seems to be the same project.

    Attributes:
        root: Absolute path of the store.
        gone: The project's directory, which does not exist.
        place: The directory that seems to be the project now.
        reason: Why it seems so, in a few words.
    """

    root: str
    gone: str
    place: str
    reason: str

    @property
    def message(self) -> str:
        """The problem, and the command that moves the memory along."""
        command = shlex.join(["memoryd", "move", self.gone, self.place])
        return (
            f"no session loads this memory: {self.gone} is gone; the project seems to be in {self.place} now "
            f"({self.reason}): {command}"
        )
