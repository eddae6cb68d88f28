import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporters.samples import BROKEN, LONG, NEAR, OVER, REPORT

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.markdown.model import Position
from memoryd.domain.text.width import width
from memoryd.reporters import full
from memoryd.reporters.full import View

FULL = """\
s/MEMORY.md
  3:5 error L001 broken-link: “x.md” does not exist
  3 | - 一 [é](x.md) — hook
    |      ^^^^^^^^^

  99:1 error S001 index-over-limit: only part of it is loaded
  99 | - late
     | ^^^^^^
     = line  99: never seen: late
     = line 100: never seen: later
     = s/deep/a.md:1: never reached: linked only from there
     = fix (safe): move 2 parts to 1 topic file

s/b.md: cannot be read: Permission denied

1 store, 2 files, 3 links: 2 errors, 0 warnings (1 fixable with --fix)
"""


def test_findings_with_their_source() -> None:
    assert full.render(REPORT, "/r") == FULL


def excerpt(line: str, meant: str) -> tuple[str, str]:
    """The source line and the carets as `full` shows them, without margin."""
    start = line.index(meant)
    shown = replace(
        BROKEN, source_line=line, start=Position(3, start + 1), end=Position(3, start + 1 + len(meant))
    )
    lines = full.render(CheckResult(1, 1, 1, (shown,), ()), "/r").splitlines()
    return lines[2].removeprefix("  3 | "), lines[3].removeprefix("    | ")


@pytest.mark.parametrize(
    ("line", "shown", "carets"),
    [
        ("- [x](y.md)", "- [x](y.md)", "  ^^^^^^^^^"),
        ("\t- [x](y.md)", " - [x](y.md)", "   ^^^^^^^^^"),
        ("- 目次 [x](y.md)", "- 目次 [x](y.md)", "       ^^^^^^^^^"),
        ("- e\u0301 [x](y.md)", "- e\u0301 [x](y.md)", "    ^^^^^^^^^"),
        ("- \U0001f600 [x](y.md)", "- \U0001f600 [x](y.md)", "     ^^^^^^^^^"),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, shown: str, carets: str) -> None:
    assert excerpt(line, "[x](y.md)") == (shown, carets)


def test_a_wide_link_has_wide_carets() -> None:
    assert excerpt("- [目次](目次.md)", "[目次](目次.md)")[1] == "  " + "^" * 15


@pytest.mark.parametrize("before", [0, 100, 155, 160, 5_000])
@pytest.mark.parametrize("after", [0, 30, 5_000])
def test_of_a_long_line_the_part_that_is_meant_is_shown(before: int, after: int) -> None:
    shown, carets = excerpt("a" * before + "[x](y.md)" + "b" * after, "[x](y.md)")
    assert len(shown) <= 160
    assert shown[carets.index("^") : len(carets)] == "[x](y.md)"
    assert shown.startswith("…") == (before + 9 > 159 and before + after + 9 > 160)


def test_what_is_meant_may_itself_be_too_long() -> None:
    shown, carets = excerpt("- " + "x" * 500, "x" * 500)
    assert (len(shown), shown[-1], len(carets)) == (160, "…", 160)


def result(*diagnostics: Diagnostic) -> CheckResult:
    return CheckResult(1, 2, 3, tuple(sorted(diagnostics, key=lambda each: each.sort_key)), ())


def heads(text: str) -> list[str]:
    """The lines that name files, findings and counts."""
    return [line for line in text.splitlines() if line and not re.match(r" +\d* *[|=] ", line)]


def test_an_empty_line_is_not_shown() -> None:
    nothing = replace(BROKEN, source_line="", end=BROKEN.start)
    assert full.render(result(nothing), "/r") == (
        "s/MEMORY.md\n  3:5 error L001 broken-link: “x.md” does not exist\n"
        "\n1 store, 2 files, 3 links: 1 error, 0 warnings\n"
    )


def test_the_worst_file_is_first_and_its_worst_finding_too() -> None:
    warned = replace(NEAR, path="/r/s/a.md", start=Position(1, 1), fix=None)
    late = replace(BROKEN, start=Position(9, 1), message="gone")
    early = replace(NEAR, start=Position(1, 1), fix=None)
    assert heads(full.render(result(warned, late, early), "/r")) == [
        "s/MEMORY.md",
        "  9:1 error L001 broken-link: gone",
        "  1:1 warning S002 index-near-limit: nearly full",
        "s/a.md",
        "  1:1 warning S002 index-near-limit: nearly full",
        "1 store, 2 files, 3 links: 1 error, 2 warnings",
    ]


def test_infos_are_counted_unless_they_are_asked_for() -> None:
    report = result(BROKEN, LONG, replace(LONG, start=Position(9, 1)))
    assert heads(full.render(report, "/r"))[2:] == [
        "2 × S003 long-index-entry, --show-info lists them",
        "1 store, 2 files, 3 links: 1 error, 0 warnings, 2 infos",
    ]
    assert "S003" in full.render(report, "/r", View(infos=True))
    assert "--show-info" not in full.render(report, "/r", View(infos=True))


def test_the_same_in_many_lines_is_one_finding() -> None:
    report = result(
        *(replace(BROKEN, start=Position(line, 1), end=Position(line, 2)) for line in range(3, 12))
    )
    text = full.render(report, "/r")
    assert text.count("L001") == 1
    assert "  = the same in lines 4, 5, 6, 7, 8 and 3 more\n" in text
    assert "9 errors" in text
    assert "  = the same in lines 4, 5, 6, 7, 8, 9, 10, 11\n" in full.render(report, "/r", View(places=0))


def test_few_of_many_places_are_listed() -> None:
    many = replace(
        OVER, related=tuple(replace(OVER.related[0], position=Position(n, 1)) for n in range(99, 112))
    )
    assert "= … 8 more: memoryd show s\n" in full.render(result(many), "/r")
    assert "more" not in full.render(result(many), "/r", View(places=0))
    other = replace(many, code="D001")
    assert "= … 8 more, --verbose lists them\n" in full.render(result(other), "/r")


def test_few_of_many_findings_are_listed_on_request() -> None:
    report = result(*(replace(BROKEN, path=f"/r/s/{n}.md") for n in range(5)), NEAR)
    assert heads(full.render(report, "/r", View(most=2))) == [
        "s/0.md", "  3:5 error L001 broken-link: “x.md” does not exist",
        "s/1.md", "  3:5 error L001 broken-link: “x.md” does not exist",
        "s/MEMORY.md", "  7:1 warning S002 index-near-limit: nearly full",
        "3 more × L001 broken-link, --verbose lists them",
        "1 store, 2 files, 3 links: 5 errors, 1 warning",
    ]  # fmt: skip


def test_without_a_summary_only_findings_are_printed() -> None:
    assert full.render(result(LONG), "/r", View(summary=False)) == ""
    assert "stores" not in full.render(result(BROKEN), "/r", View(summary=False))


@pytest.mark.parametrize("columns", [41, 60, 80, 120])
@given(text=st.lists(st.sampled_from(["word", "語" * 9, "é", "x.md"]), min_size=1, max_size=60).map(" ".join))
def test_lines_fit_the_terminal_and_keep_their_words(columns: int, text: str) -> None:
    finding = replace(OVER, message=text, source_line=text, end=Position(99, len(text) + 1))
    shown = full.render(result(finding), "/r", View(columns=columns, summary=False))
    assert all(width(line) <= columns or " " not in line.strip() for line in shown.splitlines())
    told = " ".join(re.sub(r"(?m)^ *\d* *\| .*$", "", shown).split())
    assert f"index-over-limit: {text} =" in told


def test_styles_are_where_a_reader_looks() -> None:
    shown = full.render(result(BROKEN), "/r", View(paint=lambda text, style: f"<{style}>{text}</>"))
    assert shown.startswith("<bold>s/MEMORY.md</>\n  3:5 <red>error L001 broken-link</>: ")
