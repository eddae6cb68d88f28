"""`link-check`: `check` with the rules L only."""

from typing import Annotated

import typer

from memoryd.cli.checking import run_check
from memoryd.cli.options import CheckOptions, StoreOptions
from memoryd.cli.program import spread
from memoryd.errors import MemorydError


@spread
def link_check(
    *,
    external: Annotated[
        bool, typer.Option("--external", help="Also ask the servers that http and https links name.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="With --external: also ask hosts of private networks.")
    ] = False,
    how: CheckOptions,
    which: StoreOptions,
) -> None:
    """Check links only (rules L).

    Exit codes are those of `check`.

    For example:

        memoryd link-check
        memoryd link-check --external
    """
    if allow_private and not external:
        raise MemorydError("--allow-private needs --external", "add --external")
    asked = how.asked(which.selection, external=external, private=allow_private)
    run_check("link-check", asked, how.printing(), how.changing(), how.fails_on)
