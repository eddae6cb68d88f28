"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.domain.store import Scope

if TYPE_CHECKING:
    from memoryd.runtime import Selection


class Format(StrEnum):
    """Formats of a report."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH",
        help="Stores, files in stores, or directories to search. Default: the repository around here.",
    ),
]
User = Annotated[bool, typer.Option("--user", help="The stores under the home directory.")]
All = Annotated[bool, typer.Option("--all", help="Every store known.")]
Agent = Annotated[str | None, typer.Option("--agent", metavar="NAME", help="Only stores of this agent.")]
ScopeOption = Annotated[Scope | None, typer.Option("--scope", help="Only stores of this scope.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def selection(  # one value for the options above, as they stand in each command
    paths: list[Path] | None,
    *,
    user: bool,
    everything: bool,
    agent: str | None,
    scope: Scope | None,
) -> "Selection":
    """The choice of stores that the options make; two that contradict each other are a usage error."""
    from memoryd.runtime import Selection

    if paths and (user or everything):
        raise typer.BadParameter(f"PATH and {'--user' if user else '--all'} exclude each other")
    return Selection(tuple(paths or ()), user, everything, agent, scope)
