"""`trust` and `untrust`."""

from pathlib import Path
from typing import Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.terminal import emit, emit_json
from memoryd.cli.output.trust import from_home
from memoryd.errors import MemorydError

_Repository = Annotated[
    Path | None, typer.Argument(metavar="REPO", help="The repository, or a directory in it.")
]


def trust(
    repository: _Repository = None,
    *,
    listed: Annotated[bool, typer.Option("--list", help="List the trusted repositories.")] = False,
    json: options.Json = False,
) -> None:
    """Let a repository name files and directories outside it.

    memoryd follows a symbolic link of a repository, and `autoMemoryDirectory` in its settings, only if they
    lead to a path inside the repository. Trust a repository if you made such a link yourself. A repository is
    known by its real path and device, and can never add itself to the list.

    For example:

        memoryd trust ~/code/shop
        memoryd trust --list
    """
    from memoryd.adapters.trust import read_trusted
    from memoryd.runtime import build
    from memoryd.services.trust import trust as give

    runtime = build()
    if listed:
        if repository:
            raise MemorydError("--list takes no REPO", "leave one of them out")
        trusted = sorted(read_trusted(runtime.locations.trusted), key=lambda each: each.path)
        if json:
            repositories = [{"path": each.path, "device": each.device} for each in trusted]
            emit_json({"version": 1, "repositories": repositories})
        else:
            emit("".join(f"{from_home(each.path)}\n" for each in trusted) or "no repository is trusted\n")
        return
    if json:
        raise MemorydError("--json needs --list", "add --list")
    if repository is None:
        raise MemorydError("no repository is given", "memoryd trust REPO; --list lists the trusted ones")
    made = give(runtime.locations.trusted, repository.absolute(), runtime.places)
    emit(f"trusted: {from_home(made.path)} (undo: memoryd untrust {from_home(made.path)})\n")


def untrust(
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")],
) -> None:
    """Withdraw trust: links and settings of the repository are followed only inside it.

    For example:

        memoryd untrust ~/code/shop
        memoryd untrust .
    """
    from memoryd.runtime import build
    from memoryd.services.trust import untrust as withdraw

    runtime = build()
    path = withdraw(runtime.locations.trusted, repository.absolute(), runtime.places)
    emit(f"no longer trusted: {from_home(path)}\n")
