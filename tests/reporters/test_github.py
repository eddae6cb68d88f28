"""Commands are read here as GitHub's runner reads them."""

import html
import posixpath
import re
from dataclasses import replace

import pyromark
from hypothesis import given
from reporters.samples import BROKEN, MIXED, OVER, REPORT, hostile_reports

from memoryd.domain.checks.results import CheckResult
from memoryd.domain.markdown.model import Position
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.text.escape import visible_line, with_escaped_marks
from memoryd.reporters import github

TEXT = """\
::error file=s/b.md,title=not read::s/b.md: cannot be read: Permission denied
::error file=s/MEMORY.md,line=3,col=5,endLine=3,endColumn=14,title=L001 broken-link::\
s/MEMORY.md:3:5: “x.md” does not exist
::error file=s/MEMORY.md,line=99,col=1,endLine=99,endColumn=7,title=S001 index-over-limit::\
s/MEMORY.md:99:1: only part of it is loaded
::warning file=s/MEMORY.md,line=7,endLine=8,title=S002 index-near-limit::s/MEMORY.md:7:1: nearly full
::notice file=s/MEMORY.md,line=7,endLine=8,title=S003 long-index-entry::\
s/MEMORY.md:7:1: 201 characters: 100%25 of it, or more
1 store, 2 files, 3 links: 2 errors, 1 warning, 1 info
"""

SUMMARY = """\
### memoryd

1 store, 2 files, 3 links: 2 errors, 1 warning, 1 info, 1 file not read

| level | rule | where | finding |
|---|---|---|---|
| error | not read | s/b.md | cannot be read&#58; Permission denied |
| error | L001 broken-link | s/MEMORY.md&#58;3&#58;5 | “x.md” does not exist |
| error | S001 index-over-limit | s/MEMORY.md&#58;99&#58;1 | only part of it is loaded |
| warning | S002 index-near-limit | s/MEMORY.md&#58;7&#58;1 | nearly full |
| info | S003 long-index-entry | s/MEMORY.md&#58;7&#58;1 | 201 characters&#58; 100% of it, or more |
"""

Command = tuple[str, dict[str, str], str]


def commands(text: str) -> list[Command]:
    """Command, properties and data of every line but the last, which is none."""
    *lines, last, nothing = text.split("\n")
    assert nothing == ""
    assert re.fullmatch(r"1 store, [\d,]+ files?, [\d,]+ links?: .*", last)
    return [command(line) for line in lines]


def command(line: str) -> Command:
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, listed = head.partition(" ")
    properties = dict(each.split("=", maxsplit=1) for each in listed.split(","))
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        properties = {key: value.replace(code, character) for key, value in properties.items()}
    return name, properties, data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def cells(markdown: str) -> list[list[str]]:
    """Rows of the table as GitHub would show them: text of each cell, and nothing but text."""
    page = pyromark.html(markdown, options=pyromark.Options.ENABLE_TABLES)
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [
        re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]
    assert not any("<" in cell for row in rows for cell in row)
    return [[html.unescape(cell) for cell in row] for row in rows]


def test_commands_come_most_severe_first_and_then_the_summary() -> None:
    assert github.render(MIXED, "/r") == TEXT


def test_the_job_summary_is_a_table() -> None:
    assert github.summary(MIXED, "/r") == SUMMARY


def test_nothing_found_is_one_sentence() -> None:
    nothing = CheckResult(1, 3, 0, (), ())
    assert github.render(nothing, "/r") == f"{nothing.summary}\n"
    assert github.summary(nothing, "/r") == f"### memoryd\n\n{nothing.summary}\n"


def test_columns_are_told_only_within_one_line() -> None:
    [_, (_, one, _), _] = commands(github.render(REPORT, "/r"))
    assert (one["col"], one["endColumn"]) == ("5", "14")
    several = replace(REPORT, diagnostics=(replace(BROKEN, end=Position(4, 1)),))
    [_, (_, properties, _)] = commands(github.render(several, "/r"))
    assert properties == {"file": "s/MEMORY.md", "line": "3", "endLine": "4", "title": "L001 broken-link"}


def test_properties_and_messages_are_escaped() -> None:
    path, message = "/r/s/a,b:c%2C.md", "100%, a::b,\r\n::set-env name=x::y"
    [[name, properties, data]] = commands(
        github.render(CheckResult(1, 1, 1, (replace(BROKEN, path=path, message=message),), ()), "/r")
    )
    assert (name, properties["file"]) == ("error", "s/a,b:c%2C.md")
    assert data == r"s/a,b:c%2C.md:3:5: 100%, a::b,\r\n::set-env name=x::y"


def shown(text: str) -> str:
    return with_escaped_marks(visible_line(text))


@given(hostile_reports)
def test_no_text_makes_another_command(report: CheckResult) -> None:
    read = commands(github.render(report, "/r"))
    assert [properties["file"] for _, properties, _ in read[: len(report.unread)]] == [
        shown(posixpath.relpath(each.path, "/r")) for each in report.unread
    ]
    found = sorted(report.diagnostics, key=lambda each: each.level.rank)
    for (name, properties, data), each in zip(read[len(report.unread) :], found, strict=True):
        path = shown(posixpath.relpath(each.path, "/r"))
        assert name == {"error": "error", "warning": "warning", "info": "notice"}[each.level]
        assert properties["file"] == path
        assert properties["title"] == f"{each.code} {each.name}"
        assert data == f"{path}:{each.start.line}:{each.start.column}: {shown(each.message)}"


@given(hostile_reports)
def test_no_text_becomes_markup_in_the_job_summary(report: CheckResult) -> None:
    rows = cells(github.summary(report, "/r"))
    assert len(rows) == len(report.unread) + len(report.diagnostics)
    found = sorted(report.diagnostics, key=lambda each: each.level.rank)
    messages = [each.reason for each in report.unread] + [each.message for each in found]
    for row, message in zip(rows, messages, strict=True):
        assert len(row) == 4
        assert row[3] == visible_line(message).strip(" ")


def test_a_job_summary_is_cut_after_200_rows_and_says_so() -> None:
    many = replace(REPORT, diagnostics=(OVER,) * 1_449 + (replace(BROKEN, message="x" * 5_000),))
    page = github.summary(many, "/r")
    assert len(cells(page)) == 200
    assert page.endswith("\n\n… and 1,251 more.\n")
    assert "more" not in github.summary(replace(many, diagnostics=(OVER,) * 199), "/r")


def test_a_job_summary_of_the_longest_texts_is_taken() -> None:
    long = UnreadFile("/r/" + "|" * 4_000, "`" * 5_000)
    page = github.summary(CheckResult(1, 0, 0, (), (long,) * 300), "/r")
    assert len(page.encode()) < 1 << 20
