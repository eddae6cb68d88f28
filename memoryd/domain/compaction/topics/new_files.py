"""New topic files, and their titles."""

from collections import Counter
from collections.abc import Sequence

from memoryd.domain.compaction.draft import Draft
from memoryd.domain.compaction.long_entries import LONG
from memoryd.domain.compaction.topics.portions import EARLIER, Portion
from memoryd.domain.compaction.topics.subjects import is_usable
from memoryd.domain.compaction.topics.titles import clean_title, first_word, says_nothing
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.stores.style import file_for, stem_of
from memoryd.domain.text.phrases import shorten

MOST_FILES = 5
"""New topic files of one compaction."""
_WORTH = 0.04  # of the limit: a theme of less shares a file with others
_POINTERS = 0.05  # of the limit that pointers to new files may take
LEAST_FILE = 1200
"""Characters of a new file; less goes to a file that exists, or shares one."""
LEAST_BATCH = 1600
"""Characters of a new file for several small themes."""
_MOST_NAMED = 3  # themes in the title of a file for several
_AND = ", "
_LONGEST_SHARED = 50  # characters of such a title
_LONGEST_NAME = 28  # characters: a path stands in the pointer beside the title, and says no more
_PREFIX = 3  # sections whose titles begin with one word are one theme


def new_files(portions: Sequence[Portion], most: int) -> list[tuple[str, list[Portion]]]:
    """Return the title and the portions of each new file.

    A big theme has a file of its own, if it is not one of too many; neighbouring small ones share one.
    """
    groups = _by_prefix(portions)
    big = [(title, group) for title, group in groups if title and _is_worth_a_file(group)]
    big.sort(key=lambda each: -sum(portion.share for portion in each[1]))
    own = big if len(big) == len(groups) and len(big) <= most else big[: most - 1]
    taken = {id(portion) for _, group in own for portion in group}
    rest = [portion for portion in portions if id(portion) not in taken]
    if rest and own and _size(rest) < LEAST_FILE and _shared_title(rest) != EARLIER:
        _, smallest = own.pop()
        both = sorted([*smallest, *rest], key=lambda portion: portion.atoms[0].first)
        return [*own, (_shared_title(both), both)]
    return own + [(_shared_title(batch), batch) for batch in _batches(rest, most - len(own))]


def _is_worth_a_file(group: Sequence[Portion]) -> bool:
    return sum(portion.share for portion in group) >= _WORTH and _size(group) >= LEAST_FILE


def _size(group: Sequence[Portion]) -> int:
    return sum(portion.size for portion in group)


def _batches(portions: Sequence[Portion], most: int) -> list[list[Portion]]:
    """Return neighbouring portions together, as about equal batches, each of them worth a file."""
    total = _size(portions)
    count = max(min(most, total // LEAST_BATCH), 1)
    found: list[list[Portion]] = []
    taken = 0
    for portion in portions:
        if not found or taken + portion.size / 2 >= total * len(found) / count:
            found.append([])
        found[-1].append(portion)
        taken += portion.size
    return found


def _shared_title(portions: Sequence[Portion]) -> str:
    """Return the title of a file for several portions: the titles of the biggest that say something."""
    sizes: dict[str, int] = {}
    for portion in portions:
        title = clean_title(portion.title)
        if title and not says_nothing(title) and portion.title != EARLIER:
            sizes[title] = sizes.get(title, 0) + portion.size
    named: list[str] = []
    for title in sorted(sizes, key=lambda each: -sizes[each]):
        if not named or (len(named) < _MOST_NAMED and len(_AND.join([*named, title])) <= _LONGEST_SHARED):
            named.append(title)
    return _AND.join(named) or EARLIER


def _by_prefix(portions: Sequence[Portion]) -> list[tuple[str, list[Portion]]]:
    """Return portions by theme: the first word of several titles, else the title, if it says anything."""
    firsts = Counter(first_word(portion.title) for portion in portions)
    groups: dict[str, list[Portion]] = {}
    for portion in portions:
        first = first_word(portion.title)
        shared = bool(first) and firsts[first] >= _PREFIX
        title = f"{first[:1].upper()}{first[1:]} notes" if shared else clean_title(portion.title)
        groups.setdefault("" if not shared and says_nothing(title) else title, []).append(portion)
    return list(groups.items())


def most_files(profile: Profile) -> int:
    """Return how many new files there may be: their pointers are to take little of the room."""
    lines = (profile.max_lines or MOST_FILES / _POINTERS) * _POINTERS
    units = (profile.max_units or MOST_FILES * LONG / _POINTERS) * _POINTERS / LONG
    return max(min(int(min(lines, units)), MOST_FILES), 1)


def path_for(draft: Draft, title: str) -> str:
    """Return the path of the topic file for a title: one that can be created or appended to."""
    first = title.split(_AND, maxsplit=1)[0]
    stem = stem_of(shorten(first, _LONGEST_NAME).rstrip("…"), draft.style)
    for number in range(1, len(draft.snapshot.documents) + len(draft.snapshot.unread) + 2):
        path = file_for(stem if number == 1 else f"{stem}{draft.style.joint}{number}", draft.snapshot)
        unread = {each.path.casefold() for each in draft.snapshot.unread}
        if path.casefold() not in unread and (path not in draft.snapshot.documents or is_usable(draft, path)):
            return path
    raise AssertionError("more names than files were tried")
