"""Findings of rules and what reporters show of them."""

from dataclasses import dataclass
from enum import StrEnum

from memoryd.domain.edits.plan import Fix
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Position, Span


class Severity(StrEnum):
    """Levels of diagnostics; `error` and `warning` fail a check by default."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Relation:
    """An offset in a document that belongs to a finding, and why.

    Its path is relative to `root`, or, where that is empty, to that of the finding.
    """

    document: Document
    offset: int
    message: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule's function reports: where (bytes in the document's source) and what.

    The document's path is relative to `root`, which a rule over one store leaves empty: the store's.
    """

    document: Document
    span: Span
    message: str
    related: tuple[Relation, ...] = ()
    fix: Fix | None = None
    root: str = ""


@dataclass(frozen=True, slots=True)
class UnusedSuppression:
    """The unused part of a suppression comment: the comment, the names of rules in it, and why.

    Attributes:
        span: The comment.
        names: Those of its names that suppress nothing.
        reason: Why.
    """

    span: Span
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RelatedLocation:
    """An absolute path and a position in it that belong to a diagnostic, and why."""

    path: str
    position: Position
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of one rule, ready to be reported.

    Attributes:
        code: Permanent code of the rule.
        name: Its name, which reads well after "allow".
        level: How severe.
        store: Absolute path of the store, or of the directory of an agent definition.
        path: Absolute path of the file.
        start: First character.
        end: After the last character.
        quoted: First line of the text it is about.
        source_line: The whole line that it starts in, without line end.
        message: One line.
        related: Other places that belong to it.
        fix: How to mend it, or None.
    """

    code: str
    name: str
    level: Severity
    store: str
    path: str
    start: Position
    end: Position
    quoted: str
    source_line: str
    message: str
    related: tuple[RelatedLocation, ...]
    fix: Fix | None

    @property
    def sort_key(self) -> tuple[str, Position, str, Position, str]:
        """By place, then by code: a total order, so that output is stable."""
        return (self.path, self.start, self.code, self.end, self.message)
