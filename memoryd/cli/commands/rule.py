"""`rule`: the page of a rule."""

from typing import Annotated

import typer

from memoryd.cli.output.terminal import emit
from memoryd.errors import MemorydError


def rule(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Code or name; without it, list all rules.")
    ] = None,
) -> None:
    """Explain what a rule means and why, with examples."""
    from memoryd.domain.checks.selection import find_rule, suggestion
    from memoryd.rules import ALL_RULES

    if code is None:
        emit("".join(f"{each.code}  {each.level:<8} {each.name:<20} {each.summary}\n" for each in ALL_RULES))
        return
    found = find_rule(code, ALL_RULES)
    if found is None:
        raise MemorydError(f'there is no rule "{code}"', suggestion(code, ALL_RULES))
    emit(f"{found.code} {found.name} ({found.level})\n\n{found.page}\n")
