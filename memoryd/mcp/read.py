"""`memory_read`."""

from collections.abc import Mapping

from memoryd.domain.markdown.document import Document
from memoryd.domain.text.escape import visible_line
from memoryd.errors import MemorydError
from memoryd.mcp.answers import LONG, SHORT, framed
from memoryd.mcp.project import Project
from memoryd.values import regex

_RANGE = regex(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})?\s*)?")


def read(project: Project, given: Mapping[str, object]) -> str:
    """Return the text of a note, or lines of a memory file, marked as data.

    Raises:
        MemorydError: If it is none of the project, or was changed since the reference was made.
    """
    reference, path, lines = (str(given.get(name, "")) for name in ("ref", "path", "lines"))
    if bool(reference) == bool(path):
        raise MemorydError("give either ref or path")
    if path:
        store, relative = project.place_of(path)
        return _lines(project.shown(f"{store.root}/{relative}"), project.document(store, relative), lines)
    note = project.note(reference)
    shown = project.shown(f"{note.store.root}/{note.document.path}")
    if note.span is None or lines:
        return _lines(shown, note.document, lines)
    first = note.document.position(note.span.start).line
    text = note.document.slice(note.span)[:LONG]
    return f"{visible_line(shown)}:{first}\n{framed(text)}"


def _lines(shown: str, document: Document, wanted: str) -> str:
    """Return lines of a file: those that are wanted, or as many as a short answer has room for."""
    every = document.text.removeprefix("\ufeff").splitlines(keepends=True)
    first, last = _range(wanted, len(every))
    most = LONG if wanted else SHORT
    kept: list[str] = []
    for line in every[first - 1 : last]:
        most -= len(line) if wanted else len(line.encode())
        if most < 0 and kept:
            break
        kept.append(line[:LONG])
    end = first + len(kept) - 1
    rest = f' (more with lines "{end + 1}-{len(every)}")' if end < min(last, len(every)) else ""
    head = f"{visible_line(shown)}: lines {first}-{end} of {len(every)}{rest}"
    return f"{head}\n{framed(''.join(kept))}"


def _range(wanted: str, count: int) -> tuple[int, int]:
    """Return the first and last line of a range such as `10-80`, `10-` or `10`."""
    if not wanted.strip():
        return 1, count
    found = _RANGE.fullmatch(wanted)
    if found is None or not 1 <= int(found[1]) <= max(count, 1):
        raise MemorydError(f'lines must be a range such as "10-80"; the file has {count:,}')
    first = int(found[1])
    last = int(found[2]) if found[2] else count if "-" in wanted else first
    if last < first:
        raise MemorydError("the last line is before the first one")
    return first, last
