from dataclasses import replace

import pytest
from reporters.samples import BROKEN, REPORT

from memoryd.domain.checks.results import CheckResult
from memoryd.domain.markdown.model import Position
from memoryd.reporters import full

FULL = """\
error L001 broken-link: “x.md” does not exist
 --> s/MEMORY.md:3:5
  |
3 | - 一 [é](x.md) — hook
  |      ^^^^^^^^^

error S001 index-over-limit: only part of it is loaded
  --> s/MEMORY.md:99:1
   |
99 | - late
   | ^^^^^^
   = line  99: never seen: late
   = line 100: never seen: later
   = s/deep/a.md:1: never reached: linked only from there
   = fix (safe): move 2 parts to 1 topic file

s/b.md: cannot be read: Permission denied

1 store, 2 files, 3 links: 2 errors, 0 warnings
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
    return lines[3].removeprefix("3 | "), lines[4].removeprefix("  | ")


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


def test_an_empty_line_is_not_shown() -> None:
    nothing = replace(BROKEN, source_line="", end=BROKEN.start)
    assert full.render(CheckResult(1, 1, 1, (nothing,), ()), "/r") == (
        "error L001 broken-link: “x.md” does not exist\n --> s/MEMORY.md:3:5\n"
        "\n1 store, 1 file, 1 link: 1 error, 0 warnings\n"
    )
