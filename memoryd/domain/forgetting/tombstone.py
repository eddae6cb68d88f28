"""A text to forget, known by keyed hashes alone."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from memoryd.domain.forgetting.encodings import texts_of
from memoryd.domain.forgetting.escapes import meanings
from memoryd.domain.forgetting.needle import Needle, begins_word, ends_word, forms_of
from memoryd.domain.search.segments import SEAM
from memoryd.values import dataclass

MOST_CHARACTERS = 1000
"""Length of the longest text that a tombstone can stand for."""

_START = 3  # characters whose hash selects what is compared
_PURPOSE = b"memoryd forget"


@dataclass(frozen=True, slots=True)
class HashedForm:
    """A form of a text: its name, its length in code points, a byte that selects candidates, and its hash."""

    name: str
    length: int
    start: int
    digest: str


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A text to forget, which only those who have the key and a copy of the text can recognize.

    Attributes:
        forms: The forms in which it is compared.
        is_whole: Only whole words match.
    """

    forms: tuple[HashedForm, ...]
    is_whole: bool


def tombstone_of(needle: Needle, key: bytes) -> Tombstone | None:
    """Return the tombstone of a text; None if the text is too long for one."""
    if any(len(form) > MOST_CHARACTERS for form in needle.forms.values()):
        return None
    forms = (
        HashedForm(name, len(form), _start(key, form), _digest(key, name, form))
        for name, form in needle.forms.items()
    )
    return Tombstone(tuple(forms), needle.is_whole)


class Seeker:
    """The search for the text of a tombstone; it matches where the text itself would match.

    Args:
        tombstone: Keyed hashes of the text.
        key: The key, of 32 bytes.
    """

    def __init__(self, tombstone: Tombstone, key: bytes) -> None:
        self._tombstone = tombstone
        self._key = key
        self._starts: dict[str, int] = {}  # the hash of each beginning that was seen

    def in_text(self, text: str) -> Needle | None:
        """Return the text to forget, as a text mentions it; None if it does not."""
        for meant in (text, *(meant for meant, _ in meanings(text))):
            if found := self._in_forms(meant):
                return Needle(found.replace("\n", "\n\n"))
        return None

    def in_bytes(self, raw: bytes) -> Needle | None:
        """Return the text to forget, as bytes contain it in UTF-8, UTF-16 or Windows-1252; None if not."""
        texts = (text.replace(SEAM, "") for text in texts_of(raw))
        return next(filter(None, map(self.in_text, texts)), None)

    def _in_forms(self, text: str) -> str:
        wanted = {form.name: form for form in self._tombstone.forms}
        for name, simplified in forms_of(text):
            if (form := wanted.get(name)) and (found := self._find(form, simplified)):
                return found
        return ""

    def _find(self, form: HashedForm, text: str) -> str:
        """Return the part of a text with the hash of a form, or ""."""
        size = min(_START, form.length)
        grams = {text[at : at + size] for at in range(len(text) - form.length + 1)}
        for gram in grams:
            if gram not in self._starts:
                self._starts[gram] = _start(self._key, gram)
            if self._starts[gram] != form.start:
                continue
            for at in _offsets(text, gram):
                end = at + form.length
                whole = not self._tombstone.is_whole or (begins_word(text, at) and end <= len(text))
                if not whole or (self._tombstone.is_whole and not ends_word(text, end)):
                    continue
                part = text[at:end]
                if len(part) == form.length and _digest(self._key, form.name, part) == form.digest:
                    return part
        return ""


def changed_parts(contents: Iterable[bytes], margin: int = 8 * MOST_CHARACTERS) -> Iterator[bytes]:
    """Yield the parts of contents that differ from the content before, so that little is searched twice.

    Args:
        contents: Versions of files, similar ones next to each other.
        margin: How many bytes around a difference belong to it.
    """
    before = b""
    for content in contents:
        start = _common(before, content)
        most = min(len(before), len(content)) - start
        end = len(content) - min(_common(before[::-1], content[::-1]), most)
        yield content[max(start - margin, 0) : end + margin]
        before = content


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes two contents have in common at the beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _offsets(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _start(key: bytes, form: str) -> int:
    """Return one byte of the hash of the first characters: enough to select, too little to guess them."""
    return _hash(key, f"start\n{form[:_START]}")[0]


def _digest(key: bytes, name: str, form: str) -> str:
    return _hash(key, f"{name}\n{form}").hex()


def _hash(key: bytes, text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), key=key, digest_size=16, person=_PURPOSE).digest()
