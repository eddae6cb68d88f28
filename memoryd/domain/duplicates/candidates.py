"""Features of words, and similar sets of them among many.

Sets are not compared each with each. Prefix filter: two similar sets share some of their rarest members, so
only those are looked up. Members that nearly all sets share (boilerplate) are capped, and skipped comparisons
are counted.
"""

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from functools import cache, lru_cache
from itertools import chain
from math import ceil

from memoryd.domain.duplicates.vocabulary import CLASSES, FUNCTION_WORDS, NEGATIONS, SYNONYMS
from memoryd.values import dataclass, regex

_SHARED = 3  # rare members that two sets must share to be compared; `_Places` counts no further
_BUCKET = 256  # sets per rare member that are checked, the nearest in size first
_FEW = 4096  # sets whose places are kept as bits, too
_PARTNERS = 12  # sets compared with each set, those that share most first
_FAMILY = _PARTNERS + 1  # sets that differ in numbers only, and are compared with each other
_ELISION = regex(r"^(?:[nldcsjmt]|qu)['’]")
_PARTICIPLE = regex(r"ge(?=\w{4,}(?:t|en)$)")


def _by_last(endings: str) -> dict[str, list[str]]:
    """Return endings by their last letter, each in the order in which they are tried."""
    found: dict[str, list[str]] = {}
    for ending in endings.split():
        found.setdefault(ending[-1], []).append(ending)
    return found


_LATIN = (
    "ations ation ments ment ingly ing ert ern ado ada ido ida ato ata ati ate ito ita iti ite uto ando endo "
    "are ere ire ée er ir ar or an am em en et ez ed ly é e o a"
)
_LATIN_ENDINGS = _by_last(_LATIN)
_CYRILLIC = (
    "ивается ываются аются яются ются ится ятся утся ется аться яться иться иями ями ами ого его ому ему "
    "ыми ими ать ять ить еть уть ает яет ают яют ите ет ит ут ют ат ят ай яй ов ев ей ий ый ой ая яя ое "
    "ее ые ие ых их ом ем ам ям ах ях им ым ию ья ье ла ло ли л у ю а я о е ы и ь й"
)
_CYRILLIC_ENDINGS = _by_last(_CYRILLIC)
_LEAST = 3  # letters that are left of a word
_SHORT = 4  # letters of a word without endings
# Syllables of Korean, and characters of Chinese and Japanese, that carry structure.
_DENSE_STOP = regex(
    r"하기|합니다|한다|된다|됩니다|하는|해야|하고|할 ?것"
    r"|한 ?것|에서|으로|에는|마다|매번|항상|모든|모두|반드시|꼭"
    r"|[을를은는이가에의로도만할것]"
    r"|每次|一律|一定|总是|總是|所有|每个|全部|毎回|必ず|すべて|全て|常に|[\u3041-\u309f]"
    r"|[的了着过之也都就要应該该会能在是和与及或这那其被把将须必请可以]"
)


def content_of(run: str) -> str:
    """Return a text without spaces between words, without characters that only carry structure."""
    return _DENSE_STOP.sub("", run)


def dense_features(run: str) -> list[str]:
    """Return the characters with content, and pairs of neighbours, of a text without spaces."""
    kept = content_of(run) or run
    return [*kept, *(kept[at : at + 2] for at in range(len(kept) - 1))]


@lru_cache(16_384)
def feature_of(word: str) -> str:
    """Return what a word of prose counts as; "" for a word without content."""
    if word in NEGATIONS or word in FUNCTION_WORDS:
        return ""
    if not word.isalpha():
        elided = _ELISION.sub("", word)
        return feature_of(elided) if elided != word and elided else word
    if word in CLASSES:
        return CLASSES[word]
    stem = content_stem(word)
    return _representatives().get(stem) or stem


@lru_cache(16_384)
def content_stem(word: str) -> str:
    """Return a word without inflection, roughly, in the languages of the vocabulary; not readable."""
    word = word if word.isascii() else unicodedata.normalize("NFC", word)
    endings = _CYRILLIC_ENDINGS if "\u0400" <= word[0] <= "\u04ff" else _LATIN_ENDINGS
    word = _PARTICIPLE.sub("", word) if "ge" in word else word
    if word.endswith(("ies", "ied")) and len(word) > _SHORT:  # “retried” is “retry”
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORT:
        word = word[:-1]
    least = _LEAST
    while len(word) > _SHORT:
        for ending in endings.get(word[-1], ()):
            if word.endswith(ending) and len(word) - len(ending) >= least:
                word, least = word[: -len(ending)], _SHORT  # a second ending leaves more
                break
        else:
            break
    return word[:-1] if len(word) > _LEAST and word[-1] == word[-2] else word


@cache
def _representatives() -> dict[str, str]:
    """Return the stem of the first of a group of synonyms for the stem of each."""
    return {content_stem(word): content_stem(group[0]) for group in SYNONYMS for word in group}


@dataclass(slots=True)
class Candidates:
    """Pairs of positions, the earlier set first, and the number of pairs skipped by a cap."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    capped: int = 0


def candidates_among(
    sets: Sequence[frozenset[str]], least: float, about: Callable[[int], object]
) -> Candidates:
    """Find pairs of sets with at least this similarity.

    Notes that are made from one template differ in numbers, and would crowd out all others: of a large
    family, each is paired with the first, and with the first about the same.

    Args:
        sets: The sets, by position.
        least: As for `alike`.
        about: Returns the numbers of the note at a position: what it is about, if it is of a family.
    """
    known: dict[frozenset[str], list[int]] = {}
    numbered = frozenset(filter(_has_number, frozenset[str]().union(*sets)))
    for at, each in enumerate(sets):
        if each:
            bare = each if numbered.isdisjoint(each) else each - numbered | {"0"}
            known.setdefault(bare, []).append(at)
    families = [each for each in known.values() if len(each) > _FAMILY]
    left = list(sets)
    for _, *others in families:
        for at in others:
            left[at] = frozenset()
    found = alike(left, least)
    for first, *others in families:
        found.pairs += [(first, at) for at in others]
        known_about = {about(first): first}
        twins = [(known_about.setdefault(about(at), at), at) for at in others]
        twins = [(one, other) for one, other in twins if one not in {first, other}]
        found.pairs += twins
        found.capped += len(others) * (len(others) - 1) // 2 - len(twins)
    return found


def _has_number(feature: str) -> bool:
    return not feature.isalpha() and any(map(str.isdigit, feature))


def alike(sets: Sequence[frozenset[str]], least: float, partners: int = _PARTNERS) -> Candidates:
    """Find pairs of sets with at least this similarity (Jaccard), in time that boilerplate cannot blow up.

    Args:
        sets: The sets, by position.
        least: Common members among all members, over 0 and at most 1.
        partners: Most smaller sets that a set is paired with.
    """
    counts = Counter(chain.from_iterable(sets))
    common = sorted((each for each in counts.items() if each[1] > 1), key=_by_rarity)  # others find nothing
    ranks = {member: rank for rank, (member, _) in enumerate(common, 1)}  # 0 would be filtered out
    found = Candidates()
    order = sorted((at for at, each in enumerate(sets) if each), key=lambda at: len(sets[at]))
    sizes = [len(sets[at]) for at in order]
    least_shared = [min(_SHARED, ceil(least * size)) for size in sizes]
    known = _Places(len(ranks) + 1, least_shared)
    for place, at in enumerate(order):
        needed = ceil(least * len(sets[at]))
        ranked = sorted(filter(None, map(ranks.get, sets[at])))
        prefix = ranked[: max(len(ranked) - needed + least_shared[place], 0)]
        smallest = bisect_left(sizes, needed, hi=place)
        chosen = known.sharing(prefix, smallest)
        if chosen:
            _take(found, sets, at, [order[other] for other in chosen], least, partners)
        known.add(prefix, place)
    found.capped += known.capped
    return found


class _Places:
    """Places in an order by size, under the ranks of rare members; as bits, too, if they are few.

    Bits take half the time, but their memory grows with the number of ranks times that of places.

    Attributes:
        capped: The number of places that were left out.
    """

    def __init__(self, ranks: int, least_shared: Sequence[int]) -> None:
        """Begin without places.

        Args:
            ranks: The number of ranks.
            least_shared: By place, how many ranks it must share, 1 to `_SHARED`; sorted.
        """
        self.capped = 0
        self._least_shared = least_shared
        self._by_rank: list[list[int]] = [[] for _ in range(ranks)]
        self._bits = [0] * ranks if len(least_shared) <= _FEW else []
        self._before_two, self._before_three = (
            (1 << bisect_left(least_shared, times)) - 1 if self._bits else 0 for times in (2, 3)
        )

    def add(self, ranks: Iterable[int], place: int) -> None:
        """Add a place, the last in the order, under some ranks."""
        for rank in ranks:
            self._by_rank[rank].append(place)
        if self._bits:
            bit = 1 << place
            for rank in ranks:
                self._bits[rank] |= bit

    def sharing(self, ranks: Iterable[int], smallest: int) -> list[int]:
        """Return places that share enough ranks, in any order.

        Args:
            ranks: The ranks, the rarest first.
            smallest: The first place.
        """
        if self._bits:
            return self._sharing_few(ranks, smallest)
        known = []
        for rank in ranks:
            bucket = self._by_rank[rank]
            if bucket and bucket[-1] >= smallest:
                known.append(bucket[self._first(bucket, smallest) :])
        rarer = len(known) - self._least_shared[smallest] + 1  # what is in none of these shares too few
        if rarer < 1:
            return []
        seen = Counter(chain.from_iterable(known[:rarer]))
        for bucket in known[rarer:]:
            seen.update(filter(seen.__contains__, bucket))
        return [place for place, times in seen.items() if times >= self._least_shared[place]]

    def _sharing_few(self, ranks: Iterable[int], smallest: int) -> list[int]:
        once = twice = thrice = 0
        for rank in ranks:
            bits, bucket = self._bits[rank], self._by_rank[rank]
            if len(bucket) > _BUCKET and bucket[-1] >= smallest:
                first = bucket[self._first(bucket, smallest)]
                bits = bits >> first << first
            thrice |= twice & bits
            twice |= once & bits
            once |= bits
        left = (thrice | twice & self._before_three | once & self._before_two) >> smallest
        found = []
        while left:
            lowest = left & -left
            left ^= lowest
            found.append(smallest + lowest.bit_length() - 1)
        return found

    def _first(self, bucket: list[int], smallest: int) -> int:
        """Return where the places under a rank that are looked at begin, and count those left out."""
        first = bisect_left(bucket, smallest)
        over = max(len(bucket) - first - _BUCKET, 0)
        self.capped += over
        return first + over


def _by_rarity(counted: tuple[str, int]) -> tuple[int, str]:
    return counted[1], counted[0]


def _take(  # noqa: PLR0913, PLR0917  # one step of the loop above
    found: Candidates,
    sets: Sequence[frozenset[str]],
    at: int,
    others: Iterable[int],
    least: float,
    partners: int,
) -> None:
    members = sets[at]
    size, near = len(members), []
    for other in others:
        common = len(members & sets[other])
        if common >= least * (size + len(sets[other]) - common):
            near.append((-common, abs(at - other), other))
    found.capped += max(len(near) - partners, 0)
    found.pairs += [(min(at, other), max(at, other)) for _, _, other in sorted(near)[:partners]]
