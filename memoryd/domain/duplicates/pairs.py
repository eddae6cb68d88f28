"""Repeated and contradicting passages and files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from memoryd.domain.checks.options import LIKENESS
from memoryd.domain.duplicates.candidates import candidates_among, content_of
from memoryd.domain.duplicates.chunks import DENSE, is_hard
from memoryd.domain.duplicates.files.copies import copies_in
from memoryd.domain.duplicates.passages import Note, is_record, label_of, passages_in, passages_of
from memoryd.domain.duplicates.similarity import CONTAINED, Judgement, Verdict, is_reworded, is_value, judge
from memoryd.domain.duplicates.subjects import are_about_different_things
from memoryd.domain.duplicates.vocabulary import AUXILIARIES, CONDITIONS, COUNTED, NEGATING, NEGATIONS
from memoryd.domain.duplicates.words import stem
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import dataclass, regex

_TELLING = 3  # features: likeness of shorter passages is meaningless
_COMMON = 3  # common features of two similar passages
_APART_ALIKE = 5  # least number of features of passages below different headings of one file
_ELSEWHERE = 4  # words: shorter passages may be the same in another file by chance
_LONG = 10  # the same below another heading of one file, which may have similar lists
_SUBJECT = 3  # least number of common words of two contradicting notes: their subject
_APART = 5  # the same below different headings of one file
_TOLD = 2  # words before a different identifier: one at the beginning is the subject of the note
_SETTINGS = frozenset({"port", "version"})  # with a subject before them, they are values
_CHARACTERS = 3  # characters that differ beside a negation, for scripts without spaces
_RUN = 2  # most consecutive words that differ
_SIBLINGS = 0.8  # least likeness of two entries of one list
_OTHERWISE = 8  # spellings of the same words that are distinguished


_CHECKED = regex(r"\s*(?:[-*+]|\d{1,9}[.)])?\s*(?:\[[xX]\]|✅|☑|✔)")

OPEN = frozenset({"order", "sign", "writing"})
"""Kinds of difference that may or may not change the meaning."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two passages, in order of position, and how they compare."""

    one: Note
    other: Note
    judgement: Judgement

    def __hash__(self) -> int:
        return hash((self.one, self.other))

    @property
    def turned(self) -> "Pair":
        """Return the pair with the second one first."""
        judgement = replace(self.judgement, one=self.judgement.other, other=self.judgement.one)
        return Pair(self.other, self.one, judgement)

    @property
    def is_in_one_list(self) -> bool:
        """Return whether both are in one list, or are text below the same heading."""
        one, other = self.one, self.other
        return (one.path, one.section, one.block) == (other.path, other.section, other.block)

    @property
    def is_below_two_headings(self) -> bool:
        """Return whether both are in one file, below other headings or lead-ins, which they may be about."""
        one, other = self.one, self.other
        return one.path == other.path and (one.section, one.lead) != (other.section, other.lead)

    @property
    def is_movable(self) -> bool:
        """Return whether one can replace the other; a short one may mean something else below its heading."""
        words = min(self.one.words.weight, self.other.words.weight)
        return not self.is_below_two_headings or words >= _LONG


@dataclass(frozen=True, slots=True)
class Likenesses:
    """Pairs that are not different, and the number of skipped comparisons."""

    pairs: tuple[Pair, ...]
    capped: int


def compare(passages: Sequence[Note], least: float = LIKENESS) -> Likenesses:
    """Find passages that repeat, nearly repeat, or contradict each other.

    A passage that repeats several earlier ones is paired with the first of them.
    """
    known: dict[tuple[str, ...], list[int]] = {}
    pairs: list[tuple[int, int, Judgement]] = []
    for at, passage in enumerate(passages):
        others = known.setdefault(passage.words.tokens, [])
        for other in others:
            judgement = judge(passages[other].words, passage.words, least)
            if judgement.verdict is Verdict.SAME:
                pairs.append((other, at, judgement))
                break
        else:
            if others:
                pairs.append((others[0], at, judge(passages[others[0]].words, passage.words, least)))
            if len(others) < _OTHERWISE:
                others.append(at)
    distinct = [others[0] for tokens, others in known.items() if tokens]
    sets = [
        features if len(features := passages[at].words.features) >= _TELLING else frozenset[str]()
        for at in distinct
    ]
    candidates = candidates_among(sets, least * CONTAINED, lambda at: passages[distinct[at]].words.numbers)
    for one, other in candidates.pairs:
        left, right = distinct[one], distinct[other]
        judgement = judge(passages[left].words, passages[right].words, least)
        if judgement.verdict is not Verdict.DIFFERENT:
            pairs.append((left, right, judgement))
    pairs.sort(key=lambda pair: (pair[1], pair[0]))
    found = tuple(Pair(passages[one], passages[other], judgement) for one, other, judgement in pairs)
    return Likenesses(found, candidates.capped)


def find_likenesses(snapshot: Snapshot, least: float) -> Likenesses:
    """Return the repeated passages of a store that are worth reporting, without those of copied files.

    Contradictions between copies are reported, since one copy is out of date; so are equal passages of files
    that are copies in part.

    Args:
        snapshot: The store.
        least: Least share of common words of two notes to compare.
    """
    passages = passages_of(snapshot)
    copied: tuple[set[str], set[str]] = set(), set()
    for copies in copies_in(snapshot):
        copied[copies.is_whole].add(copies.other.path)
    return _likenesses(passages, least, *map(frozenset, copied))


def _likenesses(
    passages: tuple[Note, ...], least: float, partly: frozenset[str], whole: frozenset[str]
) -> Likenesses:
    found = compare(passages, least)
    again = [
        pair.other for pair in found.pairs if pair.judgement.verdict is Verdict.SAME and pair.other.heading
    ]
    headings = {passage.heading for passage in again}  # with a passage that is elsewhere, too
    known = {(pair.one, pair.other) for pair in found.pairs}
    others = [
        pair
        for pair in _by_heading((each for each in passages if each.heading in headings), least)
        if pair.judgement.verdict is Verdict.CONTRADICTION and (pair.one, pair.other) not in known
    ]
    told = [
        pair for pair in (*found.pairs, *others) if is_told(pair) and not _is_of_copies(pair, partly, whole)
    ]
    return Likenesses(tuple(without_families(told)), found.capped)


def _is_of_copies(pair: Pair, partly: frozenset[str], whole: frozenset[str]) -> bool:
    """Return whether a finding about two files covers a pair of their notes."""
    paths = (pair.one.document.path, pair.other.document.path)
    if pair.judgement.verdict is Verdict.CONTRADICTION:
        return False
    return not whole.isdisjoint(paths) or (
        pair.judgement.verdict is not Verdict.SAME and not partly.isdisjoint(paths)
    )


def says_all(pair: Pair) -> bool:
    """Return whether the first of two has everything that the second one has, without a condition."""
    if pair.judgement.verdict is Verdict.SAME:
        return True
    more, also = pair.judgement.one, pair.judgement.other
    return pair.judgement.verdict is Verdict.NEAR and bool(more) and not also and CONDITIONS.isdisjoint(more)


def is_told(pair: Pair) -> bool:
    """Return whether a pair that is not different is worth reporting."""
    return _is_alike(pair) and not are_about_different_things(pair.one, pair.other)


def _is_alike(pair: Pair) -> bool:
    if pair.judgement.verdict is Verdict.SAME or pair.judgement.kind == "writing":
        return _is_repeated(pair)
    if pair.judgement.verdict is Verdict.CONTRADICTION and pair.judgement.kind not in OPEN:
        return _is_of_one_subject(pair)
    if _are_fields(pair) or (pair.judgement.kind and pair.judgement.likeness < _SIBLINGS):
        return False
    one, other = pair.one.words.features, pair.other.words.features
    if _weight(one & other) < _COMMON or (
        pair.is_below_two_headings and min(len(one), len(other)) < _APART_ALIKE
    ):
        return False
    return (
        not is_record(pair.one)
        and not is_record(pair.other)
        and (
            pair.judgement.likeness >= _SIBLINGS
            or not (pair.judgement.one and pair.judgement.other)
            or is_reworded(pair.one.words, pair.other.words)
        )
    )


def _weight(features: frozenset[str]) -> float:
    """Return the number of features; a character has three, with its two neighbours."""
    return sum(1 / 3 if ord(each[0]) >= DENSE else 1 for each in features)


def _are_fields(pair: Pair) -> bool:
    """Return whether two notes are one property of two things, under two headings or in two files."""
    label = label_of(pair.one)
    if not label or pair.is_in_one_list or label != label_of(pair.other):
        return False
    return pair.is_below_two_headings or label.startswith("`")


def _is_repeated(pair: Pair) -> bool:
    """Return whether the same words mean the same in both places."""
    words = pair.one.words.weight
    if pair.is_in_one_list:
        return words > 1
    if _CHECKED.match(pair.one.text) and pair.one.path != pair.other.path:
        return False  # two reports on one task
    return words >= _ELSEWHERE and pair.is_movable and not is_record(pair.one)


def _is_of_one_subject(pair: Pair) -> bool:
    """Return whether two notes that differ by a value have the same subject.

    “Phase 1: …” and “Phase 2: …”, or “`a.py` does …” and “`b.py` does …”, have different subjects.
    """
    if is_record(pair.one) or is_record(pair.other):
        return False
    one, other = pair.one.words.tokens, pair.other.words.tokens
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    around = [word for word in (*one[:start], *one[len(one) - end :]) if not is_hard(word)]
    if len(around) < (_APART if pair.is_below_two_headings else _SUBJECT):
        return False
    kind = pair.judgement.kind
    if kind == "negation":
        return _is_turned_round(left, right)
    told_before = [word for word in one[:start] if not is_hard(word)]
    if kind == "amount" and max(len(left), len(right)) <= _RUN:
        before = one[start - 1] if start else ""
        is_measured = any(is_value(word) and not word.isdecimal() for word in (*left, *right))
        is_setting = before in _SETTINGS and len(told_before) >= _SUBJECT
        is_told = is_measured or is_setting or before not in COUNTED
        return start > 0 and is_told and all(map(is_value, (*left, *right)))
    apart = pair.one.path != pair.other.path and len(told_before) >= _TOLD and len(around) >= _APART
    return len(left) == len(right) == 1 and (kind == "opposite" or (kind == "identifier" and apart))


def _is_turned_round(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two runs of words differ by a negation and nearly nothing else."""
    left, right = ([word for word in run if word not in NEGATIONS | AUXILIARIES] for run in (one, other))
    if all(len(word) == 1 and ord(word) >= DENSE for word in (*left, *right)):
        mine, theirs = (Counter(content_of(NEGATING.sub("", "".join(run)))) for run in (left, right))
        return ((mine - theirs) + (theirs - mine)).total() <= _CHARACTERS
    return [*map(stem, left)] == [*map(stem, right)] or max(len(one), len(other), len(left), len(right)) == 1


def without_families(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield pairs without contradictions among more than two similar notes, which are a list of one kind."""
    known = list(pairs)
    counts: Counter[Note] = Counter()
    for pair in known:
        if pair.judgement.verdict is Verdict.CONTRADICTION:
            counts.update((pair.one, pair.other))
    for pair in known:
        if (
            pair.judgement.verdict is not Verdict.CONTRADICTION
            or max(counts[pair.one], counts[pair.other]) == 1
        ):
            yield pair


def contradict(root: str, one: Document, other: Document) -> bool:
    """Return whether two files of a store contradict each other below equal headings."""
    found = _by_heading([*passages_in(root, one), *passages_in(root, other)], LIKENESS)
    return any(
        pair.judgement.verdict is Verdict.CONTRADICTION
        and pair.judgement.kind not in OPEN
        and _is_of_one_subject(pair)
        for pair in found
    )


def _by_heading(passages: Iterable[Note], least: float) -> Iterator[Pair]:
    """Yield pairs of passages of several files, comparing only those below equal headings."""
    groups: dict[tuple[str, ...], list[Note]] = {}
    for passage in passages:
        groups.setdefault(passage.heading, []).append(passage)
    for group in groups.values():
        if len({passage.path for passage in group}) > 1:
            yield from (pair for pair in compare(group, least).pairs if pair.one.path != pair.other.path)
