"""Topic files that are copies of each other."""

from collections import Counter
from functools import lru_cache

from memoryd.domain.duplicates.passages import is_left_out
from memoryd.domain.duplicates.similarity import Verdict, judge
from memoryd.domain.duplicates.subjects import differ_by_number
from memoryd.domain.duplicates.words import words_of
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.leftovers import original
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import without_signs
from memoryd.values import dataclass, regex

_LINES = 3  # least number of common lines of two copies
_COMMON = 3  # more files with the same line mean a template
_WORDS = 4  # words: shorter lines are not distinctive, or
_BYTES = 40  # bytes, in scripts without spaces
_WORD = regex(r"[^\W_]+|[-+]?\d[\d.,]*")
_SIGNED = regex(r"[-+]\d")


@dataclass(frozen=True, slots=True)
class Copies:
    """Two files; at least half the lines of the smaller one are in the other."""

    one: Document
    other: Document
    shared: int
    lines: int

    @property
    def is_whole(self) -> bool:
        """Return whether both have the same words."""
        one, other = (words_of(each.source[each.body :].decode()) for each in (self.one, self.other))
        return self.shared == self.lines and judge(one, other).verdict is Verdict.SAME


def copies_in(snapshot: Snapshot) -> tuple[Copies, ...]:
    """Return the pairs of topic files of a store that are copies of each other."""
    index = snapshot.index
    known = [
        document
        for path, document in snapshot.documents.items()
        if not is_left_out(document)
        and not original(path, snapshot.documents, snapshot.store.profile.index_name)
    ]
    found = copies_among(tuple(known))
    return tuple(copies for copies in found if index not in {copies.one, copies.other})


def copies_among(documents: tuple[Document, ...]) -> tuple[Copies, ...]:
    """Return the pairs of files that are copies of each other, the more complete one first."""
    return _copies(documents)


@lru_cache(maxsize=256)
def _copies(documents: tuple[Document, ...]) -> tuple[Copies, ...]:
    lines = {document: telling_lines(document) for document in documents}
    holders: dict[str, list[Document]] = {}
    for document, each in lines.items():
        for line in each:
            holders.setdefault(line, []).append(document)
    shared: Counter[tuple[Document, Document]] = Counter()
    for known in holders.values():
        if len(known) <= _COMMON:
            shared.update((one, other) for at, one in enumerate(known) for other in known[at + 1 :])
    found = []
    for (one, other), count in shared.items():
        smaller = min(len(lines[one]), len(lines[other]))
        if count >= _LINES and count * 2 >= smaller and not differ_by_number(one.path, other.path):
            first, second = sorted(
                (one, other), key=lambda each: (-len(lines[each]), len(each.path), each.path)
            )
            found.append(Copies(first, second, count, max(len(lines[one]), len(lines[other]))))
    return tuple(sorted(found, key=lambda copies: (copies.other.path, copies.one.path)))


@lru_cache(maxsize=4096)
def telling_lines(document: Document) -> frozenset[str]:
    """Return the distinctive lines of a file, in the form in which they are compared."""
    text = document.source[document.body :].decode().casefold()
    lines = text.split("\n")
    if text.isascii():
        plain = without_signs(text).split("\n")
        found = [
            " ".join(_WORD.findall(line) if _SIGNED.search(line) else bare.split())
            for line, bare in zip(lines, plain, strict=True)
        ]
    else:
        found = [" ".join(_WORD.findall(line)) for line in lines]
    return frozenset([line for line in found if line.count(" ") >= _WORDS - 1 or len(line.encode()) > _BYTES])
