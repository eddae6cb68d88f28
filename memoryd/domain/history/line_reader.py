"""Lines of versions, with equal ones kept once."""

from memoryd.domain.history.lost_lines import Content, Lines, entry_of
from memoryd.domain.history.versions import Version

_VERSIONS = 64  # more than those that a version is compared with, and that version
_MOST = 32 * 1024 * 1024  # bytes of memory, estimated
_LINE = 200  # bytes of memory for a line, besides its text
_PLACE = 50  # bytes of memory for a line in each version that has it


class LineReader:
    """A reader of the lines of versions, which keeps those of the last versions in memory.

    Args:
        content: Returns the bytes of a version; None for a deleted file.

    Attributes:
        content: The same.
    """

    def __init__(self, content: Content) -> None:
        self.content = content
        self._versions: dict[int, Lines] = {}  # the least recently used one first
        self._known: dict[bytes, tuple[bytes, str] | None] = {}
        self._size = 0

    def __call__(self, version: Version) -> Lines:
        """Return the lines of a version as `lines_of` does."""
        lines = self._versions.pop(version.id, None)
        if lines is None:
            lines = self.lines_of(self.content(version))
            while len(self._versions) >= _VERSIONS:
                self._size -= _PLACE * len(self._versions.pop(next(iter(self._versions))))
            self._size += _PLACE * len(lines)
        self._versions[version.id] = lines
        return lines

    def lines_of(self, content: bytes | None) -> Lines:
        """Return the lines of a content as the function of this name does."""
        if self._size > _MOST:
            self._versions.clear()
            self._known.clear()
            self._size = 0
        lines = (content or b"").split(b"\n")
        for line in {*lines} - self._known.keys():
            self._known[line] = entry_of(line)
            self._size += 2 * len(line) + _LINE
        return dict(entry for line in lines if (entry := self._known[line]))
