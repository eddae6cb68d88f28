"""Short references to notes, void once these change."""

from base64 import b32encode
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from hashlib import sha256

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.values import dataclass, regex

_FILE = 6  # characters of five bits each that stand for the file
_NOTE = 8  # for the note
_FORM = regex(rf"([a-z2-7]{{{_FILE}}})-([a-z2-7]{{{_NOTE}}})")
_MOST_KNOWN = 10_000  # files


@dataclass(frozen=True, slots=True)
class ReferredNote:
    """A note that a reference stands for.

    Attributes:
        store: Its store.
        document: Its file.
        span: Its lines; None if the reference stands for the file.
    """

    store: Store
    document: Document
    span: Span | None


class NoteReferences:
    """References, which are made of the path and the text of a note, and the files that they led to."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, tuple[Store, str]] = OrderedDict()

    def at(self, store: Store, document: Document, line: int) -> str:
        """Return a reference to the note at a line, from 1; to the file if none is there.

        Args:
            store: The store.
            document: A file of it.
            line: The line.
        """
        offset = _offset(document, line)
        notes = {name: span for name, span in _notes(document) if span and span.start <= offset < span.end}
        name = next(iter(notes), None) or _of_file(document)
        file = _short(f"{store.root}/{document.path}", _FILE)
        self._files[file] = store, document.path
        if len(self._files) > _MOST_KNOWN:
            self._files.popitem(last=False)
        return f"{file}-{name}"

    def candidates(self, reference: str, files: Iterable[tuple[Store, str]]) -> Iterator[tuple[Store, str]]:
        """Yield the files that a reference may be to, the one that it was made for first.

        Args:
            reference: The reference.
            files: All memory files that may be read, with their stores.

        Raises:
            MemorydError: If it is not a reference.
        """
        file = _parts(reference)[0]
        known = self._files.get(file)
        if known:
            yield known
        yield from (
            (store, path)
            for store, path in files
            if (store, path) != known and _short(f"{store.root}/{path}", _FILE) == file
        )


def referred_note(reference: str, store: Store, document: Document) -> ReferredNote | None:
    """Return the note of a file that a reference stands for; None if the file has it not, or not any more."""
    name = _parts(reference)[1]
    found = dict(_notes(document))
    return ReferredNote(store, document, found[name]) if name in found else None


def _parts(reference: str) -> tuple[str, str]:
    form = _FORM.fullmatch(reference.strip())
    if form is None:
        raise MemorydError("this is not a ref", "memory_search returns them")
    return form[1], form[2]


def _notes(document: Document) -> Iterator[tuple[str, Span | None]]:
    """Yield a name for each note of a file, made of its text, and one for the file."""
    yield _of_file(document), None
    seen: Counter[str] = Counter()
    for entry in document.entries:
        text = document.slice(entry.span).strip()
        yield _short(f"{text}\0{seen[text]}", _NOTE), entry.span
        seen[text] += 1


def _of_file(document: Document) -> str:
    return _short(f"\0{document.text}", _NOTE)


def _short(text: str, size: int) -> str:
    return b32encode(sha256(text.encode(errors="surrogatepass")).digest()).decode().lower()[:size]


def _offset(document: Document, line: int) -> int:
    """Return the offset where a line starts, from 1; the end of the file if it has fewer."""
    at = 0
    for _ in range(line - 1):
        at = document.source.find(b"\n", at) + 1
        if not at:
            return len(document.source)
    return at
