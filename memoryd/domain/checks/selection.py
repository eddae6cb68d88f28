"""Which rules count, for which files, and at what level."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.rule import Rule
from memoryd.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Choice:
    """What one place says about rules; selectors are codes, their beginnings (`L`), or names.

    Attributes:
        source: How a message about one of its keys begins: `FILE: `, or `--` of the command line.
        directory: Absolute path that the patterns of `per_file_ignores` are relative to.
        select: The rules to begin with; None where nothing is said.
        ignore: Rules to leave out.
        per_file_ignores: Rules to leave out by pattern of files.
        levels: Other levels than the catalogue's, by code or name.
    """

    source: str
    directory: str
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: Mapping[str, Severity] = field(default_factory=dict)

    def words(self) -> Iterator[tuple[str, str]]:
        """Every selector, with the key that it stands in."""
        yield from (("select", word) for word in self.select or ())
        yield from (("ignore", word) for word in self.ignore)
        yield from (("per-file-ignores", word) for words in self.per_file_ignores.values() for word in words)

    def covers(self, pattern: str, path: str) -> bool:
        """Whether a pattern means a file: its name, or, with a slash, its path from the directory."""
        if "/" in pattern:
            return fnmatchcase(path, posixpath.join(self.directory, pattern))
        return fnmatchcase(path.rpartition("/")[2], pattern)


@dataclass(frozen=True, slots=True)
class RuleSelection:
    """The choices of several places, the farthest first: each that has `select` begins again."""

    choices: tuple[Choice, ...] = ()

    def selects(self, rule: Rule) -> bool:
        """Whether a rule is to be run; of `select` and `ignore` of one place the more exact counts."""
        selected = not rule.on_request
        for choice in self.choices:
            wanted, unwanted = (_exactness(rule, words) for words in (choice.select or (), choice.ignore))
            if choice.select is not None:
                selected = wanted > unwanted
            elif unwanted:
                selected = False
        return selected

    def level_of(self, rule: Rule) -> Severity:
        """At which level its findings count."""
        level = rule.level
        for choice in self.choices:
            for word, other in choice.levels.items():
                if _exactness(rule, (word,)):
                    level = other
        return level

    def judge(self, diagnostic: Diagnostic, rule: Rule) -> Diagnostic | None:
        """A finding at the level that it shall have; None where it does not count."""
        if not self.selects(rule):
            return None
        for choice in self.choices:
            for pattern, words in choice.per_file_ignores.items():
                if _exactness(rule, words) and choice.covers(pattern, diagnostic.path):
                    return None
        level = self.level_of(rule)
        return diagnostic if level is diagnostic.level else replace(diagnostic, level=level)


def demand_known(choice: Choice, rules: Iterable[Rule]) -> None:
    """Refuse words that select no rule, and levels of what is not one rule.

    Raises:
        ConfigError: Naming the first of them, with a likely one.
    """
    known = tuple(rules)
    for key, word in choice.words():
        if not any(_exactness(rule, (word,)) for rule in known):
            raise ConfigError(f"{choice.source}{key}: there is no rule “{word}”", suggestion(word, known))
    for word in choice.levels:
        if rule_called(word, known) is None:
            raise ConfigError(f"{choice.source}levels: there is no rule “{word}”", suggestion(word, known))


def rule_called(word: str, rules: Iterable[Rule]) -> Rule | None:
    """The rule with that code or name, in any case."""
    wanted = word.strip().lower()
    return next((rule for rule in rules if wanted in {rule.code.lower(), rule.name}), None)


def suggestion(word: str, rules: Iterable[Rule]) -> str:
    """What was probably meant by a word that names no rule."""
    known = {name.lower(): name for rule in rules for name in (rule.code, rule.name)}
    near = get_close_matches(word.lower(), known, n=1)
    return f"did you mean {known[near[0]]}?" if near else "`memoryd rule` lists all of them"


def _exactness(rule: Rule, words: Iterable[str]) -> int:
    """How exactly the best of these words means a rule: 0 not at all."""
    return max((_one_exactness(rule, word.strip()) for word in words), default=0)


def _one_exactness(rule: Rule, word: str) -> int:
    if word.lower() == rule.name:
        return len(rule.code)
    return len(word) if rule.code.startswith(word.upper()) else 0
