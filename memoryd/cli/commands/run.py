"""`run`."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.output.terminal import note, short

if TYPE_CHECKING:
    from memoryd.runtime import Runtime
    from memoryd.services.daemon.daemon import Daemon


def run(
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="Where no memory is found, make a sample and look after that.")
    ] = False,
) -> None:
    """Watch every agent's memory, index it, and keep index files under their limit (Ctrl-C stops)."""
    from memoryd import log
    from memoryd.adapters.daemon.process import only_instance
    from memoryd.runtime import build
    from memoryd.services.daemon.daemon import Daemon, Setting

    runtime = build()
    log.configure()
    sampled = sample and not runtime.discover(sample=False).stores
    if sampled:
        runtime = runtime.with_sample()
        note(
            f"no memory found: looking after a sample in {short(str(runtime.locations.claude))}; Ctrl-C stops"
        )

    def setting(now: "Runtime") -> Setting:
        return Setting(now.config, now.discover, str(now.locations.home))

    def renew() -> Setting:
        return setting(runtime if sampled else replace(runtime, config=build().config))

    lock = runtime.locations.lock
    try:
        with (
            only_instance(lock),
            runtime.index() as index,
            runtime.history("daemon") as history,
        ):
            daemon = Daemon(setting(runtime), renew, index, history, lock.with_name("status.json"))
            _obey(daemon)
            daemon.run()
    finally:
        log.let_go()


def _obey(daemon: "Daemon") -> None:
    """Take signals for orders: stop, or read the configuration anew.

    A terminal that is closed sends SIGHUP too, and means the end, unless `nohup` says otherwise.
    """
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop())
    hung_up = sys.stderr.isatty() and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    signal.signal(signal.SIGHUP, lambda *_: daemon.stop() if hung_up else daemon.reload())
