"""`sync`: memory on several machines."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.arguments import all_stores
from memoryd.cli.output.sync.result import KEY_IS_MISSING, result_json, show_result
from memoryd.cli.output.terminal import emit, emit_json, emit_lines, note, short
from memoryd.errors import MemorydError, contradiction

if TYPE_CHECKING:
    from memoryd.adapters.sync import SyncSettings
    from memoryd.runtime import Runtime
    from memoryd.services.sync.exchange import SyncResult

app = typer.Typer(
    help="Exchange memory with your other machines through a git repository.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_EVERY = 300  # seconds
_PATIENCE = 30.0  # seconds to wait for an exchange


@app.callback()
def run(
    ctx: typer.Context,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: after each change, once it is quiet, and every 5 minutes.")
    ] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget", help="Also forget what other machines forgot where it is in very many lines."
        ),
    ] = False,
    json: options.Json = False,
) -> None:
    """Exchange memory with your other machines through a git repository.

    Your own stores and auto memory are merged entry by entry with what other machines have pushed. A change
    here is an operation, which `memoryd undo` undoes. Files with a secret stay here. What another machine has
    forgotten with `memoryd forget --purge` is removed here, too. `memoryd help sync` tells more.
    """
    if ctx.invoked_subcommand is not None:
        return
    from memoryd.runtime import build

    runtime = build()
    settings = _settings(runtime)
    if watch:
        if json:
            raise contradiction("--watch", "--json")
        _watch(runtime, settings)
        return
    result = _exchange(runtime, settings, is_agreed=forget)
    if json:
        emit_json(result_json(result))
    else:
        show_result(result)
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

    A directory that does not exist becomes a bare repository. Who can read it can read your memory.

    For example:

        memoryd sync init git@example.com:me/memory.git
        memoryd sync init /mnt/nas/memory.git --machine laptop
    """
    from dataclasses import replace

    from memoryd.adapters.git.transport import make_remote
    from memoryd.adapters.sync import SyncSettings, read_settings, write_settings
    from memoryd.runtime import build
    from memoryd.services.sync.forgotten_texts import open_texts

    runtime = build()
    directory = runtime.locations.sync
    if os.path.isabs(path := os.path.expanduser(remote)) or remote.startswith("."):
        remote = os.path.abspath(path)
        make_remote(Path(remote))
    elif remote.startswith("-"):
        raise MemorydError(f'"{remote}" is not the address of a repository', "memoryd sync init REMOTE")
    old = read_settings(directory)
    name = machine or (old.machine if old else os.uname().nodename)
    settings = replace(old or SyncSettings(remote, name), remote=remote, machine=name)
    write_settings(directory, settings)
    result = _exchange(runtime, _settings(runtime))
    show_result(result)
    if not result.lacks_key and open_texts(directory, settings).lacks_key:
        note(KEY_IS_MISSING)
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

    Projects with a remote repository, or a commit, need no name.

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
    write_settings(runtime.locations.sync, replace(settings, names={**settings.names, path: project}))
    emit(f"{short(path)} is {project} on every machine\n")


@app.command()
def key(
    text: Annotated[
        str | None,
        typer.Argument(metavar="KEY", help="The key of the other machines; - reads it from standard input."),
    ] = None,
) -> None:
    """Print the key that your machines share, or give it to this one.

    With it a machine recognizes what another one has forgotten with `memoryd forget --purge`, and removes it
    at its next `memoryd sync`, which cannot be undone. It is not in the repository: carry it yourself.

    For example:

        memoryd sync key
        memoryd sync key -
    """
    import sys

    from memoryd.adapters.sync import read_key, write_key
    from memoryd.runtime import build

    runtime = build()
    _settings(runtime)
    directory = runtime.locations.sync
    if text is None:
        if (known := read_key(directory)) is None:
            raise MemorydError("this machine has no key", KEY_IS_MISSING)
        emit(f"{known.hex()}\n")
        note("a machine that gets it will forget what other machines forget with --purge")
        return
    write_key(directory, (sys.stdin.readline() if text == "-" else text).strip())
    emit("this machine will forget what other machines forget with --purge\n")


@app.command()
def drop(
    machine: Annotated[str, typer.Argument(metavar="MACHINE", help="Its name or id: memoryd sync status.")],
) -> None:
    """Drop a machine that will not come back, so that nothing waits for it.

    If it comes back, it first forgets what was forgotten meanwhile, like any other.

    For example:

        memoryd sync drop old-laptop
        memoryd sync drop 3f9a1c2b0d4e5f60
    """
    from memoryd.adapters.sync import alone
    from memoryd.runtime import build
    from memoryd.services.sync.forgotten_texts import open_texts

    runtime = build()
    with alone(runtime.locations.sync, _PATIENCE):
        dropped = open_texts(runtime.locations.sync, _settings(runtime)).drop(machine)
    emit(f"{dropped.name} is dropped; the next exchange tells the other machines\n")


@app.command()
def status() -> None:
    """Show what is exchanged, what has changed since the last time, and with which machines.

    For example:

        memoryd sync status
        memoryd sync status --color never
    """
    from datetime import datetime

    from memoryd.adapters.dates import now
    from memoryd.adapters.sync import read_state
    from memoryd.cli.output.stores import table
    from memoryd.cli.output.sync.machines import show_machines
    from memoryd.domain.dates.moments import ago
    from memoryd.runtime import build
    from memoryd.services.sync.forgotten_texts import open_texts
    from memoryd.services.sync.merge_stores import changed_files
    from memoryd.services.sync.name_stores import chosen_stores, name_stores

    runtime = build()
    settings = _settings(runtime)
    ledger = open_texts(runtime.locations.sync, settings).ledger
    named = name_stores(runtime.discover(), runtime.locations, settings.names)
    state = read_state(runtime.locations.sync)
    last = ago(datetime.fromtimestamp(state.time).astimezone(), now()) if state.time else "never"
    rows = [
        (short(each.root), each.key, f"{changed_files(each, state.bases):,}")
        for each in chosen_stores(named, runtime.locations)(())
    ]
    emit_lines(
        [
            f"{settings.machine} exchanges with {settings.remote}; last: {last}",
            "",
            *table(("STORE", "NAME", "CHANGED FILES"), rows),
        ]
    )
    show_machines(ledger, settings.id, now())
    for store in named.nameless:
        project = short(store.base) if store.base else "DIRECTORY"
        note(f"{short(store.root)} is not exchanged: memoryd sync name {project} NAME")


def _settings(runtime: "Runtime") -> "SyncSettings":
    from memoryd.adapters.sync import identified

    settings = identified(runtime.locations.sync)
    if settings is None:
        raise MemorydError("no repository between your machines is chosen", "memoryd sync init REMOTE")
    return settings


def _exchange(runtime: "Runtime", settings: "SyncSettings", *, is_agreed: bool = False) -> "SyncResult":
    from functools import partial

    from memoryd.runtime import Selection
    from memoryd.services.forgetting.follow import FollowOptions, follow, own_files
    from memoryd.services.sync.exchange import SyncMeans, exchange
    from memoryd.services.sync.name_stores import chosen_stores, name_stores

    named = name_stores(runtime.discover(), runtime.locations, settings.names)
    how = FollowOptions(frozenset(runtime.config.rewrite), is_agreed)

    own, every = own_files(runtime.locations), partial(all_stores, runtime, Selection(everything=True))

    choose = chosen_stores(named, runtime.locations)
    means = SyncMeans(choose, runtime.history, lambda seeker: follow(seeker, every(), own, how))
    return exchange(runtime.locations.sync, settings, means)


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
            show_result(result)
        return not result.offline

    watch(look, once, lambda seconds: not ended.wait(seconds), _EVERY)
