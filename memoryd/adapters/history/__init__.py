"""Database of versions and operations; unlike the index, irreplaceable."""

from memoryd.adapters.history.database import History
from memoryd.adapters.history.expiry import ExpiryResult
from memoryd.adapters.history.turn import BusyError

__all__ = ["BusyError", "ExpiryResult", "History"]
