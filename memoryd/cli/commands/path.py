"""`path`."""

from typing import Annotated

import typer

from memoryd.cli.arguments import store_named
from memoryd.cli.output.terminal import emit_lines


def path(
    which: Annotated[str, typer.Argument(metavar="AGENT|PATH", help="An agent's name, or a path.")],
) -> None:
    """Print the directory of a store, for other programs: `cd "$(memoryd path reviewer)"`.

    For example:

        memoryd path code-reviewer
        cd "$(memoryd path code-reviewer)"
    """
    from memoryd.runtime import build

    emit_lines([store_named(build(), which).root])
