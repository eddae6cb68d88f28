"""Rules and what they find."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.diagnostic import Diagnostic, Finding, Place, Severity, one_line
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.snapshot import Snapshot

_Check = Callable[[Snapshot], Iterable[Finding]]
_RosterCheck = Callable[[Roster], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue; its page is the docstring of its function.

    Attributes:
        code: Permanent code.
        name: Reads well after "allow".
        level: How severe its findings are.
        page: What it means and why, with examples.
        check: What it finds in one store.
        check_roster: What it finds in definitions and stores together.
        on_request: Runs only where it is selected by code, family or name.
    """

    code: str
    name: str
    level: Severity
    page: str
    check: _Check | None = None
    check_roster: _RosterCheck | None = None
    on_request: bool = False

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.partition("\n")[0]

    def run(self, snapshot: Snapshot) -> Iterator[Diagnostic]:
        """Check one store."""
        for finding in self.check(snapshot) if self.check else ():
            yield self._diagnostic(finding, snapshot.store.root)

    def run_roster(self, roster: Roster) -> Iterator[Diagnostic]:
        """Check definitions and stores together."""
        for finding in self.check_roster(roster) if self.check_roster else ():
            yield self._diagnostic(finding, finding.root)

    def _diagnostic(self, finding: Finding, root: str) -> Diagnostic:
        document = finding.document
        start, end = finding.span.start, finding.span.end
        line = document.line_at(start)
        return Diagnostic(
            code=self.code,
            name=self.name,
            level=self.level,
            store=root,
            path=f"{root}/{document.path}",
            start=document.position(start),
            end=document.position(end),
            quoted=_first_line(document.source[start:end]),
            source_line=_first_line_of(document.source, line),
            message=one_line(finding.message),
            related=tuple(
                Place(
                    f"{place.root or root}/{place.document.path}",
                    place.document.position(place.offset),
                    one_line(place.message),
                )
                for place in finding.related
            ),
            fix=finding.fix,
        )


@lru_cache(maxsize=16)  # a line of 100 KB with thousands of findings is made a text once
def _first_line_of(source: bytes, span: Span) -> str:
    return _first_line(source[span.start : span.end])


def _first_line(source: bytes) -> str:
    return source.partition(b"\n")[0].decode(errors="replace").rstrip("\r").removeprefix("\ufeff")


def rule(code: str, name: str, level: Severity, *, on_request: bool = False) -> Callable[[_Check], Rule]:
    """Make a rule of a documented function over a snapshot."""

    def make(check: _Check) -> Rule:
        return Rule(code, name, level, inspect.getdoc(check) or "", check, on_request=on_request)

    return make


def roster_rule(code: str, name: str, level: Severity) -> Callable[[_RosterCheck], Rule]:
    """Make a rule of a documented function over a roster; each finding names its root."""

    def make(check: _RosterCheck) -> Rule:
        return Rule(code, name, level, inspect.getdoc(check) or "", check_roster=check)

    return make
