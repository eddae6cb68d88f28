"""`doctor`."""

from memoryd.cli import options
from memoryd.cli.output.doctor import examine


def doctor(*, json: options.Json = False) -> None:
    """Check your setup and say how to fix what is wrong; changes nothing.

    Exit code: 1 if there is an error (✗), otherwise 0; warnings (⚠) do not count.

    For example:

        memoryd doctor
        memoryd doctor --json
    """
    examine(json=json)
