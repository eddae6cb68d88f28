"""Trial of the name exchange."""

import os
import tempfile

from memoryd.adapters.edits.exchange import exchange


def can_exchange(directory: str) -> bool | None:
    """Return whether two names can be exchanged in a directory of ours; None if that cannot be tried."""
    try:
        with tempfile.TemporaryDirectory(prefix=".exchange-", dir=directory) as place:
            for name in ("first", "second"):
                os.close(os.open(f"{place}/{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                return exchange("first", "second", descriptor)
            finally:
                os.close(descriptor)
    except OSError:
        return None
