"""Everything outside a store that rules may know."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from memoryd.domain.git.evidence import Evidence, MovedFile
from memoryd.domain.history.past import UNKNOWN, Past
from memoryd.domain.markdown.document import Document
from memoryd.values import dataclass

if TYPE_CHECKING:  # rules import surroundings, and most must not import what finds secrets
    from memoryd.domain.security.secrets import Secret

Listings = Mapping[str, frozenset[str] | None]
"""Names in directories, case-exact, by absolute path; None for a missing directory."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything outside a store that rules may know.

    Attributes:
        listings: The directories of the documents, and those that links look into.
        ignored: Absolute paths that version control ignores: of link targets, existing or not, and, for a
            store of project scope, of the store and its documents.
        beyond: Absolute paths that links mean outside of the repository of the store: they are not looked at.
        home: The user's home directory; "" if unknown.
        repository: Absolute path of the git working tree around the store; "" if there is none.
        moved: New paths of missing link targets, by absolute path.
        siblings: The `name` of each topic file of the neighboring stores, by absolute path, if a link of this
            store may lead there; "" if it has none.
        outside: Markdown files outside all stores that a link with a fragment leads to, by absolute path.
        answers: Reasons why URLs do not work, by URL, for the servers that were asked.
        instructions: CLAUDE.md, AGENTS.md and rules that the agent reads as well, by absolute path.
        named: Topic files of the store that instructions name, by relative path, among those that the index
            file does not reach and those that are empty.
        elsewhere: Names of files that the index file mentions, and that exist outside the store.
        evidence: The day of the examination, and git's data on the files that documents name.
        past: What is known of the past of an index file that is over its limit.
        readable_by_others: Absolute paths of a store of user scope and its files that other users of the
            machine can read.
        writable_by_others: The same for those that they can write to.
        scanned: Secrets that another scanner found, by the absolute path of their file.
        asked: Absolute paths for which git is asked whether it ignores them.
        looks_beside: A link of this store may lead to a neighboring one.
        existing: Absolute paths to which missing files were renamed, and whether each exists.
        asks_history: Git and the history were asked what became of missing files.
    """

    listings: Listings = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    beyond: frozenset[str] = frozenset()
    home: str = ""
    repository: str = ""
    moved: Mapping[str, MovedFile] = field(default_factory=dict)
    siblings: Mapping[str, str] = field(default_factory=dict)
    outside: Mapping[str, Document] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    instructions: Mapping[str, Document] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    evidence: Evidence = field(default_factory=Evidence)
    past: Past = UNKNOWN
    readable_by_others: frozenset[str] = frozenset()
    writable_by_others: frozenset[str] = frozenset()
    scanned: Mapping[str, tuple["Secret", ...]] = field(default_factory=dict)
    asked: tuple[str, ...] = field(default=(), compare=False)
    looks_beside: bool = field(default=False, compare=False)
    existing: tuple[tuple[str, bool], ...] = field(default=(), compare=False)
    asks_history: bool = field(default=False, compare=False)
