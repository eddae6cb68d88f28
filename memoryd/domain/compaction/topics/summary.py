"""Summaries of topics, in words that readers search for."""

import re
from functools import lru_cache

from memoryd.domain.compaction.topics.terms import TopicTerms

_LEAST_SAID = 60  # characters; a reader learns little from less
_MOST_LINES = 400  # lines, and headings, that a summary is made of: further ones would only repeat its terms


@lru_cache(16)  # of two trials, most topics get the same
def summary(texts: tuple[str, ...], titles: tuple[str, ...], known: str, room: int) -> str:
    """Return the headings, phrases, identifiers and nouns by which most of the texts can be found.

    TopicTerms are chosen one by one, each time the one that says most for its length, and listed in the order
    of the texts; single words come last.

    Args:
        texts: The text behind the pointer, entry by entry.
        titles: Headings of it.
        known: The title and path of the pointer, which are not repeated.
        room: The most characters of it.
    """
    shown = (_title(title) for title in titles)
    headings = [title for title in shown if title and title.casefold() not in known.casefold()]
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    lines, headings = (each[:: len(each) // _MOST_LINES + 1] for each in (lines, headings))
    terms = TopicTerms(lines, headings)
    terms.cover(known)
    best = terms.best(room)
    said = ", ".join(term.shown for term in best)
    if len(said) < _LEAST_SAID:  # a few words cover each line already
        terms = TopicTerms(lines, headings)
        terms.leave_out(f"{known} {said}")
        best += terms.best(min(room, _LEAST_SAID) - len(said) - 2 * bool(said))
    telling = ", ".join(term.shown for term in best if not term.is_single)
    words = ", ".join(term.shown for term in best if term.is_single)
    return "; ".join(part for part in (telling, words) if part)


def _title(title: str) -> str:
    """Return the first clause of a heading, without marks that could mean something in Markdown."""
    clause = re.split(r"\s[—–-]\s|:\s|\(", title, maxsplit=1)[0]
    return re.sub(r"[\\\[\]<>`*_~|!#]+", " ", clause).strip(" .,;:—–-")
