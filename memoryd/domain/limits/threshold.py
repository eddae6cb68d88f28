"""Fill from which on index files are compacted."""

from enum import StrEnum


class Threshold(StrEnum):
    """Fill from which on an index file is compacted."""

    LIMIT = "limit"
    SOFT = "soft"
