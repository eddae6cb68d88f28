"""Verdicts on stores, kept while nothing changes.

A store in which nothing changed, nor in what its links lead to, is neither read nor checked: `stat` tells.
What it cannot tell is asked again: what git ignores, what instructions say, and which named files exist.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from memoryd import beneath
from memoryd.adapters.git import worktree
from memoryd.adapters.git.ask import troubles
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.adapters.stores.look import mark_of
from memoryd.domain.agents.roster import Roster, StoreOnDisk
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.kept_findings import pack_findings, unpack_findings
from memoryd.domain.checks.rule import Rule
from memoryd.domain.edits.plan import FileChange, Fix
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.stores.listing import is_settled
from memoryd.domain.stores.store import Store
from memoryd.services.checks.ground import Ground
from memoryd.services.checks.judge import OpenHistory, no_history
from memoryd.services.checks.summary import StoreSummary, pack_summary, unpack_summary
from memoryd.values import blake2b, dataclass

if TYPE_CHECKING:
    from memoryd.domain.stores.surroundings import Surroundings
    from memoryd.services.stores.read_mentions import Question

_MOST = 20_000  # of stores that are not looked at this time


@dataclass(frozen=True, slots=True)
class StoreVerdict:
    """Verdict on a store.

    Attributes:
        summary: What is told of its documents.
        findings: Its findings; those that were kept have fixes without contents.
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
        is_further: What `read_further` adds was read.
    """

    around: "Surroundings"
    question: "Question | None"
    is_dated: bool
    is_further: bool


class Verdicts:
    """The verdicts of earlier runs, and those of this one.

    Args:
        kept: The files that hold them.
        name: Name of the file.
        ground: What stores stand on.
        standings: The state of the stores on disk.
        rules: The rules that run.
        git: Git may be asked.
        own: Returns what else decides about a store, an object that many stores share.
        rest: What else decides about every store.
        recorded: The database of the history that is asked about missing files, and what else changes it.
        history: Opens it; returns None if it cannot be opened.
    """

    def __init__(  # noqa: PLR0913  # what verdicts depend on
        self,
        kept: KeptFiles,
        name: str,
        ground: Ground,
        standings: Mapping[str, StoreOnDisk],
        rules: tuple[Rule, ...],
        *,
        git: bool,
        own: Callable[[Store], object] = lambda _: None,
        rest: tuple[object, ...] = (),
        recorded: Iterable[str] = (),
        history: OpenHistory = no_history,
    ) -> None:
        self._kept, self._name, self.ground, self.standings = kept, name, ground, standings
        self._rules, self._git, self._own = {rule.code: rule for rule in rules}, git, own
        self._rest = (tuple(self._rules), *rest, git, os.path.expanduser("~"))
        self._open_history = history
        self._recorded = {path: mark_of(path, ground.began) for path in recorded}  # before it is opened
        self._known = kept.texts(name)
        self._new: dict[str, str] = {}
        self._used: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def recall(self, stores: Iterable[Store]) -> dict[str, StoreVerdict]:
        """Return the verdicts that still hold, by root."""
        found: dict[str, StoreVerdict] = {}
        asked: dict[str, list[tuple[Store, list[str], list[str]]]] = {}
        known = []
        for store in stores:
            word = _word(store.root)
            text = self._known.get(word)
            if text is not None and self.ground.look(store) is not None:
                known.append((store, word, text))
        read = json.loads(f"[{','.join(text for _, _, text in known)}]")  # at once: each costs a call
        for (store, word, text), (*basis, questions, ignored, summary, findings) in zip(
            known, read, strict=True
        ):
            if not self._holds(store, *basis):
                continue
            self._used[word] = text
            found[store.root] = StoreVerdict(unpack_summary(summary), self._unpacked(findings))
            top = self.ground.top(store) if questions and self._git else ""
            if top:
                asked.setdefault(top, []).append((store, questions, ignored))
        for each in asked.values():
            for root in _ignored_otherwise(each):
                del found[root], self._used[_word(root)]
        return found

    def _unpacked(self, findings: object) -> tuple[Diagnostic, ...]:
        return tuple(unpack_findings(findings, (), self._rules))

    def _holds(self, store: Store, *basis: Any) -> bool:  # noqa: ANN401  # JSON
        """Return whether nothing changed of what stat and a reading of instructions tell."""
        return basis[0] == self.key(store) and all(self._answers(store, *basis[1:]))

    def _answers(  # noqa: PLR0913, PLR0917  # what it depends on
        self,
        store: Store,
        day: str,
        instructions: str,
        history: str,
        existing: dict[str, bool],
        marks: dict[str, str],
        leads: dict[str, str],
        beside: str,
        question: list[list[str]] | None,
    ) -> Iterator[bool]:
        """Yield whether one thing after the other is as it was, the cheapest first."""
        ground = self.ground
        yield not day or day == str(ground.today)
        yield not marks or all(ground.mark(path) == mark for path, mark in marks.items())
        yield not existing or all(beneath.exists(path, store.bound) == was for path, was in existing.items())
        yield not leads or all(os.path.realpath(path) == end for path, end in leads.items())
        yield not history or (ground.history(store) or ("", ()))[0] == history
        yield not beside or (ground.beside(store) or ("", 0))[0] == beside
        yield not instructions or ground.instructions(store) == instructions
        if question is not None and any(question):  # without a question there is no answer
            from memoryd.domain.stores.surroundings import Surroundings  # noqa: PLC0415  # few stores ask
            from memoryd.services.stores.read_mentions import Question, answered  # noqa: PLC0415  # the same

            topics, missing, named, elsewhere = question
            around = Surroundings(repository=ground.repository(store))
            now = answered(Question(tuple(topics), tuple(missing)), store, around, git=self._git)
            yield (sorted(now.named), sorted(now.elsewhere)) == (named, elsewhere)

    def key(self, store: Store) -> str:
        """Return a digest of a store and of what decides about it, except what its links lead to."""
        if store.root not in self._keys:
            standing, own = self.standings[store.root], self._own(store)
            self._keys[store.root] = self.ground.key(store, standing, own, self._rest)
        return self._keys[store.root]

    def is_settled(self, store: Store) -> bool:
        """Return whether a store was looked at, and cannot have changed unnoticed since."""
        seen = self.ground.look(store)
        return seen is not None and is_settled(seen.newest, self.ground.began)

    def keep(self, store: Store, verdict: StoreVerdict, basis: Basis) -> None:
        """Keep a new verdict, unless something that it depends on may change unnoticed."""
        ground, around = self.ground, basis.around
        seen = ground.look(store)
        if seen is None or not self.is_settled(store):
            return
        inside = {f"{store.root}/{each}".rstrip("/") for each in seen.directories}
        paths = {*around.listings, *around.outside} - inside
        marks = {path: mark_of(path, ground.began) for path in sorted(paths)}
        existing = dict((*around.existing, *around.evidence.existing))
        history = self._history(store, marks) if around.asks_history or not all(existing.values()) else ""
        beside = ground.beside(store) if around.looks_beside else ("", 0)
        if None in marks.values() or history is None or beside is None:
            return
        if not is_settled(beside[1], ground.began):
            return
        leads = {path: os.path.realpath(path) for path in map(os.path.dirname, around.beyond)}
        question = basis.question and [
            *(basis.question.topics, basis.question.missing, sorted(around.named), sorted(around.elsewhere))
        ]
        instructions = {path: each.raw for path, each in around.instructions.items()}
        self._new[_word(store.root)] = json.dumps(
            [
                *(
                    self.key(store),
                    str(around.evidence.today) if basis.is_dated else "",
                    digest_of(instructions) if basis.is_further else "",
                    history,
                    existing,
                    marks,
                    leads,
                    beside[0],
                    question,
                ),
                *(around.asked, sorted(around.ignored)),
                *(pack_summary(verdict.summary), _packed(verdict.findings)),
            ],
            separators=(",", ":"),
        )

    def _history(self, store: Store, marks: dict[str, str | None]) -> str | None:
        """Add the marks of what git and the history know; return a digest of the repository.

        Return None if one of them could not be asked.
        """
        known = self.ground.history(store)
        database = next(iter(self._recorded.values()), "")
        is_closed = database != "" and self._open_history() is None  # another process holds it, say
        if known is None or is_closed or troubles((self.ground.top(store),)):
            return None
        marks |= {path: mark_of(path, self.ground.began) for path in known[1]}
        marks |= self._recorded
        return known[0]

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
                return digest, self._unpacked(findings)
        return digest, None

    def keep_together(self, roster: Roster, digest: str, found: tuple[Diagnostic, ...]) -> None:
        """Keep the findings about all stores and definitions together."""
        word = _word_of_all(roster)
        self._new[word] = json.dumps([digest, _packed(found)], separators=(",", ":"))

    def write(self) -> None:
        """Write the verdicts if there are new ones."""
        if not self._new:
            return
        mine = self._new | self._used
        others = [(word, text) for word, text in self._known.items() if word not in mine]
        self._kept.keep_texts(self._name, mine | dict(others[:_MOST]))


def _packed(found: tuple[Diagnostic, ...]) -> list[object]:
    """Return findings as a JSON value, without the contents of fixes."""
    fixes = {id(each.fix): _without_contents(each.fix) for each in found if each.fix}
    return pack_findings((replace(each, fix=fixes.get(id(each.fix))) for each in found), ())


def _without_contents(fix: Fix) -> Fix:
    changes = (FileChange(each.root, each.path, None, None, sources=each.sources) for each in fix.changes)
    return replace(fix, changes=tuple(changes))


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
