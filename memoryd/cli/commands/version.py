"""`version`."""

from memoryd import __version__
from memoryd.cli import options
from memoryd.cli.output.terminal import emit, emit_json


def version(*, json: options.Json = False) -> None:
    """Print the version, as `--version` does.

    For example:

        memoryd version
        memoryd version --json
    """
    if json:
        emit_json({"memoryd": __version__})
    else:
        emit(f"memoryd {__version__}\n")
