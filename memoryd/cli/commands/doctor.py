"""`doctor`."""

from memoryd.cli import options
from memoryd.cli.output.doctor import examine


def doctor(*, json: options.Json = False) -> None:
    """Look at every precondition, and say what to do where one does not hold; changes nothing.

    Exit code: 0, or 1 if one does not hold (✗); what works less well than it could (⚠) does not count.
    """
    examine(json=json)
