"""Sentences of notifications: names and counts, never memory text."""

from collections.abc import Mapping

from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted

_MOST = 300  # characters
_NO_MARKUP = str.maketrans("<>&", "‹›+")  # some desktops read tags and images in the text


def notice(event: str, fields: Mapping[str, object]) -> str | None:
    """Return the sentence about an event of the daemon's log, or None if people are not notified of it.

    Args:
        event: Name of the event.
        fields: Its fields.
    """
    if event == "compacted":
        said = f"{fields['how']}. Undo: memoryd undo {fields['operation']}"
    elif event == "loss":
        lines, files = (number if isinstance(number := fields[key], int) else 0 for key in ("lines", "files"))
        what = counted(lines, "line", "lines") if lines else counted(files, "file", "files")
        said = f"{what} of {fields['store']} may be lost. See: memoryd status"
    elif event == "conflict":
        said = f"{fields['store']}: an agent wrote during a compaction; what it wrote stays"
    else:
        return None
    said = visible_line(said).translate(_NO_MARKUP)
    return said if len(said) <= _MOST else f"{said[: _MOST - 1]}…"
