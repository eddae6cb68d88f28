"""Reports for the tests of all formats: a small one, and hostile ones."""

import string
from dataclasses import replace

from hypothesis import strategies as st

from memoryd.domain.checks.diagnostic import Diagnostic, RelatedLocation, Severity
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.markdown.model import Position
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.rules import ALL_RULES

CHANGE = FileChange("/r/s", "/r/s/MEMORY.md", b"a\n", b"b\n")
FIX = Fix("move 2 parts to 1 topic file", Applicability.SAFE, (CHANGE,))
BROKEN = Diagnostic(
    code="L001",
    name="broken-link",
    level=Severity.ERROR,
    store="/r/s",
    path="/r/s/MEMORY.md",
    start=Position(3, 5),
    end=Position(3, 14),
    quoted="[é](x.md)",
    source_line="- 一 [é](x.md) — hook",
    message="“x.md” does not exist",
    related=(),
    fix=None,
)
OVER = replace(
    BROKEN,
    code="S001",
    name="index-over-limit",
    start=Position(99, 1),
    end=Position(99, 7),
    quoted="- late",
    source_line="- late",
    message="only part of it is loaded",
    related=(
        RelatedLocation("/r/s/MEMORY.md", Position(99, 1), "never seen: late"),
        RelatedLocation("/r/s/MEMORY.md", Position(100, 1), "never seen: later"),
        RelatedLocation("/r/s/deep/a.md", Position(1, 1), "never reached: linked only from there"),
    ),
    fix=FIX,
)
REPORT = CheckResult(1, 2, 3, (BROKEN, OVER), (UnreadFile("/r/s/b.md", "cannot be read: Permission denied"),))

LONG = replace(
    OVER,
    code="S003",
    name="long-index-entry",
    level=Severity.INFO,
    start=Position(7, 1),
    end=Position(8, 4),
    message="201 characters: 100% of it, or more",
    related=(),
    fix=None,
)
NEAR = replace(LONG, code="S002", name="index-near-limit", level=Severity.WARNING, message="nearly full")
MIXED = replace(REPORT, diagnostics=tuple(sorted((LONG, NEAR, BROKEN, OVER), key=lambda each: each.sort_key)))

_NASTY = (
    "\r\n", "\0", "\x1b[31m", "\x9b", "\u2028", "\u202e", "\ufffe", "\uffff", "\udce9", "\ud800",
    "\U0001f600", "::", "::error::", "##[group]", "%0A", ",", "]]>", "<![CDATA[", "-->", "&amp;",
    "<img src=x>", '"', "'", "{0}", "|", "`", "\\", "\\|", "](", "[x](https://example.com)", "https://example.com",
    "@you", "$x$", "~~x~~",
)  # fmt: skip
hostile_text = st.lists(st.sampled_from(_NASTY) | st.characters() | st.text(max_size=8), max_size=6).map(
    "".join
)
_names = (
    st.lists(
        st.sampled_from(
            [b"\xff", b"\xe2\x82", b"\n", b"%41", b":", b",", b"|", b"]]>", b"\x1b", "é".encode(), b" "]
        )
        | st.sampled_from(string.ascii_letters).map(str.encode),
        min_size=1,
        max_size=6,
    )
    .map(b"".join)
    .map(lambda name: name.decode(errors="surrogateescape"))  # as the system gives names that are not UTF-8
)
_paths = _names.map(lambda name: f"/r/s/{name}")
_positions = st.builds(Position, st.integers(1, 300), st.integers(1, 300))


@st.composite
def _diagnostics(draw: st.DrawFn) -> Diagnostic:
    rule = draw(st.sampled_from(ALL_RULES))
    start, end = sorted((draw(_positions), draw(_positions)))
    places = st.builds(RelatedLocation, _paths, _positions, hostile_text)
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        level=rule.level,
        store="/r/s",
        path=draw(_paths),
        start=start,
        end=end,
        quoted=draw(hostile_text),
        source_line="",
        message=draw(hostile_text),
        related=tuple(draw(st.lists(places, max_size=2))),
        fix=None,
    )


hostile_reports = st.builds(
    CheckResult,
    stores=st.just(1),
    files=st.integers(0, 2_000),
    links=st.just(0),
    diagnostics=st.lists(_diagnostics(), max_size=6).map(
        lambda found: tuple(sorted(found, key=lambda each: each.sort_key))
    ),
    unread=st.lists(
        st.builds(UnreadFile, _paths, hostile_text), max_size=2, unique_by=lambda unread: unread.path
    ).map(tuple),
)
