"""Sessions of the client, and the lines shown to them."""

from collections import OrderedDict
from dataclasses import field

from memoryd.domain.hooks.guard import line_key, lines_of
from memoryd.values import dataclass

_MOST_SESSIONS = 64
_MOST_LINES = 50_000  # remembered of one session
_MOST_REFUSALS = 2  # of one version of a file
_MOST_FILES = 100  # whose content before is remembered
_LARGEST = 256 * 1024  # bytes of such a content


@dataclass(slots=True)
class Session:
    """One session, or one subagent of it.

    Attributes:
        is_whole: It was followed from its start, so what it was shown is known.
        shown: The keys of the lines that it was shown, by path.
    """

    is_whole: bool = False
    shown: dict[str, set[int]] = field(default_factory=dict)
    _before: dict[str, bytes | None] = field(default_factory=dict)
    _written: set[str] = field(default_factory=set)
    _refused: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _lines: int = 0
    _told: set[str] = field(default_factory=set)

    def show(self, path: str, text: str) -> None:
        """Remember that a text of a file was shown."""
        if self._lines + text.count("\n") > _MOST_LINES:
            self.is_whole = False  # from here on not everything is remembered
            return
        keys = set(map(line_key, lines_of(text)))
        held = self.shown.setdefault(path, set())
        self._lines += len(keys - held)
        held |= keys

    def note_before(self, path: str, content: bytes | None) -> None:
        """Remember the content of a file before the first write since `take_written`."""
        if len(self._before) < _MOST_FILES and len(content or b"") < _LARGEST:
            self._before.setdefault(path, content)

    def note_write(self, path: str) -> None:
        """Remember that it wrote a file."""
        self._written.add(path)

    @property
    def has_written(self) -> bool:
        """Return whether it wrote a file since `take_written` was called last."""
        return bool(self._written)

    def take_written(self) -> dict[str, bytes | None]:
        """Return the content before, by path, of the files that it wrote since this was called last."""
        found = {path: self._before[path] for path in sorted(self._written & self._before.keys())}
        self._before.clear()
        self._written.clear()
        return found

    def is_first_telling(self, path: str) -> bool:
        """Return whether it was not told yet where lines of a file are now, and remember that it is."""
        is_first = path not in self._told
        self._told.add(path)
        return is_first

    def may_refuse(self, path: str, before: str, after: str, call: str) -> bool:
        """Return whether a write is to be refused, which the same write is once, and remember it.

        Args:
            path: Path of the file.
            before: Hash of its content now.
            after: Hash of the new content.
            call: Identifier of the tool's call; two hooks may ask about one.
        """
        key = path, before, after
        if key in self._refused:
            return bool(call) and self._refused[key] == call
        if sum(each[:2] == key[:2] for each in self._refused) >= _MOST_REFUSALS:
            return False
        self._refused[key] = call
        return True


class Sessions:
    """The last sessions, by their identifier and that of the subagent."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Session] = OrderedDict()

    def of(self, session: str, agent: str) -> Session:
        """Return a session; one that is not known is not whole."""
        key = session, agent
        found = self._known.setdefault(key, Session())
        self._known.move_to_end(key)
        if len(self._known) > _MOST_SESSIONS:
            self._known.popitem(last=False)
        return found

    def end(self, session: str) -> None:
        """Forget a session and its subagents."""
        for key in [key for key in self._known if key[0] == session]:
            del self._known[key]
