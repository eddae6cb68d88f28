"""`sync`: memory on several machines."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.output.terminal import emit, emit_lines, note, short
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memoryd.adapters.sync import SyncSettings
    from memoryd.runtime import Runtime
    from memoryd.services.sync.exchange import SyncResult
    from memoryd.services.sync.merge_stores import SyncedStore
    from memoryd.services.sync.name_stores import NamedStores

app = typer.Typer(
    help="Exchange memory with your other machines through a git repository.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_EVERY = 300  # seconds


@app.callback()
def run(
    ctx: typer.Context,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: after each change, once it is quiet, and every 5 minutes.")
    ] = False,
) -> None:
    """Exchange memory with your other machines through a git repository.

    Your own stores and auto memory are merged entry by entry with what other machines have pushed. A change
    here is an operation, which `memoryd undo` undoes. Files with a secret stay here. `memoryd help sync`
    tells more.
    """
    if ctx.invoked_subcommand is not None:
        return
    from memoryd.runtime import build

    runtime = build()
    settings = _settings(runtime)
    if watch:
        _watch(runtime, settings)
        return
    result = _exchange(runtime, settings)
    _show(result)
    if result.offline or result.problems:
        raise typer.Exit(1)


@app.command()
def init(
    remote: Annotated[
        str, typer.Argument(metavar="REMOTE", help="A git repository: an address, or a directory to make.")
    ],
    *,
    machine: Annotated[
        str, typer.Option("--machine", metavar="NAME", help="Name of this machine; default: its host name.")
    ] = "",
) -> None:
    """Choose the repository between your machines, and exchange memory for the first time.

    A directory that does not exist becomes a bare repository. Whoever can read the repository can read your
    memory: use a private one.

    For example:

        memoryd sync init git@example.com:me/memory.git
        memoryd sync init /mnt/nas/memory.git --machine laptop
    """
    from dataclasses import replace

    from memoryd.adapters.git.transport import make_remote
    from memoryd.adapters.sync import SyncSettings, read_settings, write_settings
    from memoryd.runtime import build

    runtime = build()
    directory = runtime.locations.sync
    path = os.path.expanduser(remote)
    if os.path.isabs(path) or remote.startswith("."):
        remote = os.path.abspath(path)
        make_remote(Path(remote))
    elif remote.startswith("-"):
        raise MemorydError(f'"{remote}" is not the address of a repository', "memoryd sync init REMOTE")
    old = read_settings(directory)
    name = machine or (old.machine if old else os.uname().nodename)
    settings = replace(old or SyncSettings(remote, name), remote=remote, machine=name)
    write_settings(directory, settings)
    result = _exchange(runtime, settings)
    _show(result)
    if result.offline:
        raise typer.Exit(1)


@app.command()
def name(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="The project's directory here.")],
    project: Annotated[
        str, typer.Argument(metavar="NAME", help="A name of your choice, the same on every machine.")
    ],
) -> None:
    """Name a project that git does not identify, so that its memory is exchanged.

    Projects are known by the address of their remote repository, or else by their first commit. Others need
    a name.

    For example:

        memoryd sync name ~/notes notes
        memoryd sync name . shop
    """
    from dataclasses import replace

    from memoryd.adapters.sync import write_settings
    from memoryd.runtime import build

    runtime = build()
    settings = _settings(runtime)
    path = os.path.abspath(os.path.expanduser(directory))
    if not project.strip("/. ") or not project.isprintable():
        raise MemorydError("the name of a project has letters", "memoryd sync name DIRECTORY NAME")
    write_settings(runtime.locations.sync, replace(settings, names=settings.names | {path: project}))
    emit(f"{short(path)} is {project} on every machine\n")


@app.command()
def status() -> None:
    """Show what is exchanged, when it was last, and what has changed since.

    For example:

        memoryd sync status
        memoryd sync status --color never
    """
    from datetime import datetime

    from memoryd.adapters.dates import now
    from memoryd.adapters.sync import read_state
    from memoryd.cli.output.stores import table
    from memoryd.domain.dates.moments import ago
    from memoryd.runtime import build
    from memoryd.services.sync.merge_stores import changed_files
    from memoryd.services.sync.name_stores import name_stores

    runtime = build()
    settings = _settings(runtime)
    named = name_stores(runtime.discover(), runtime.locations, settings.names)
    state = read_state(runtime.locations.sync)
    last = ago(datetime.fromtimestamp(state.time).astimezone(), now()) if state.time else "never"
    rows = [
        (short(each.root), each.key, f"{changed_files(each, state.bases):,}")
        for each in _stores(runtime, named)(())
    ]
    emit_lines(
        [
            f"{settings.machine} exchanges with {settings.remote}; last: {last}",
            "",
            *table(("STORE", "NAME", "CHANGED FILES"), rows),
        ]
    )
    for store in named.nameless:
        project = short(store.base) if store.base else "DIRECTORY"
        note(f"{short(store.root)} is not exchanged: memoryd sync name {project} NAME")


def _settings(runtime: "Runtime") -> "SyncSettings":
    from memoryd.adapters.sync import read_settings

    settings = read_settings(runtime.locations.sync)
    if settings is None:
        raise MemorydError("no repository between your machines is chosen", "memoryd sync init REMOTE")
    return settings


def _exchange(runtime: "Runtime", settings: "SyncSettings") -> "SyncResult":
    from memoryd.services.sync.exchange import exchange
    from memoryd.services.sync.name_stores import name_stores

    named = name_stores(runtime.discover(), runtime.locations, settings.names)
    with runtime.history() as history:
        return exchange(runtime.locations.sync, settings, _stores(runtime, named), history)


def _stores(runtime: "Runtime", named: "NamedStores") -> "Callable[[Iterable[str]], list[SyncedStore]]":
    """Return a function that adds the stores of other machines that belong here, too."""
    from memoryd.services.sync.merge_stores import SyncedStore
    from memoryd.services.sync.name_stores import place_of

    own = {store.root: store for store in named.stores}

    def choose(keys: "Iterable[str]") -> "list[SyncedStore]":
        found = [SyncedStore(key, root, own[root]) for root, key in named.keys.items()]
        known = set(named.keys.values())
        for key in keys:
            root = None if key in known else place_of(key, runtime.locations, named.projects)
            if root and root not in own and not os.path.lexists(root):
                found.append(SyncedStore(key, root, None))
        return sorted(found, key=lambda each: each.root)

    return choose


def _show(result: "SyncResult") -> None:
    undo = f" (undo: memoryd undo {result.operations[-1]})" if result.operations else ""
    emit(
        f"sent {counted(result.sent, 'file', 'files')}, "
        f"received {counted(result.received, 'file', 'files')}{undo}\n"
    )
    if result.doubts:
        note(
            f"{counted(result.doubts, 'entry was', 'entries were')} changed on both sides; both versions stay"
        )
    if result.is_rewritten:
        note("the repository lacks what it had before: what either side has stays")
    for path in result.held:
        note(f"{short(path)} is not sent: it has a secret, or conflict markers (memoryd check {short(path)})")
    for problem in result.problems:
        note(f"not written, the next exchange tries again: {problem}")
    if result.offline:
        note(f"offline: {result.offline}; the next exchange goes on")


def _watch(runtime: "Runtime", settings: "SyncSettings") -> None:
    """Exchange until the process is told to end."""
    import signal
    from threading import Event

    from memoryd.adapters.stores.contents import scan
    from memoryd.services.sync.watch import watch

    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())

    def look() -> str:
        found = runtime.discover()
        return repr([(store.root, scan(store).files) for store in found.stores])

    def once() -> bool:
        try:
            result = _exchange(runtime, settings)
        except MemorydError as error:
            note(f"error: {error.message}")
            return False
        if result.sent or result.received or result.offline or result.problems:
            _show(result)
        return not result.offline

    watch(look, once, lambda seconds: not ended.wait(seconds), _EVERY)
