import pytest
from adapters.search.indexing import OTHER, STORE, paths, put

from memoryd.adapters.search.index import Index


def test_weights_name_and_description_over_headings_over_body(index: Index) -> None:
    filler = "\n\nsome other words here\n" * 3
    put(
        index,
        {
            "body.md": f"---\nname: a\ndescription: b\n---\n# c\n{filler}rust\n",
            "heading.md": f"---\nname: a\ndescription: b\n---\n# rust\n{filler}words\n",
            "description.md": f"---\nname: a\ndescription: rust\n---\n# c\n{filler}words\n",
            **{f"other-{n}.md": "nothing" for n in range(9)},
        },
    )
    hits = index.search("rust")
    assert paths(hits) == ["description.md", "heading.md", "body.md"]
    assert hits[0].score > hits[1].score > hits[2].score > 0


def test_hit_says_where_and_whose(index: Index) -> None:
    put(
        index,
        {"deep/deploy.md": "---\nname: How to deploy\ntype: project\n---\n\n# Steps\n\n- call `make ship`\n"},
    )
    (hit,) = index.search("ship")
    assert (hit.root, hit.path, hit.agent, hit.scope) == (STORE.root, "deep/deploy.md", "reviewer", "user")
    assert (hit.line, hit.title, hit.snippet) == (8, "How to deploy", "- call `make ship`")
    assert hit.marked("**", "**") == "- call `make **ship**`"


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "---\nname: Named\n---\n# Heading\nword", "Named"),
        ("a.md", "# First *heading*\n# Second\nword", "First heading"),
        ("a/stem.md", "word", "stem"),
    ],
)
def test_title(index: Index, name: str, text: str, title: str) -> None:
    put(index, {name: text})
    assert [hit.title for hit in index.search("word")] == [title]


@pytest.mark.parametrize(
    ("text", "query", "line", "marked"),
    [
        ("a\r\nb\r\n- the word\r\n", "word", 3, "- the [word]"),
        ("\ufeffword\n", "word", 1, "[word]"),
        ("\ufeff---\r\nname: x\r\n---\r\n\r\nword\r\n", "word", 5, "[word]"),
        ("---\nname: x\ndescription: the word\n---\n", "word", 3, "the [word]"),
        ("---\ntype: user\nname: the word\n---\n", "word", 3, "the [word]"),
        ("x\n\nこれは日本語です。\n", "日本", 3, "これは[日本]語です。"),
        ("x\n한국어 문서\n", "국", 2, "한[국]어 문서"),
        ("x\n🎉👩‍👩‍👧 word 🎉\n", "word", 2, "🎉👩‍👩‍👧 [word] 🎉"),
        ("lone\rreturn\nword", "word", 2, "[word]"),
        ("a\nthe first\nsecond b", '"first second"', 2, "the [first second] b"),
        (b"a\n\xff\xfe word \xc3\n", "word", 2, "\ufffd\ufffd [word] \ufffd"),
        (b"a\n\x00\x1b[31m word\x02\x03\n", "word", 2, None),
        ("# AT&amp;T\n", "at&t", 1, None),
    ],
)
def test_line_and_snippet(index: Index, text: str | bytes, query: str, line: int, marked: str | None) -> None:
    put(index, {"a.md": text})
    (hit,) = index.search(query)
    assert hit.line == line
    assert marked is None or hit.marked("[", "]") == marked
    assert not set(hit.snippet) & set(map(chr, range(32)))


def test_filters_apply_to_the_attempt_too(index: Index) -> None:
    put(
        index, {"a.md": "---\ntype: feedback\n---\nred\n", "b.md": "---\nmetadata:\n  type: user\n---\nred\n"}
    )
    put(index, {"c.md": "red blue"}, OTHER)
    assert paths(index.search("red type:user")) == ["b.md"]
    assert paths(index.search("red agent:tester")) == ["c.md"]
    assert paths(index.search("red scope:user type:feedback")) == ["a.md"]
    assert paths(index.search("red blue")) == ["c.md"]
    assert paths(index.search("red blue agent:reviewer")) == ["a.md", "b.md"]
    assert index.search("red agent:nobody") == ()


@pytest.mark.parametrize("query", ["red blue", "red blue type:user -agent:tester", "green or red blue paths"])
def test_one_statement_finds_sorts_and_marks(index: Index, query: str) -> None:
    put(index, {f"{n}.md": f"---\ntype: user\n---\nred blue {n}" for n in range(60)})
    statements: list[str] = []
    index._file._db.set_trace_callback(statements.append)
    assert len(index.search(query, limit=50)) == 50
    index._file._db.set_trace_callback(None)
    searches = [each for each in statements if "MATCH" in each]
    assert len(searches) == 1
    plan = [row[3] for row in index._file._db.execute(f"EXPLAIN QUERY PLAN {searches[0]}")]
    assert not [step for step in plan if "ORDER BY" in step], "FTS5 sorts by itself, and stops at the limit"


def test_limit(index: Index) -> None:
    put(index, {f"{n}.md": "word" for n in range(20)})
    assert len(index.search("word")) == 10
    assert paths(index.search("word", limit=2)) == ["0.md", "1.md"]
    assert index.search("word", limit=0) == ()
    assert index.search("word", limit=-1) == ()
