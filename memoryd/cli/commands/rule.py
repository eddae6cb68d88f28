"""`rule`: the page of a rule."""

from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.terminal import emit, emit_json
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.domain.checks.rule import Rule


def rule(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Code or name; without it, list all rules.")
    ] = None,
    *,
    json: options.Json = False,
) -> None:
    """Explain what a rule means and why, with examples.

    For example:

        memoryd rule
        memoryd rule S001
    """
    from memoryd.domain.checks.selection import find_rule, suggestion
    from memoryd.rules import ALL_RULES

    found = find_rule(code, ALL_RULES) if code is not None else None
    if code is not None and found is None:
        raise MemorydError(f'there is no rule "{code}"', suggestion(code, ALL_RULES))
    if json:
        emit_json({"rules": [_as_json(each) for each in ((found,) if found else ALL_RULES)]})
    elif code is None:
        emit("".join(f"{each.code}  {each.level:<8} {each.name:<20} {each.summary}\n" for each in ALL_RULES))
    elif found:
        emit(f"{found.code} {found.name} ({found.level})\n\n{found.page}\n")


def _as_json(each: "Rule") -> dict[str, object]:
    return {
        "code": each.code,
        "name": each.name,
        "level": each.level,
        "summary": each.summary,
        "page": each.page,
    }
