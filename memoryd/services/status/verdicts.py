"""Verdicts on stores, kept while nothing changes.

A store in which nothing changed, nor in what its links lead to, is neither read nor checked: `stat` tells.
What it cannot tell is asked again: what git ignores, and what instructions name.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b

from memoryd.adapters.git import worktree
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.adapters.stores.look import mark_of
from memoryd.domain.agents.roster import Roster, StoreOnDisk
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.stores.listing import is_settled
from memoryd.domain.stores.store import Store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.services.status.ground import Ground
from memoryd.services.status.summary import (
    StoreSummary,
    pack_findings,
    pack_summary,
    unpack_findings,
    unpack_summary,
)
from memoryd.services.stores.read_mentions import Question, answered
from memoryd.values import dataclass

_NAME = "status"
_MOST = 20_000  # of stores that are not looked at this time


@dataclass(frozen=True, slots=True)
class StoreVerdict:
    """StoreVerdict on a store.

    Attributes:
        summary: What `status` says of its documents.
        findings: Its errors and warnings.
    """

    summary: StoreSummary
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """Dependencies of a verdict beside the store itself.

    Attributes:
        around: What is known around the store.
        question: What it asked about the files around it.
        is_dated: The day matters.
    """

    around: Surroundings
    question: Question | None
    is_dated: bool


class Verdicts:
    """The verdicts of earlier runs, and those of this one.

    Args:
        kept: The files that hold them.
        ground: What stores stand on.
        standings: The state of the stores on disk.
        git: Git may be asked.
        rest: What else decides about every store.
    """

    def __init__(
        self,
        kept: KeptFiles,
        ground: Ground,
        standings: Mapping[str, StoreOnDisk],
        *,
        git: bool,
        rest: tuple[object, ...],
    ) -> None:
        self._kept, self._ground, self._standings, self._git = kept, ground, standings, git
        self._rest = (*rest, git, os.path.expanduser("~"))
        self._known = kept.texts(_NAME)
        self._new: dict[str, str] = {}
        self._used: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def recall(self, stores: Iterable[Store]) -> dict[str, StoreVerdict]:
        """Return the verdicts that still hold, by root."""
        found: dict[str, StoreVerdict] = {}
        asked: dict[str, list[tuple[Store, list[str], list[str]]]] = {}
        for store in stores:
            text = self._known.get(_word(store.root))
            if text is None or self._ground.look(store) is None:
                continue
            *basis, questions, ignored, summary, findings = json.loads(text)
            if not self._holds(store, *basis):
                continue
            self._used[_word(store.root)] = text
            found[store.root] = StoreVerdict(unpack_summary(summary), unpack_findings(findings))
            top = self._ground.top(store) if questions and self._git else ""
            if top:
                asked.setdefault(top, []).append((store, questions, ignored))
        for each in asked.values():
            for root in _ignored_otherwise(each):
                del found[root], self._used[_word(root)]
        return found

    def _holds(  # noqa: PLR0913, PLR0917  # what it depends on
        self,
        store: Store,
        key: str,
        day: str,
        marks: dict[str, str],
        leads: dict[str, str],
        beside: str,
        question: list[list[str]] | None,
    ) -> bool:
        """Return whether nothing changed of what stat and a reading of instructions tell."""
        ground = self._ground
        if key != self.key(store) or day not in {"", str(ground.today)}:
            return False
        if any(ground.mark(path) != mark for path, mark in marks.items()):
            return False
        if any(os.path.realpath(path) != end for path, end in leads.items()):
            return False
        if beside and (ground.beside(store) or ("", 0))[0] != beside:
            return False
        if question is None:
            return True
        topics, missing, named, elsewhere = question
        around = Surroundings(repository=ground.repository(store))
        now = answered(Question(tuple(topics), tuple(missing)), store, around, git=self._git)
        return (sorted(now.named), sorted(now.elsewhere)) == (named, elsewhere)

    def key(self, store: Store) -> str:
        """Return a digest of a store and of what decides about it, except what its links lead to."""
        if store.root not in self._keys:
            self._keys[store.root] = self._ground.key(store, self._standings[store.root], *self._rest)
        return self._keys[store.root]

    def keep(self, store: Store, verdict: StoreVerdict, basis: Basis) -> None:
        """Keep a new verdict, unless something that it depends on may change unnoticed."""
        ground, around = self._ground, basis.around
        seen = ground.look(store)
        if seen is None or not is_settled(seen.newest, ground.began):
            return
        inside = {f"{store.root}/{each}".rstrip("/") for each in seen.directories}
        paths = {*around.listings, *around.outside} - inside
        marks = {path: mark_of(path, ground.began) for path in sorted(paths)}
        beside = ground.beside(store) if around.looks_beside else ("", 0)
        if None in marks.values() or beside is None or not is_settled(beside[1], ground.began):
            return
        leads = {path: os.path.realpath(path) for path in map(os.path.dirname, around.beyond)}
        question = basis.question and [
            *(basis.question.topics, basis.question.missing, sorted(around.named), sorted(around.elsewhere))
        ]
        self._new[_word(store.root)] = json.dumps(
            [
                *(
                    self.key(store),
                    str(ground.today) if basis.is_dated else "",
                    marks,
                    leads,
                    beside[0],
                    question,
                ),
                *(around.asked, sorted(around.ignored)),
                *(pack_summary(verdict.summary), pack_findings(verdict.findings)),
            ],
            separators=(",", ":"),
        )

    def together(self, roster: Roster, contents: Iterable[str]) -> tuple[str, tuple[Diagnostic, ...] | None]:
        """Return a digest of all stores and definitions, and the findings about them if they are known.

        Args:
            roster: The stores and definitions.
            contents: A digest for each store.
        """
        word = _word_of_all(roster)
        rest = replace(roster, snapshots=(), standings={})
        digest = digest_of("\0".join(contents), rest, self._rest)
        known = self._known.get(word)
        if known is not None:
            before, findings = json.loads(known)
            if before == digest:
                self._used[word] = known
                return digest, unpack_findings(findings)
        return digest, None

    def keep_together(self, roster: Roster, digest: str, found: tuple[Diagnostic, ...]) -> None:
        """Keep the findings about all stores and definitions together."""
        word = _word_of_all(roster)
        self._new[word] = json.dumps([digest, pack_findings(found)], separators=(",", ":"))

    def write(self) -> None:
        """Write the verdicts if there are new ones."""
        if not self._new:
            return
        mine = self._new | self._used
        others = [(word, text) for word, text in self._known.items() if word not in mine]
        self._kept.keep_texts(_NAME, mine | dict(others[:_MOST]))


def _word(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _word_of_all(roster: Roster) -> str:
    return _word("\0".join(["", *(each.store.root for each in roster.snapshots)]))  # no path begins so


def _ignored_otherwise(stores: list[tuple[Store, list[str], list[str]]]) -> list[str]:
    """Return the roots of those stores of one repository for which git answers otherwise than before.

    Args:
        stores: Each with the paths for which git was asked, and those that it ignored.
    """
    paths = dict.fromkeys(path for _, asked, _ in stores for path in asked)
    now = worktree.ignored(paths, stores[0][0].root)
    return [
        store.root
        for store, asked, before in stores
        if sorted({path.rstrip("/") for path in asked if path in now}) != before
    ]
