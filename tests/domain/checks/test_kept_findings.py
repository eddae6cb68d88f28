"""Findings that are kept are the same as those that a rule finds, with their fixes."""

import json
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.kept_findings import findings_of, roster_findings
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.checks.rule import Rule, RuleContext, context_of, roster_rule, rule
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Proof
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.domain.text.kept_facts import StoreFacts

STORE = agent_store("/p/.claude/agent-memory/reviewer", user=False)
RAW = st.binary(max_size=6) | st.text("aé\n", max_size=6).map(str.encode)


def snapshot(raw: bytes, kept: StoreFacts | None) -> Snapshot:
    return Snapshot(STORE, {"a.md": parse("a.md", raw)}, kept=kept)


def rule_with(*changes: FileChange) -> tuple[Rule, list[int]]:
    """A rule with two findings of one fix and one without; and how often it ran."""
    runs: list[int] = []

    @rule("T001", "tested", Severity.WARNING)
    def tested(context: RuleContext) -> Iterator[Finding]:
        """It is tested."""
        runs.append(1)
        (document,) = context.snapshot.documents.values()
        everything = Span(0, len(document.source))
        fix = Fix("fix it", Applicability.SAFE, changes, Proof("0a", 3), "fixed")
        yield Finding(document, everything, "one\ud800", (Relation(document, 0, "here", "/q"),), fix)
        yield Finding(document, Span(0, 0), "two", fix=fix)
        yield Finding(document, Span(0, 0), "three")

    return tested, runs


@given(RAW, st.none() | RAW, st.none() | RAW, st.none() | st.just(0o644))
def test_known_findings_are_those_that_were_found(
    raw: bytes, before: bytes | None, after: bytes | None, mode: int | None
) -> None:
    root = STORE.root
    changes = (
        FileChange(root, f"{root}/a.md", raw, after, mode, ("/p/CLAUDE.md",)),
        FileChange(root, f"{root}/b.md", before, after),
        FileChange(root, f"{root}/c.md", None, raw),
    )
    tested, runs = rule_with(*changes)
    kept = StoreFacts()
    wanted = tuple(findings_of(context_of(snapshot(raw, None)), (tested,)))
    assert tuple(findings_of(context_of(snapshot(raw, kept)), (tested,))) == wanted
    assert len(runs) == 2
    again = StoreFacts(kept.as_text())
    known = tuple(findings_of(context_of(snapshot(raw, again)), (tested,)))
    assert (known, len(runs), again.is_new) == (wanted, 2, False)
    assert known[0].fix is known[1].fix


def test_whatever_a_rule_may_know_is_looked_at_again_when_it_changes() -> None:
    tested, runs = rule_with()
    other = replace(tested, code="T002")
    kept = StoreFacts()
    first = context_of(snapshot(b"- a\n", kept))
    contexts = [
        first,
        replace(first, options=RuleOptions(likeness=0.9)),
        context_of(snapshot(b"- a\n", kept), Surroundings(repository="/p")),
        context_of(snapshot(b"- b\n", kept)),
    ]
    for number, context in enumerate(contexts, 1):
        for _ in range(2):
            tuple(findings_of(context, (tested,)))
        assert len(runs) == number
    tuple(findings_of(contexts[-1], (tested, other)))
    assert len(runs) == len(contexts) + 2, "other rules"


def test_findings_of_a_roster_are_kept_together() -> None:
    runs: list[int] = []

    @roster_rule("T003", "together", Severity.ERROR)
    def together(roster: Roster) -> Iterator[Finding]:
        """They are tested together."""
        runs.append(1)
        for each in roster.snapshots:
            for document in each.documents.values():
                change = FileChange(STORE.root, f"{STORE.root}/a.md", document.raw, b"- c\n")
                fix = Fix("fix", Applicability.UNSAFE, (change,))
                yield Finding(document, Span(0, 1), "told", fix=fix, root=each.store.root)

    kept = StoreFacts()
    roster = Roster((snapshot(b"- a\n", None),), kept=kept)
    wanted = tuple(roster_findings(replace(roster, kept=None), (together,)))
    assert tuple(roster_findings(roster, (together,))) == wanted
    assert tuple(roster_findings(roster, (together,))) == wanted
    assert (len(runs), wanted[0].store) == (2, STORE.root)
    assert len(json.loads(kept.as_text())) == 1
    changed = replace(roster, snapshots=(snapshot(b"- b\n", None),))
    assert tuple(roster_findings(changed, (together,))) != wanted
