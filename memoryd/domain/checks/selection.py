"""Selection of rules, by file and level."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.text.nearest import did_you_mean
from memoryd.errors import ConfigError, all_of
from memoryd.values import dataclass

if TYPE_CHECKING:  # settings choose rules: they must not import what rules need
    from memoryd.domain.checks.rule import Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule settings of one source; selectors are codes, their prefixes (`L`), or names.

    Attributes:
        source: Start of a message about one of its keys: `FILE: `, or `--` for the command line.
        directory: Absolute path that the patterns of `per_file_ignores` are relative to.
        select: The rules to start with; None for those of the other sources.
        ignore: Rules to leave out.
        per_file_ignores: Rules to leave out by file pattern.
        levels: Levels that differ from the catalogue's, by code or name.
    """

    source: str
    directory: str
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: Mapping[str, Severity] = field(default_factory=dict)

    def words(self) -> Iterator[tuple[str, str]]:
        """Yield every selector with its key."""
        yield from (("select", word) for word in self.select or ())
        yield from (("ignore", word) for word in self.ignore)
        yield from (("per-file-ignores", word) for words in self.per_file_ignores.values() for word in words)

    def covers(self, pattern: str, path: str) -> bool:
        """Return whether a pattern matches the name of a file, or its path if the pattern has a slash."""
        if "/" in pattern:
            return fnmatchcase(path, posixpath.join(self.directory, pattern))
        return fnmatchcase(path.rpartition("/")[2], pattern)


@dataclass(frozen=True, slots=True)
class RuleSelection:
    """The rule settings of several sources, the farthest first; each `select` starts from nothing."""

    choices: tuple[Choice, ...] = ()

    def selects(self, rule: "Rule") -> bool:
        """Return whether a rule is to be run; within one source, the more specific selector counts."""
        selected = not rule.on_request
        for choice in self.choices:
            wanted, unwanted = (_exactness(rule, words) for words in (choice.select or (), choice.ignore))
            if choice.select is not None:
                selected = wanted > unwanted
            elif unwanted:
                selected = False
        return selected

    def level_of(self, rule: "Rule") -> Severity:
        """Return the level of a rule's findings, unless they have one of their own."""
        return self._configured_level(rule) or rule.level

    def _configured_level(self, rule: "Rule") -> Severity | None:
        words = ((word, level) for choice in self.choices for word, level in choice.levels.items())
        return next((level for word, level in reversed(list(words)) if _exactness(rule, (word,))), None)

    def judge(self, diagnostic: Diagnostic, rule: "Rule") -> Diagnostic | None:
        """Return a finding at its configured level; None if it is ignored."""
        if not self.selects(rule):
            return None
        for choice in self.choices:
            for pattern, words in choice.per_file_ignores.items():
                if _exactness(rule, words) and choice.covers(pattern, diagnostic.path):
                    return None
        level = self._configured_level(rule)
        return diagnostic if level in {None, diagnostic.level} else replace(diagnostic, level=level)


def check_selectors(choice: Choice, rules: "Iterable[Rule]") -> None:
    """Reject selectors of no rule, and levels of selectors that are not exactly one rule.

    Raises:
        ConfigError: Naming them, each with a suggestion.
    """
    known = tuple(rules)
    wrong = [
        (key, word) for key, word in choice.words() if not any(_exactness(rule, (word,)) for rule in known)
    ]
    wrong += [("levels", word) for word in choice.levels if find_rule(word, known) is None]
    if wrong:
        raise all_of(
            ConfigError(f'{choice.source}{key}: there is no rule "{word}"', suggestion(word, known))
            for key, word in wrong
        )


def find_rule(word: str, rules: "Iterable[Rule]") -> "Rule | None":
    """Return the rule with that code or name, case-insensitive."""
    wanted = word.strip().lower()
    return next((rule for rule in rules if wanted in {rule.code.lower(), rule.name}), None)


def suggestion(word: str, rules: "Iterable[Rule]") -> str:
    """Return a suggestion for a word that names no rule."""
    known = (name for rule in rules for name in (rule.code, rule.name))
    return did_you_mean(word, known, "`memoryd help rules` lists them")


def _exactness(rule: "Rule", words: Iterable[str]) -> int:
    """Return how exactly the best of some words selects a rule; 0 for not at all."""
    return max((_one_exactness(rule, word.strip()) for word in words), default=0)


def _one_exactness(rule: "Rule", word: str) -> int:
    if word.lower() == rule.name:
        return len(rule.code)
    return len(word) if rule.code.startswith(word.upper()) else 0
