"""One session of a client: its calls, carried out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memoryd.mcp.project import Project


class McpSession:
    """Carries out calls; the project is opened when the first one comes: the handshake must not wait.

    Args:
        open_project: Opens the project of the session.
        write: Whether notes may be added and removed.
    """

    def __init__(self, open_project: "Callable[[], Project]", *, write: bool) -> None:
        self.write = write
        self._open_project = open_project
        self._project: Project | None = None

    @property
    def project(self) -> "Project":
        """The project, opened on first use."""
        if self._project is None:
            self._project = self._open_project()
        return self._project

    def close(self) -> None:
        """Close what was opened."""
        if self._project:
            self._project.close()

    def call(self, tool: str, given: Mapping[str, object]) -> str:
        """Return the answer of a tool.

        Args:
            tool: Its name.
            given: Arguments of the right types.

        Raises:
            MemorydError: If it cannot do its job.
        """
        from memoryd.mcp.tools import TOOLS  # noqa: PLC0415  # after the handshake

        return TOOLS[tool](self.project, given)

    def resources(self, cursor: object) -> Mapping[str, object]:
        """Return a page of the memory files of the project, as `resources/list` does."""
        from memoryd.mcp.resources import list_resources  # noqa: PLC0415  # after the handshake

        return list_resources(self.project, cursor)

    def resource(self, uri: str) -> Mapping[str, object]:
        """Return a memory file, as `resources/read` does.

        Raises:
            MemorydError: If it is none of the project.
        """
        from memoryd.mcp.resources import read_resource  # noqa: PLC0415  # after the handshake

        return read_resource(self.project, uri)
