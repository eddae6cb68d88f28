"""`run`."""

import shlex
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.terminal import note, short
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict

    from memoryd.runtime import Runtime
    from memoryd.services.daemon.daemon import Daemon
    from memoryd.services.daemon.hooks import Hooks
    from memoryd.services.daemon.sandbox import Sandbox
    from memoryd.services.daemon.settings import Setting


_PORTION = 16 * 1024 * 1024  # bytes of session records that are read at once

_Sample = Annotated[
    bool,
    typer.Option("--sample", help="Look after sample memory in its own home directory, not after yours."),
]


def run(
    *,
    sample: _Sample = False,
    yes: options.Yes = False,
) -> None:
    """Watch every agent's memory, index it, and keep index files under their limit (Ctrl-C stops).

    Changes nothing until you agree: in `memoryd init`, to the question asked here on a terminal, with
    `--yes`, or by `enforce` in the configuration.

    For example:

        memoryd run
        memoryd run --sample
    """
    from memoryd import log
    from memoryd.adapters.daemon.process import only_instance
    from memoryd.cli.output.setup import ask_once
    from memoryd.domain.daemon.state import RESTART
    from memoryd.domain.text.escape import json_line, visible_line
    from memoryd.runtime import build
    from memoryd.services.daemon.daemon import Daemon
    from memoryd.services.daemon.notify import start_notifier

    runtime = build().of_sample() if sample else ask_once(build(), yes=yes)
    log.configure(json_line, visible_line, _sentence if sample else None)

    def renew() -> "Setting":
        return _setting(runtime if sample else replace(runtime, config=build().config))

    tell = start_notifier(runtime.config.notify)  # before there is anything that a fork would share
    try:
        with only_instance(runtime.locations.lock):
            if sample:
                _make_sample(runtime)
            # in the sandbox, no socket can be made
            with runtime.index() as index, runtime.history("daemon") as history, _hooks(runtime) as hooks:
                places = (runtime.locations.status, _confine(runtime))
                daemon = Daemon(_setting(runtime), renew, index, history, *places, tell)
                daemon.hooks, daemon.upkeep.count_uses = hooks, partial(_count_uses, runtime)
                _obey(daemon)
                daemon.run()
        if daemon.border.wants_restart:
            raise typer.Exit(RESTART)
    finally:
        log.let_go()


def _setting(now: "Runtime") -> "Setting":
    """Return the settings of the daemon."""
    from memoryd.services.daemon.settings import Setting

    return Setting(now.config, now.discover, str(now.locations.home), now.locations.claude)


@contextmanager
def _hooks(runtime: "Runtime") -> "Iterator[Hooks | None]":
    """Make the socket for hooks of Claude Code, and the script that they call; warn if that fails."""
    from structlog import get_logger

    from memoryd.adapters.hooks.gate import write_gate
    from memoryd.adapters.hooks.listener import Listener
    from memoryd.services.daemon.hooks import Hooks

    paths = runtime.locations
    hooks = None
    try:
        write_gate(paths.gate, socket=paths.socket, roots=paths.roots, waiting=paths.waiting)
        hooks = Hooks(Listener(paths.socket), paths.roots, paths.waiting)
    except MemorydError as error:
        get_logger().warning("no_hooks", reason=error.message)
    try:
        yield hooks
    finally:
        if hooks:
            hooks.close()


def _count_uses(runtime: "Runtime") -> bool:
    """Count a portion of the uses of memory in session records; return whether that were all."""
    from memoryd.services.usage.count_uses import count_uses

    with runtime.usage() as counts:
        projects = runtime.locations.claude / "projects"
        return count_uses(counts, projects, runtime.discover().stores, most=_PORTION)


def _confine(runtime: "Runtime") -> "Sandbox":
    """Enter the sandbox, before any thread is started."""
    from memoryd.config.daemon import SandboxMode
    from memoryd.services.daemon.sandbox import OFF, enter
    from memoryd.services.service import writable_directories

    if runtime.config.daemon.sandbox is SandboxMode.OFF:
        return OFF
    stores = runtime.discover().stores
    writable = writable_directories(runtime.locations, runtime.config, stores)
    return enter(writable, str(runtime.locations.index.parent))


def _make_sample(runtime: "Runtime") -> None:
    """Write sample memory and delete its history: the daemon compacts a store at most once an hour."""
    from memoryd.services.stores.make_sample import make_sample

    for path in runtime.locations.home.glob("*.db*"):
        path.unlink()
    store = make_sample(runtime.locations.claude)
    note(f"made sample memory in {short(str(store))}; your own memory is not touched (Ctrl-C stops)")


def _sentence(_logger: object, _method: str, event: "EventDict") -> str:
    """Return an event of the sample's log as a sentence."""
    from structlog import DropEvent

    if event["event"] != "compacted":
        if event["level"] == "info":
            raise DropEvent
        return f"{event['level']}: {event['event']}: {event.get('reason', '')}"
    store = Path(str(event["store"]))
    with open(store / "MEMORY.md", encoding="utf-8") as file:
        lines = len(file.readlines())
    topics = len(list(store.glob("*.md"))) - 1
    return (
        f"compacted MEMORY.md from {event['lines']} lines (the agent saw 200) to {lines}; "
        f"the rest is in {topics} topic files, and no line is lost\n"
        f"see the result: {_program()} show {shlex.quote(str(store))}"
    )


def _program() -> str:
    """Return how to call memoryd again: by its path if it was called so and is not on PATH."""
    import shutil

    typed = sys.argv[0]
    is_ours = typed.rpartition("/")[2] == "memoryd"
    return shlex.quote(typed) if is_ours and not shutil.which("memoryd") else "memoryd"


def _obey(daemon: "Daemon") -> None:
    """Stop on SIGTERM and SIGINT, reload the configuration on SIGHUP.

    A closed terminal also sends SIGHUP: then stop, unless `nohup` ignores the signal.
    """
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop())
    hung_up = sys.stderr.isatty() and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    signal.signal(signal.SIGHUP, lambda *_: daemon.stop() if hung_up else daemon.reload())
