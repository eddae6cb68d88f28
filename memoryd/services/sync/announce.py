"""A text that is forgotten here, for the other machines."""

import shutil
from pathlib import Path

from memoryd.adapters.sync import alone, identified
from memoryd.domain.forgetting.needle import Needle
from memoryd.errors import MemorydError
from memoryd.services.forgetting.follow import RemovedCounts
from memoryd.services.sync.forgotten_texts import REPOSITORY, open_texts

_PATIENCE = 30.0  # seconds to wait for an exchange


def announce(directory: Path, needle: Needle) -> str:
    """Note for other machines that a text is being forgotten here.

    Args:
        directory: Where settings and state of the exchange are.
        needle: The text.

    Returns:
        Its id; "" if this machine exchanges memory with no other one.

    Raises:
        MemorydError: If others cannot learn it; then the own copy of the repository, which has it, is gone.
    """
    settings = identified(directory)
    if settings is None:
        return ""
    try:
        with alone(directory, _PATIENCE):
            return open_texts(directory, settings).announce(needle)
    except MemorydError:
        shutil.rmtree(directory / REPOSITORY, ignore_errors=True)  # it is fetched again
        raise


def answer(directory: Path, text: str, counts: RemovedCounts) -> None:
    """Note that this machine has forgotten a text, by its id, for the other machines.

    Raises:
        MemorydError: If that cannot be written.
    """
    settings = identified(directory)
    if settings is not None:
        with alone(directory, _PATIENCE):
            open_texts(directory, settings).answer(text, counts)
