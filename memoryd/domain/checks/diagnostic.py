"""Findings of rules, and their form in reports."""

import posixpath
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from memoryd.domain.markdown.model import Position, Span
from memoryd.values import dataclass

if TYPE_CHECKING:  # settings import Severity, and must not import the Markdown parser
    from memoryd.domain.edits.plan import Fix
    from memoryd.domain.markdown.document import Document

relative = lru_cache(maxsize=1024)(posixpath.relpath)  # a file may have thousands of findings
"""Returns a path relative to a directory."""


class Severity(StrEnum):
    """Levels of diagnostics; `error` and `warning` fail a check by default."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """The rank of the level; 0 is the most severe."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Relation:
    """Another place of a finding: a document, an offset in its source, and a message.

    The document's path is relative to `root`, or, if that is empty, to the root of the finding.
    """

    document: "Document"
    offset: int
    message: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a rule's function: a span, in bytes of the document's source, and a message.

    The document's path is relative to `root`; rules over one store leave that empty. `level` is None for
    the level of the rule. `identity` tells it from others where its text must not be shown.
    """

    document: "Document"
    span: Span
    message: str
    related: tuple[Relation, ...] = ()
    fix: "Fix | None" = None
    root: str = ""
    level: Severity | None = None
    identity: str = ""


@dataclass(frozen=True, slots=True)
class UnusedSuppression:
    """The unused part of a suppression comment.

    Attributes:
        span: The comment.
        names: Its rule names that suppress nothing.
        reason: The reason, as a clause.
    """

    span: Span
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RelatedLocation:
    """An absolute path, a position in it, and a message."""

    path: str
    position: Position
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of one rule, ready to be reported.

    Attributes:
        code: Permanent code of the rule.
        name: Its name, which reads well after "allow".
        level: Its severity.
        store: Absolute path of the store, or of the directory of an agent definition.
        path: Absolute path of the file.
        start: First character.
        end: After the last character.
        quoted: First line of the text that it is about, or what identifies it instead.
        source_line: The whole line in which it starts, without line end. No text shows a secret.
        message: One line.
        related: Other places that it is about.
        fix: Its fix, or None.
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
    fix: "Fix | None"

    def path_from(self, base: str) -> str:
        """Return the path of the file relative to a directory."""
        return relative(self.path, base)

    @property
    def sort_key(self) -> tuple[str, Position, str, Position, str]:
        """The sort order: by path and position, then by code; total, so that output is stable."""
        return (self.path, self.start, self.code, self.end, self.message)
