"""Rule selections for stores and directories, from settings."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import field, replace
from typing import TYPE_CHECKING

from memoryd.adapters.git import worktree
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.config import checks
from memoryd.domain.checks.baseline import KnownFinding
from memoryd.domain.checks.options import LIKENESS
from memoryd.domain.checks.results import CheckResult, without_repetition
from memoryd.domain.checks.rule import Rule
from memoryd.domain.checks.selection import Choice, RuleSelection, check_selectors
from memoryd.domain.stores.store import Scope, Store
from memoryd.errors import ConfigError, MemorydError
from memoryd.rules import ALL_RULES
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.adapters.history import History

OpenHistory = Callable[[], "History | None"]
"""Opens the history on first use; returns None if there is none that can be opened."""


Tick = Callable[[str, int, int], None]
"""Reports progress: what is done, how many steps are finished, and of how many."""


def no_tick(what: str, done: int, total: int) -> None:
    """Report no progress."""


def no_history() -> None:
    """Return None instead of a history."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Options of one check.

    Attributes:
        rules: The rules to select from.
        user: Rule settings of the user's configuration.
        command: Rule settings of the command line.
        asked: The command is about these rules, whatever a configuration selects.
        tracked: Only files that git tracks exist.
        git: Git may be asked, which starts a process.
        made: Absolute paths of files that count as tracked, because they are new.
        history: Opens the history, which has the past of index files and deleted files.
        plans: The changes of fixes are shown or made, so they must be what the past of a file asks for.
        baseline: Known findings.
        base: Directory that the paths of the baseline are relative to.
        likeness: Least share of common words of two notes to compare.
        tick: Is told how many stores are read and checked.
        kept: Has facts about texts that were found out earlier; None to find out everything again.
        reports: Findings are only reported as they are now, so kept verdicts serve as well.
        recorded: The database of the history, and the other files and directories that change what it
            knows, existing or not.
    """

    rules: tuple[Rule, ...]
    user: Choice
    command: Choice
    asked: bool = False
    tracked: bool = False
    git: bool = True
    made: frozenset[str] = frozenset()
    history: OpenHistory = no_history
    plans: bool = False
    baseline: Counter[KnownFinding] = field(default_factory=Counter)
    base: str = ""
    likeness: float = LIKENESS
    tick: Tick = no_tick
    kept: KeptFiles | None = None
    reports: bool = False
    recorded: tuple[str, ...] = ()


def judged(report: CheckResult, judgement: RuleSelection) -> CheckResult:
    """Return a report with only the selected findings, at their configured levels."""
    rules = {rule.code: rule for rule in ALL_RULES}
    kept = (judgement.judge(each, rules[each.code]) for each in report.diagnostics)
    return replace(report, diagnostics=tuple(without_repetition(filter(None, kept))))


def judgement_around(place: Store | str, user: Choice) -> RuleSelection:
    """Return the rule selection of a store or directory, without settings that `check` reports as bad."""
    try:
        near = _settings(place)
    except ConfigError:
        near = None
    return RuleSelection((user, near) if near else (user,))


def _settings(place: Store | str) -> Choice | None:
    """Return the settings around a store or a directory, up to its repository.

    Outside git, return those up to the directory that the store belongs to.

    Raises:
        ConfigError: With the file and what is wrong with it.
    """
    if isinstance(place, str):
        top = worktree.repository(place) or place
        return checks.between(place, top, os.path.realpath(top))
    first = place.base if place.scope is Scope.AUTO else place.root
    return checks.between(first, (worktree.repository(first) if first else "") or place.base, place.bound)


def judgements_of(
    found: FoundStores, terms: Terms
) -> tuple[dict[str, RuleSelection], dict[str, MemorydError]]:
    """Return the rule selection of each directory, and what is wrong with the settings of others.

    Raises:
        MemorydError: If no settings can be used.
    """
    for choice in (terms.user, terms.command):
        check_selectors(choice, ALL_RULES)
    judgements: dict[str, RuleSelection] = {}
    problems: dict[str, MemorydError] = {}
    places: dict[str, Store | str] = {store.root: store for store in found.stores}
    for path in (*(each.path for each in found.inside), *(each.path for each in found.escapes_inside)):
        places.setdefault(os.path.dirname(path), os.path.dirname(path))
    for directory, place in places.items():
        try:
            judgements[directory] = _judgement(_settings(place), terms)
        except MemorydError as error:
            problems[directory] = error
    if problems and not judgements:
        raise next(iter(problems.values()))
    return judgements, problems


def without(found: FoundStores, bad: Iterable[str]) -> FoundStores:
    """Return the stores and definitions except those with bad settings."""
    directories = set(bad)
    return replace(
        found,
        stores=tuple(each for each in found.stores if each.root not in directories),
        definitions=tuple(
            each for each in found.definitions if os.path.dirname(each.path) not in directories
        ),
        escapes=tuple(each for each in found.escapes if os.path.dirname(each.path) not in directories),
    )


def judgement_at(directory: str, terms: Terms) -> RuleSelection:
    """Return the rule selection of a directory; without its settings if these are bad."""
    try:
        return _judgement(_settings(directory), terms)
    except MemorydError:
        return _judgement(None, terms)


def _judgement(choice: Choice | None, terms: Terms) -> RuleSelection:
    if choice:
        check_selectors(choice, ALL_RULES)
    choices: tuple[Choice, ...] = (terms.user, choice) if choice else (terms.user,)
    if terms.asked:
        named = Choice("", "/", tuple(rule.code for rule in terms.rules))
        choices = (named, *(replace(each, select=None) for each in choices))
    return RuleSelection((*choices, terms.command))
