"""`doctor`."""

from memoryd.cli import options
from memoryd.cli.output.doctor import examine


def doctor(*, json: options.Json = False) -> None:
    """Check your setup and say how to fix what is wrong; changes nothing.

    Exit code: 0, or 1 if one does not hold (✗); what works less well than it could (⚠) does not count.
    """
    examine(json=json)
