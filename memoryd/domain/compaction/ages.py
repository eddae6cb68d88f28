"""How old the parts of an index file are."""

from collections.abc import Iterable, Mapping

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span

Born = Mapping[bytes, float]
"""When lines of the index file were first seen, in seconds since the epoch, by stripped line."""

UNKNOWN: Born = {}

_TICK = 1e-6  # seconds; of two versions recorded in one millisecond the later is the newer


def age_key(index: Document, times: Born, span: Span) -> tuple[float, int]:
    """Return a key that sorts parts of the index file from old to new.

    A part is as old as its newest line; of equally old ones, and where nothing is known, the one
    nearer to the end of the file is newer.

    Args:
        index: The index file.
        times: When its lines were first seen; a line that is absent is new.
        span: The part.
    """
    if not times:
        return (0.0, span.start)
    lines = (line.strip() for line in index.source[span.start : span.end].split(b"\n"))
    return (max((times.get(line, float("inf")) for line in lines if line), default=0.0), span.start)


def born(versions: Iterable[tuple[float, bytes | None]]) -> dict[bytes, float]:
    """When each line was first seen.

    Args:
        versions: Of one file, oldest first: seconds since the epoch, and content; None where it was gone.
    """
    found: dict[bytes, float] = {}
    last = 0.0
    for recorded, content in versions:
        time = last = max(recorded, last + _TICK)
        for line in (content or b"").split(b"\n"):
            found.setdefault(line.strip(), time)
    return found
