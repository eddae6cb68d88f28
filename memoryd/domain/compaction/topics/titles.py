"""Titles of sections, and the subjects that they name."""

import re
from functools import lru_cache

from memoryd.domain.compaction.parts.status_words import without_status
from memoryd.domain.text.phrases import shorten
from memoryd.values import regex

LONGEST_TITLE = 60
_DATE = regex(
    r"\b\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
)
_NUMBER = regex(r"(?<![\w-])#?v?\d[\d.,/]*\w?(?!\w)")
_NO_SUBJECT = "notes note section part parts misc other general memory index session sessions log logs update"
_EMPTY = frozenset(_NO_SUBJECT.split())


@lru_cache(8192)  # the same titles are asked for in each trial
def subject_of(title: str) -> frozenset[str]:
    """Return the words of a title that name a subject, folded."""
    words = re.split(r"[\W_]+", clean_title(title).casefold())
    return frozenset(word.removesuffix("s") for word in words if len(word) > 2 and word not in _EMPTY)  # noqa: PLR2004  # “of”


@lru_cache(8192)  # the same headings are asked for in each trial
def clean_title(title: str) -> str:
    """Return a title without dates, numbers and words of status."""
    bare = re.sub(r"\([^()]*\)", " ", title)
    bare = _NUMBER.sub(" ", _DATE.sub(" ", without_status(bare if bare.strip() else title)))
    clause, _, _ = bare.partition(": ")
    bare = clause if len(re.findall(r"[^\W\d_]{2,}", clause)) > 1 else bare
    bare = re.sub(r"[^\w\s&+/.'-]", " ", bare)
    bare = " ".join(word for word in bare.split() if re.search(r"[\w&+]", word))
    return shorten(bare, LONGEST_TITLE).rstrip("…").strip(" -/&+.'")


@lru_cache(8192)
def first_word(title: str) -> str:
    """Return the first word of a title, folded; "" where it names no subject."""
    words = clean_title(title).split()
    return words[0].strip(".:,-'").casefold() if words and words[0].casefold() not in _EMPTY else ""


def says_nothing(title: str) -> bool:
    """Return whether a title names no subject."""
    return not [
        word for word in re.findall(r"\w+", title.casefold()) if word not in _EMPTY and not word.isdigit()
    ]
