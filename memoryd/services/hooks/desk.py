"""Answers of the daemon to hook events."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from memoryd.adapters.history.records import SeenFile
from memoryd.adapters.stores.files import UnreadableError, content
from memoryd.domain.history.line_changes import line_counts
from memoryd.domain.history.versions import BEFORE
from memoryd.domain.hooks import answer
from memoryd.domain.hooks.event import HookEvent, read_event
from memoryd.domain.hooks.guard import line_key, lines_of, refusal, unseen_losses
from memoryd.domain.hooks.headroom import budget_of_index, change_in_short, crowded_out, out_of_view
from memoryd.domain.hooks.moved import moved_lines, moved_text
from memoryd.domain.hooks.new_secrets import new_secrets, refusal_of_secrets
from memoryd.domain.security.masks import without_secrets
from memoryd.domain.stores.store import Scope, Store, guessed_store
from memoryd.domain.text.escape import visible_line
from memoryd.services.hooks.elsewhere import count_elsewhere, not_elsewhere
from memoryd.services.hooks.known_notes import LARGEST, KnownNotes, already_there
from memoryd.services.hooks.own_stores import stores_of
from memoryd.services.hooks.sessions import Session, Sessions
from memoryd.services.hooks.turns import how_to_undo
from memoryd.services.hooks.writes import contents_of, seen_files
from memoryd.values import dataclass

_WRITES = frozenset({"Write", "Edit"})
_STARTS = frozenset({"SessionStart", "SubagentStart"})
_FRESH = frozenset({"startup", "clear"})  # a session that starts so has seen nothing else
_MOST_LINES = 20_000  # that are compared before an answer
_READING = 0.01  # seconds in which notes that changed are read before an answer


@dataclass(frozen=True, slots=True)
class DeskSetting:
    """The parts of the daemon that the desk needs.

    Attributes:
        stores: Returns the known stores by real path.
        record: Records versions durably, or raises `OSError`.
        ring: Is called with the real path of each file that was written.
        is_compacted: Returns whether the daemon compacts a store.
        asks: Whether a person is asked before each write.
        alarms: Returns the roots of the stores with alarms about losses.
        close: Makes the writes of a session, which stops or ends, one operation, and returns its number, if
            that is known in time.
        bug: Reports an unexpected error.
    """

    stores: Callable[[], Mapping[str, Store]]
    record: Callable[[Iterable[SeenFile]], None]
    ring: Callable[[str], None]
    is_compacted: Callable[[Store], bool]
    asks: Callable[[], bool]
    alarms: Callable[[], frozenset[str]]
    close: Callable[[HookEvent], tuple[int, ...]]
    bug: Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a store that an event is about."""

    store: Store
    path: str  # relative to the store
    raw: bytes | None

    @property
    def absolute(self) -> str:
        return f"{self.store.root}/{self.path}"

    @property
    def is_index(self) -> bool:
        return self.path == self.store.profile.index_name

    @property
    def text(self) -> str | None:
        return None if self.raw is None else self.raw.decode("utf-8-sig", "replace")


class Desk:
    """Answers hook events; only one thread at a time may ask it.

    Args:
        setting: What it knows of the daemon.
    """

    def __init__(self, setting: DeskSetting) -> None:
        self._setting = setting
        self._sessions = Sessions()
        self._notes = KnownNotes(LARGEST)
        self._last: dict[str, bytes] = {}  # hash of the content that was recorded last, by path
        self._to_record: list[SeenFile] = []

    def answer(self, raw: bytes, reply: Callable[[bytes], bool]) -> None:
        """Answer an event, whatever was sent, and record what it tells of.

        Args:
            raw: The event.
            reply: Sends the answer, which may be empty, and returns whether the client waited for it. If
                not, the client has kept the event.
        """
        self._to_record = []
        try:
            event = read_event(raw)
            answer = self._answer(event) if event else b""
            if reply(answer):
                self._record()
            if event and event.name in _STARTS:  # the client has its answer
                for store in stores_of(self._setting.stores().values(), event):
                    self._notes.read(store, _READING)
        except Exception as error:  # noqa: BLE001  # a hook never stops the agent
            self._setting.bug(error)

    def _answer(self, event: HookEvent) -> bytes:
        session = self._sessions.of(event.session, event.agent_id)
        match event.name:
            case "PreToolUse" if event.tool in _WRITES:
                return self._before_write(event, session)
            case "PostToolUse" if event.tool in _WRITES:
                self._after_write(event, session)
            case "PostToolUse" if event.tool == "Read":
                return self._after_read(event, session)
            case "PostToolBatch":
                return answer.context(
                    event.name, " ".join(filter(None, map(self._moved, event.failed_edits)))
                )
            case name if name in _STARTS or event.spawned:
                return self._start(event, Session() if event.spawned else session)
            case "Stop" | "SubagentStop" | "SessionEnd":
                return self._stop(event, session)
        return b""

    def _before_write(self, event: HookEvent, session: Session) -> bytes:
        file = self._file(event.path)
        if file is None:
            return b""
        if file.raw is not None:
            self._note(file, [(file.raw, BEFORE)], event)
        session.note_before(file.absolute, file.raw)
        after = event.text_wanted(file.text)
        if after is None:
            return b""
        if named := new_secrets(file.raw or b"", after.encode(errors="replace")):
            is_shared = file.store.scope is Scope.PROJECT
            reason = refusal_of_secrets(file.path, named, is_shared=is_shared)
            return (answer.denial if is_shared else answer.question)(event.name, reason)
        if event.tool == "Write" and (reason := self._refusal(event, session, file, after)):
            return answer.denial(event.name, reason)
        budget = (
            budget_of_index(after.encode(errors="replace"), file.store.profile) if file.is_index else None
        )
        if self._setting.asks():
            return answer.question(event.name, change_in_short(file.path, file.text or "", after, budget))
        is_compacted = self._setting.is_compacted(file.store)
        room = crowded_out(budget, is_compacted=is_compacted) if budget else ""
        pairs = self._notes.compare(file.store, file.path, after.encode(errors="replace"), _READING)
        return answer.context(event.name, " ".join(filter(None, (room, already_there(pairs)))))

    def _refusal(self, event: HookEvent, session: Session, file: _File, after: str) -> str:
        """Return why a write is refused this time; "" if it is not."""
        if file.raw is None or file.text is None or not session.is_whole:
            return ""
        if file.text.count("\n") + after.count("\n") > _MOST_LINES:
            return ""
        lost = unseen_losses(file.text, after, session.shown.get(file.absolute, frozenset()))
        lost = lost and not_elsewhere(file.store, file.path, lost)
        hashes = sha256(file.raw).hexdigest(), sha256(after.encode(errors="replace")).hexdigest()
        if lost and session.may_refuse(file.absolute, *hashes, event.call):
            return without_secrets(refusal(file.path, lost), (file.raw,))
        return ""

    def _after_read(self, event: HookEvent, session: Session) -> bytes:
        """Remember what was read; tell once where lines are that the agent saw in the index file before."""
        file = self._file(event.path)
        if file is None:
            return b""
        told = ""
        if file.is_index and file.text is not None:
            gone = session.shown.get(file.absolute, set()) - set(map(line_key, lines_of(file.text)))
            if gone and session.is_first_telling(file.absolute):
                counts = count_elsewhere(file.store, file.path, lambda line: line_key(line) in gone)
                told = moved_lines(file.path, counts)
        session.show(file.absolute, event.shown)
        return answer.context(event.name, told)

    def _moved(self, edit: HookEvent) -> str:
        """Return where a text is that could not be edited, if another file of the store has it; or ""."""
        file = self._file(edit.path)
        wanted = set(lines_of(edit.text_replaced))
        if file is None or file.text is None or not wanted or wanted <= set(lines_of(file.text)):
            return ""
        return moved_text(file.path, count_elsewhere(file.store, file.path, wanted.__contains__))

    def _after_write(self, event: HookEvent, session: Session) -> None:
        file = self._file(event.path, guess=True)
        if file is None:
            return
        self._note(file, contents_of(event, file.raw), event)
        session.show(file.absolute, event.shown)
        session.note_write(file.absolute)

    def _start(self, event: HookEvent, session: Session) -> bytes:
        """Remember what a new session is shown, and tell it, or what starts it, what it is not."""
        if event.source in _FRESH or event.name == "SubagentStart":
            session.is_whole = True
        stores = stores_of(self._setting.stores().values(), event)
        told = [self._opening(store, session) for store in stores]
        return answer.context(event.name, " ".join(filter(None, told)))

    def _opening(self, store: Store, session: Session) -> str:
        """Return what an agent should know of a store whose index file it is shown; "" if that is whole."""
        name = store.profile.index_name
        told = [f"memoryd: lines of {store.root} were lost: `memoryd status`."] * (
            store.root in self._setting.alarms()
        )
        raw = self._read(store, name)
        if raw is not None:
            budget = budget_of_index(raw, store.profile)
            shown = raw if budget.view.cut_offset is None else budget.index.source[: budget.view.cut_offset]
            session.show(f"{store.root}/{name}", shown.decode("utf-8-sig", "replace"))
            told = [out_of_view(f"{store.root}/{name}", budget), *told]
        return " ".join(filter(None, told))

    def _stop(self, event: HookEvent, session: Session) -> bytes:
        """Return what a session wrote since it was last said, for the person."""
        if event.name == "SessionEnd":
            self._sessions.end(event.session)
            self._setting.close(event)
            return b""
        if not session.has_written:
            return b""
        operations = self._setting.close(event)
        told = []
        for path, before in session.take_written().items():
            if (file := self._file(path)) and file.raw is not None:
                plus, minus = line_counts(before or b"", file.raw)
                told += [f"+{plus} −{minus} lines in {file.store.agent}/{file.path}"] * bool(plus or minus)
        text = f"memory: {', '.join(told)} ({how_to_undo(operations)})"
        return answer.message(visible_line(text) if told else "")

    def _file(self, path: str, *, guess: bool = False) -> _File | None:
        """Return the memory file at a path; None if it is none.

        Args:
            path: As the client spells it.
            guess: Also of a store that is not known yet, which the first write of an agent creates.
        """
        if not path.startswith("/") or "\0" in path:
            return None
        real = os.path.realpath(path)
        stores = self._setting.stores()
        place = os.path.dirname(real)
        while place not in stores and place != "/":
            place = os.path.dirname(place)
        store = stores.get(place)
        if store is None and guess and (store := guessed_store(os.path.normpath(path))):
            place = os.path.realpath(store.root)
        relative = real[len(place) + 1 :]
        if store is None or not relative or not store.profile.owns(relative):
            return None
        return _File(store, relative, self._read(store, relative))

    def _read(self, store: Store, path: str) -> bytes | None:
        try:
            return content(f"{store.root}/{path}", store.bound)
        except UnreadableError:
            return None

    def _note(self, file: _File, contents: Iterable[tuple[bytes, str]], event: HookEvent) -> None:
        """Note contents of a file, with their writers, to be recorded after the answer."""
        self._to_record += seen_files(event, contents, (file.store.root, file.absolute), time.time())

    def _record(self) -> None:
        """Record what was noted, except a content that was the last one of its file."""
        new = []
        for seen in self._to_record:
            digest = sha256(seen.content or b"").digest()
            if self._last.get(seen.path) != digest:
                self._last[seen.path] = digest
                new.append(seen)
        try:
            if new:
                self._setting.record(new)
                for path in {seen.path for seen in new}:
                    self._setting.ring(os.path.realpath(path))
        except OSError:
            for seen in new:
                self._last.pop(seen.path, None)
            raise
