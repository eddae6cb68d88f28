from datetime import date

import pytest

from memoryd.domain.dates.written import date_at, date_stamp, dates_in, recorded
from memoryd.domain.git.evidence import Commit
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.store import Scope, Store

STORE = Store("/s", Scope.PROJECT, "a", "/", CLAUDE_AGENT)


def days(text: str) -> list[str]:
    source = text.encode()
    return [str(each.day) for each in dates_in(source, Span(0, len(source)))]


def last(path: str, text: str, *, any_date: bool = True, **committed: Commit) -> tuple[str, str] | None:
    commits = {f"/s/{name}.md": commit for name, commit in committed.items()}
    document = parse(path, text.encode())
    found = recorded(document, commits.get(f"/s/{path}"), any_date=any_date)
    return (str(found.day), found.how) if found else None


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02",
        "on 2026/3/2.",
        "(2026-03-02)",
        "2026-03-02T10:00:00Z",
        "2. 3. 2026",
        "02.03.2026",
        "March 2, 2026",
        "Mar 2nd 2026",
        "2 March 2026",
        "plan_2026_03_02.md",
        "2026年3月2日",
        "先週2026-03-02に",
    ],
)
def test_a_date_is_read_however_it_is_written(text: str) -> None:
    assert days(text) == ["2026-03-02"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-02",
        "2026-02-30",
        "03/02/2026",
        "1.2026-03-02",
        "x2026-03-02",
        "2026-03-021",
        "3026-01-01",
        "v1.2.3",
    ],
)
def test_what_is_no_certain_date_is_none(text: str) -> None:
    assert days(text) == []


def test_a_month_alone_means_its_last_day() -> None:
    found = [date_at(text, 0) for text in (b"2024-02: x", b"2026-12", b"2026-13", b"2026-02-03", b"soon")]
    assert [each.day if each else None for each in found] == [
        date(2024, 2, 29),
        date(2026, 12, 31),
        None,
        date(2026, 2, 3),
        None,
    ]


def test_front_matter_comes_before_the_text_and_the_text_before_the_commit() -> None:
    commit = Commit("abc1234", date(2026, 5, 5))
    text = "Learnt on 2026-03-02, not on 2026-03-01.\n"
    assert last("t.md", f"---\nmodified: 2026-01-01\n---\n{text}", t=commit) == (
        "2026-01-01",
        "`modified` in its front matter",
    )
    assert last("t.md", text, t=commit) == ("2026-03-02", "line 1, the newest date in it")
    assert last("t.md", "Learnt.\n", t=commit) == ("2026-05-05", "commit abc1234")
    assert last("t.md", "Learnt.\n") is None


def test_what_was_made_long_ago_and_kept_is_as_new_as_its_newest_date() -> None:
    assert last("t.md", "---\ncreated: 2026-01-01\n---\nAgain 2026-04-01.\n") == (
        "2026-04-01",
        "line 4, the newest date in it",
    )
    assert last("2026-02-03.md", "Said 2026-01-01.\n") == ("2026-02-03", "in its name")
    assert last("t.md", "---\nmetadata:\n  Last_Updated: 2026-01-01\n---\n2026-04-01\n") == (
        "2026-01-01",
        "`metadata.Last_Updated` in its front matter",
    )


def test_without_asking_the_text_alone_tells_nothing() -> None:
    assert last("t.md", "Version 2020-01-01 of the protocol.\n", any_date=False) is None
    assert last("2020-02-03.md", "Again 2026-01-01.\n", any_date=False) == (
        "2026-01-01",
        "line 1, the newest date in it",
    )


@pytest.mark.parametrize(
    ("text", "is_stamped"),
    [
        ("- 2026-03-02: learnt", True),
        ("- **2026-03-02** learnt", True),
        ("- learnt (2026-03-02)", True),
        ("- [x] 2026-03-02 learnt", True),
        ("- the protocol (MCP 2026-03-02) is spoken", False),
        ("- version 2026-03-02 is spoken", False),
    ],
)
def test_an_entry_bears_a_date_at_its_beginning_or_in_brackets(text: str, *, is_stamped: bool) -> None:
    document = parse("t.md", text.encode())
    assert (date_stamp(document, Span(0, len(document.source))) is not None) == is_stamped


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("Pictures: IMG_1.heic, 2021-02-13-1929.heic\n", False),
        ("See docs/plans/2026-02-13-cache.md.\n", False),
        ("See run-2026-02-13.log.\n", False),
        ("See docs/2026-02-13.\n", False),
        ("Seen 2026-02-13T10:00:00Z.\n", True),
        ("As of 2026-02-13, see 2026-02-13-cache.md.\n", True),
        ("Learnt 2025-01-01, see 2026-02-13-cache.md.\n", False),
        ("Learnt on 2026-02-13.\n", True),
        ("2026-02-13—learnt\n", True),
    ],
)
def test_the_date_in_a_name_does_not_tell_when_a_note_was_written(text: str, *, tells: bool) -> None:
    assert (last("t.md", text) is not None) == tells


def test_where_the_newest_date_is_in_a_name_the_commit_tells() -> None:
    commit = Commit("abc1234", date(2026, 5, 5))
    assert last("t.md", "See docs/2026-02-13.md.\n", t=commit) == ("2026-05-05", "commit abc1234")
