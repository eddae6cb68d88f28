"""The memory of this process."""

import ctypes


def give_back() -> None:
    """Give what was needed for a moment and is free now back to the system, where its C library can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)
