"""`run`."""

from typing import Annotated

import typer

from memoryd.cli.output import note, short


def run(
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="Where no memory is found, make a sample and look after that.")
    ] = False,
) -> None:
    """Watch every agent's memory, index it, and keep index files under their limit (Ctrl-C stops)."""
    import signal

    from memoryd import log
    from memoryd.adapters.service_manager import only_instance
    from memoryd.runtime import build
    from memoryd.services.daemon import Daemon

    runtime = build()
    log.configure()
    if sample and not runtime.discover(sample=False).stores:
        runtime = runtime.with_sample()
        note(
            f"no memory found: looking after a sample in {short(str(runtime.locations.claude))}; Ctrl-C stops"
        )
    with (
        only_instance(runtime.locations.lock),
        runtime.index() as index,
        runtime.history("daemon") as history,
    ):
        daemon = Daemon(runtime.config, runtime.discover, index, history)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: daemon.stop())
        daemon.run()
