"""Rules, and their diagnostics."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from memoryd.domain.checks.diagnostic import Diagnostic, Finding, RelatedLocation, Severity, UnusedSuppression
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.markdown.model import Span
from memoryd.domain.text.phrases import one_line
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.domain.agents.roster import Roster
    from memoryd.domain.links.targets import ResolvedLinks
    from memoryd.domain.stores.snapshot import Snapshot
    from memoryd.domain.stores.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class RuleContext:
    """Everything that a rule may know of one store.

    Attributes:
        snapshot: The store.
        around: Everything outside it.
        options: The requests to rules.
        links: Its links, resolved on demand.
    """

    snapshot: "Snapshot"
    around: "Surroundings"
    options: RuleOptions
    links: "ResolvedLinks"


_DEFAULTS = RuleOptions()


def context_of(
    snapshot: "Snapshot",
    around: "Surroundings | None" = None,
    options: RuleOptions = _DEFAULTS,
) -> RuleContext:
    """Return the context of one check of a store, with links resolved on demand."""
    from memoryd.domain.links.targets import ResolvedLinks  # noqa: PLC0415  # kept verdicts spare it
    from memoryd.domain.stores.surroundings import Surroundings  # noqa: PLC0415  # the same

    around = around or Surroundings()
    return RuleContext(snapshot, around, options, ResolvedLinks(snapshot, around))


_Check = Callable[[RuleContext], Iterable[Finding]]
_RosterCheck = Callable[["Roster"], Iterable[Finding]]
_UnusedCheck = Callable[["Snapshot", Mapping[str, tuple[UnusedSuppression, ...]]], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class RuleFunction:
    """The function of a rule, of one of three kinds.

    Attributes:
        page: Its documentation.
        check: The function over one store.
        check_roster: The function over definitions and stores together.
        check_unused: The function over a store with its unused suppressions by relative path.
    """

    page: str
    check: _Check | None = None
    check_roster: _RosterCheck | None = None
    check_unused: _UnusedCheck | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue; its page is the docstring of its function.

    Attributes:
        code: Permanent code.
        name: Name that reads well after "allow".
        level: Severity of its findings.
        load: Returns its function, which many commands do not need.
        on_request: It runs only if selected by code, family or name.
    """

    code: str
    name: str
    level: Severity
    load: Callable[[], RuleFunction] = field(repr=False, compare=False)
    on_request: bool = False

    @property
    def page(self) -> str:
        """Its meaning and reason, with examples."""
        return self.load().page

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.partition("\n")[0]

    def run(self, context: RuleContext) -> Iterator[Diagnostic]:
        """Check one store."""
        check = self.load().check
        root, scanned = context.snapshot.store.root, context.around.scanned
        for finding in check(context) if check else ():
            found = self._diagnostic(finding, root)
            if found.path in scanned:
                from memoryd.domain.checks.masked import hidden  # noqa: PLC0415  # few checks run a scanner

                found = hidden(found, scanned[found.path])
            yield found

    def run_roster(self, roster: "Roster") -> Iterator[Diagnostic]:
        """Check definitions and stores together."""
        check = self.load().check_roster
        for finding in check(roster) if check else ():
            yield self._diagnostic(finding, finding.root)

    def run_unused(
        self, snapshot: "Snapshot", unused: Mapping[str, tuple[UnusedSuppression, ...]]
    ) -> Iterator[Diagnostic]:
        """Check a store with its unused suppressions by relative path."""
        check = self.load().check_unused
        for finding in check(snapshot, unused) if check else ():
            yield self._diagnostic(finding, snapshot.store.root)

    def _diagnostic(self, finding: Finding, root: str) -> Diagnostic:
        from memoryd.domain.security.masks import masked_source, without_secrets  # noqa: PLC0415  # kept verdicts spare it

        document = finding.document
        start, end = finding.span.start, finding.span.end
        line = document.line_at(start)
        shown = masked_source(document.source)
        sources = {document.source, *(place.document.source for place in finding.related)}
        return Diagnostic(
            code=self.code,
            name=self.name,
            level=finding.level or self.level,
            store=root,
            path=f"{root}/{document.path}",
            start=document.position(start),
            end=document.position(end),
            quoted=finding.identity or _first_line(shown[start:end]),
            source_line=_first_line_of(shown, line),
            message=one_line(without_secrets(finding.message, sources)),
            related=tuple(
                RelatedLocation(
                    f"{place.root or root}/{place.document.path}",
                    place.document.position(place.offset),
                    one_line(without_secrets(place.message, sources)),
                )
                for place in finding.related
            ),
            fix=finding.fix,
        )


@lru_cache(maxsize=16)  # decodes a line of 100 KB with thousands of findings once
def _first_line_of(source: bytes, span: Span) -> str:
    return _first_line(source[span.start : span.end])


def _first_line(source: bytes) -> str:
    return source.partition(b"\n")[0].decode(errors="replace").rstrip("\r").removeprefix("\ufeff")


def rule(code: str, name: str, level: Severity, *, on_request: bool = False) -> Callable[[_Check], Rule]:
    """Make a rule from a documented function over a store and its context."""

    def make(check: _Check) -> Rule:
        function = RuleFunction(inspect.getdoc(check) or "", check)
        return Rule(code, name, level, lambda: function, on_request=on_request)

    return make


def roster_rule(code: str, name: str, level: Severity) -> Callable[[_RosterCheck], Rule]:
    """Make a rule from a documented function over a roster; each finding names its root."""

    def make(check: _RosterCheck) -> Rule:
        function = RuleFunction(inspect.getdoc(check) or "", check_roster=check)
        return Rule(code, name, level, lambda: function)

    return make


def unused_rule(code: str, name: str, level: Severity) -> Callable[[_UnusedCheck], Rule]:
    """Make a rule from a documented function over a store and its unused suppressions."""

    def make(check: _UnusedCheck) -> Rule:
        function = RuleFunction(inspect.getdoc(check) or "", check_unused=check)
        return Rule(code, name, level, lambda: function)

    return make
