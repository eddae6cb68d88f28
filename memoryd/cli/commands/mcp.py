"""`mcp`."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from memoryd.mcp.project import Project


def mcp(
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Also offer tools that add notes and remove them.")
    ] = False,
) -> None:
    """Serve the memory of a project to an agent, over the Model Context Protocol on standard input.

    The client starts it; the plugin and `claude mcp add` configure that. Tools search, read and check memory
    and change nothing, unless `--write` is given. `memoryd help hooks` has more.

    For example:

        memoryd mcp
        claude mcp add --scope user memoryd -- memoryd mcp --write
    """
    from memoryd.mcp.protocol import serve, take_standard_streams
    from memoryd.mcp.session import McpSession

    session = McpSession(_project, write=write)
    try:
        serve(session, *take_standard_streams())
    finally:
        session.close()


def _project() -> "Project":
    """Open the project in which the client works."""
    import os
    from dataclasses import replace
    from pathlib import Path

    from memoryd.mcp.project import Project
    from memoryd.runtime import build

    runtime = build()
    given = os.environ.get("CLAUDE_PROJECT_DIR", "")
    return Project(replace(runtime, directory=Path(given)) if os.path.isabs(given) else runtime)
