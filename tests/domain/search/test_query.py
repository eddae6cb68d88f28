import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memoryd.domain.search.query import read_query
from memoryd.domain.search.segments import EMOJI, segment

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
QUERY_LIKE = st.lists(
    st.sampled_from(
        ['"', "*", "-", " ", "AND", "NOT", "NEAR(", ")", "^", ":", "日本", "a", "é", "\x00", "\ud800", "🎉"]
    )
).map("".join)


_TABLE = f"""
CREATE VIRTUAL TABLE t USING fts5 (body, tokenize = "unicode61 remove_diacritics 2 tokenchars '{EMOJI}'")
"""


def fts_matches(expression: str, *texts: str) -> list[int]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(_TABLE)
        db.executemany("INSERT INTO t VALUES (?)", [(segment(text),) for text in texts])
        return [
            row - 1
            for (row,) in db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", [expression])
        ]


def found(query: str, *texts: str) -> list[int]:
    """What the first expression that finds anything finds."""
    return next(
        (rows for rows in (fts_matches(e, *texts) for e in read_query(query).expressions) if rows), []
    )


@given(ANY_TEXT | QUERY_LIKE)
@example("x" * 10_000)
@example("x y " * 2_500)
@example("日本語" * 3_000)
@example('"' * 9_999)
@example("".join(f"w{n} -v{n} " for n in range(1_000)))
def test_no_query_is_an_error(query: str) -> None:
    for expression in read_query(query).expressions:
        fts_matches(expression, "something 日本 é")


@pytest.mark.parametrize(
    "query", ["", " ", "-foo", '-"foo bar" -baz', "?! -- *", '"', '""', "\x00", "_", "\u0e31"]
)
def test_nothing_to_look_for(query: str) -> None:
    assert read_query(query).expressions == ()


@pytest.mark.parametrize(
    ("query", "text", "hit"),
    [
        ("deploy staging", "staging: how to deploy", True),
        ("DEPLOY", "deploy", True),
        ("uber cafe", "Über Café", True),
        ("cafe\u0301", "café", True),
        ("dep*", "deployment", True),
        ("dep", "deployment", False),
        ('"how to"', "to how", False),
        ('"how to"', "how to", True),
        ('"how t"*', "how two", True),
        ("file-conflict", "a file conflict", True),
        ("file-conflict", "a_file_conflict", True),
        ("--apply", "run with --apply", True),
        ("apply --dry", "run with --apply --dry", True),
        ("OR", "this or that", True),
        ("name:foo", "name: foo", True),
        ('5" screen', "a screen of 5 inches", True),
        ('"open phrase', "an open phrase", True),
        ("日本", "これは日本語です", True),
        ("本", "日本語", True),
        ("語日", "日本語", False),
        ("日本 語", "日本語", True),
        ("語text", "日本語text", True),
        ("한국", "대한국인", True),
        ("か\u3099", "おがむ", True),
        ("𠮷野", "私は𠮷野家", True),
        ("ไทย", "ระบบรองรับภาษาไทยแล้ว", True),
        ("ภาษา ระบบ", "ระบบรองรับภาษาไทยแล้ว", True),
        ("น้ำ", "ดื่มน้ำเย็น", True),
        ("ทไย", "ระบบรองรับภาษาไทยแล้ว", False),
        ("ລາວ", "ພາສາລາວໃຊ້ໄດ້", True),
        ("ខ្មែរ", "ភាសាខ្មែរដំណើរការ", True),
        ("မာစာ", "မြန်မာစာရှာနိုင်", True),
        ("hauptstrasse", "Hauptstraße 5", True),
        ("HAUPTSTRASSE", "hauptstraße 5", True),
        ("Hauptstraße", "Hauptstrasse 5", True),
        ("strass*", "Straßenbahn", True),
        ("gross", "a große Sache", False),
        ("🎉", "done🎉✅", True),
        ("✅", "done🎉✅", True),
        ("done", "done🎉", True),
        ("👍", "👍🏽 from all", True),
        ("👍🏿", "👍", True),
        ("👩", "👩‍👩‍👧", True),
        ("👩‍👩‍👧", "the 👩‍👩‍👧 plan", True),
        ("⚠", "⚠️ careful", True),
        ("🇩🇪", "in 🇩🇪", True),
        ("snake_case", "call snake_case() here", True),
        ("foo.bar()", "`foo.bar(x)`", True),
        ("src/app/main.py", "in src/app/main.py:3", True),
        ("--dry-run", "with --dry-run", True),
        ("C++", "in C++ and C", True),
        ("tests", "a test is green", True),
        ("testing", "it tests", True),
        ("retries", "retry once", True),
        ("deploying", "how to deploy", True),
        ("class", "first-class", True),
        ("how do we release", "release in three steps", True),
    ],
)
def test_what_a_query_finds(query: str, text: str, hit: bool) -> None:  # noqa: FBT001 - a column of the table
    assert found(query, text) == ([0] if hit else [])


def test_all_terms_first_then_any_word() -> None:
    texts = ("red green", "red blue", "blue")
    assert found("red blue", *texts) == [1]
    assert found("red nothing", *texts) == [0, 1]
    assert found("blue-green", *texts) == [0, 1, 2]
    assert found('"blue green"', *texts) == []


def test_cjk_sentence_falls_back_to_pairs() -> None:
    assert found("数据库配置", "数据库的配置", "据说") == [0]


def test_exclusion_holds_in_both_attempts() -> None:
    texts = ("red old", "red new", 'red "very old"')
    assert found("red -old", *texts) == [1]
    assert found("red nothing -old", *texts) == [1]
    assert found('red -"very old"', *texts) == [0, 1]
    assert found("red -o*", *texts) == [1]
