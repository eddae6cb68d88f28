"""The one writer: every change of a memory file goes through `write`."""

from memoryd.adapters.writing.exchange import has_writer
from memoryd.adapters.writing.refusal import refuse
from memoryd.adapters.writing.writer import Displaced, check, leftovers, write

__all__ = ["Displaced", "check", "has_writer", "leftovers", "refuse", "write"]
