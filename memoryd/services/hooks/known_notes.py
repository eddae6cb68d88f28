"""Notes of stores, kept between questions about them."""

import time
from collections import OrderedDict
from collections.abc import Sequence

from memoryd.adapters.stores import contents
from memoryd.adapters.stores.files import UnreadableError
from memoryd.domain.duplicates.pairs import Pair
from memoryd.domain.duplicates.passages import Note, is_left_out, is_reference, read_passages
from memoryd.domain.duplicates.said import relation, said_already
from memoryd.domain.hooks.guard import quoted
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.listing import Signature
from memoryd.domain.stores.store import Store
from memoryd.domain.text.escape import visible_line

_MOST_STORES = 8
_MOST_NOTES = 20_000  # of one store
_MOST_TOLD = 3
LARGEST = 32 * 1024
"""Bytes of a text whose notes are compared where an agent waits for the answer."""
_MOST_NEW = 20  # notes of one write that are compared


class KnownNotes:
    """The notes of the last few stores, read again where a file changed.

    Args:
        largest: Bytes of a text whose notes are compared; those of files twice as large are known.
    """

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._stores: OrderedDict[str, dict[str, tuple[Signature, tuple[Note, ...]]]] = OrderedDict()

    def read(self, store: Store, seconds: float) -> tuple[tuple[Note, ...], bool]:
        """Return the notes of a store, and whether that are all: a later call reads on.

        Args:
            store: The store.
            seconds: How long to read files that changed.
        """
        deadline = time.monotonic() + seconds
        known = self._of(store)
        try:
            found = contents.scan(store).files
        except UnreadableError:
            return (), False
        for path in known.keys() - found.keys():
            del known[path]
        stale = [
            path for path, signature in found.items() if path not in known or known[path][0] != signature
        ]
        is_whole = True
        for path in sorted(stale, key=lambda path: path != store.profile.index_name):
            if time.monotonic() > deadline or sum(len(notes) for _, notes in known.values()) > _MOST_NOTES:
                known.pop(path, None)
                is_whole = False
                continue
            is_read = found[path].size <= 2 * self._largest
            documents = contents.load(store, [path])[0] if is_read else ()
            notes = tuple(
                note for document in documents for note in notes_in(store, document.path, document.raw)
            )
            known[path] = found[path], notes
        return tuple(note for path in sorted(known) for note in known[path][1]), is_whole

    def _of(self, store: Store) -> dict[str, tuple[Signature, tuple[Note, ...]]]:
        known = self._stores.setdefault(store.root, {})
        self._stores.move_to_end(store.root)
        if len(self._stores) > _MOST_STORES:
            self._stores.popitem(last=False)
        return known

    def compare(self, store: Store, path: str, after: bytes, seconds: float) -> tuple[Pair, ...]:
        """Return how the new notes of a file stand to those that the store has, which may stay.

        Args:
            store: The store.
            path: Path of the file, relative to the store.
            after: Its content after the write.
            seconds: How long to read files that changed.
        """
        if len(after) > self._largest:
            return ()
        notes, _ = self.read(store, seconds)
        before = {note.words.tokens for note in notes if note.document.path == path}
        written = notes_in(store, path, after)
        new = [note for note in written if note.words.tokens not in before][:_MOST_NEW]
        if not new:
            return ()
        staying = [note for note in written if note.words.tokens in before]
        others = [note for note in notes if note.document.path != path]
        return said_already(new, [*staying, *others])


def already_there(pairs: Sequence[Pair]) -> str:
    """Return a sentence that tells an agent which notes its new ones repeat or contradict; "" for none."""
    if not pairs:
        return ""
    told = [
        visible_line(f"{relation(pair)} {_place(pair.one)} ") + quoted([pair.one.text])
        for pair in pairs[:_MOST_TOLD]
    ]
    more = [f"{len(pairs) - _MOST_TOLD} more"] * (len(pairs) > _MOST_TOLD)
    return (
        f"memoryd: what you write {'; '.join(told + more)}. Correct the old note instead of adding another."
    )


def _place(note: Note) -> str:
    return f"{note.document.path}:{note.document.position(note.span.start).line}"


def notes_in(store: Store, path: str, raw: bytes) -> Sequence[Note]:
    """Return the notes of a file that are worth comparing."""
    document = parse(path, raw)
    if is_left_out(document) or is_reference(document):
        return ()
    return read_passages(store.root, document)
