from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.frontmatter import unquoted
from memoryd.domain.markdown.yaml_quotes import misreading, quote, with_quotes


def document_of(block: str, *, eol: str = "\n", bom: str = "") -> Document:
    return parse("a.md", (bom + f"---\n{block}\n---\nText: `x`\n".replace("\n", eol)).encode())


def fixed(document: Document) -> bytes | None:
    """All that is wrong in quotes; the file as it is where nothing is."""
    found = misreading(document.source, document.front_matter)
    values = sorted((*found.broken, *found.cut), key=lambda value: value.start) if found else []
    return with_quotes(document, found, tuple(values)) if found and values else document.source


def block_of(content: bytes | None) -> str | None:
    return (
        None if content is None else content.decode().removeprefix("---\n").removesuffix("\n---\nText: `x`\n")
    )


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("d: Deploys: on Mondays", 'd: "Deploys: on Mondays"'),
        ("d: Deploys:", 'd: "Deploys:"'),
        ("d: `make` ships it", 'd: "`make` ships it"'),
        ("d: @ann said so  ", 'd: "@ann said so"  '),
        ("d: *starred* text", 'd: "*starred* text"'),
        ("d: [text](link.md) and more", 'd: "[text](link.md) and more"'),
        ("d: {a} and more", 'd: "{a} and more"'),
        ("d: > a quote", 'd: "> a quote"'),
        ("d: - a dash", 'd: "- a dash"'),
        ('d: "one" and more', "d: '\"one\" and more'"),
        ('d: "one" and "two"', 'd: \'"one" and "two"\''),
        ('d: "say "hello" now"', "d: 'say \"hello\" now'"),
        ("d: 'it's'", 'd: "it\'s"'),
        ("d: 'don't' and 'won't'", "d: \"'don't' and 'won't'\""),
        (r'd: "C:\path"', r"d: 'C:\path'"),
        (r"d: it's in: C:\path", r"d: 'it''s in: C:\path'"),
        ("d: 説明: これは", 'd: "説明: これは"'),
        ("d: a: b  # keep short", 'd: "a: b"  # keep short'),
        ("d: a: b, fixed in #12", 'd: "a: b, fixed in #12"'),
        ("d: a: `# b` is code", 'd: "a: `# b` is code"'),
        ("m:\n  d: a: b\n  e: f", 'm:\n  d: "a: b"\n  e: f'),
        ("d: PR #54", 'd: "PR #54"'),
        ("d: PR # 54", 'd: "PR # 54"'),
        ("d: fixed (issue #1) # 2", 'd: "fixed (issue #1) # 2"'),
        ("d: ask in #general", 'd: "ask in #general"'),
        ("name: x #general", 'name: "x #general"'),
        ("d: two\n  lines #1 here", 'd: "two\n  lines #1 here"'),
        ("d:\n  - one #1\n  - two", 'd:\n  - "one #1"\n  - two'),
        ("d: a: b #1\ne: c #2", 'd: "a: b #1"\ne: "c #2"'),
        ("# top #1\nd: a: b\n\n# end", '# top #1\nd: "a: b"\n\n# end'),
        (
            "d: a: b\ne: |\n  f: g: h\n  `i`\nj: >-\n  k: l",
            'd: "a: b"\ne: |\n  f: g: h\n  `i`\nj: >-\n  k: l',
        ),
    ],
)
def test_the_value_is_put_in_quotes_and_nothing_else_changes(line: str, after: str) -> None:
    assert block_of(fixed(document_of(line))) == after
    assert yaml.load(after, Loader=yaml.CBaseLoader)  # noqa: S506  # makes only text
    again = document_of(after)
    assert fixed(again) == again.source


@pytest.mark.parametrize(
    "line",
    [
        'd: "never closed',
        "d: 'tis the season",
        "d: '",
        'd: "one" and two"',
        r'd: "say \"hello\" in C:\path"',
        "d: 'one''s' two",
        "d: goes on: in\n  the next line",
        "d: [one, two",
        "d: [a: b: c]",
        "d: {a, b: c: d}",
        "d:e\nf: g: h",
        "d: a: b\n  e: f",
        "d: a: b\n\te: f",
        "- d: a: b\ne: f",
        "d: a: b\n...\ne: f",
        "d: a: b\ne: \x07",
    ],
)
def test_what_is_not_certain_is_left_alone(line: str) -> None:
    document = document_of(line)
    assert document.front_matter is None or document.front_matter.problem
    assert fixed(document) in {None, document.source}


@pytest.mark.parametrize(
    "line",
    [
        "d: text  # one of these",
        "d: # to be written",
        "type: project #user|feedback",
        'd: "PR #54"',
        "d: 'PR' #54",
        "d: [a, b] #1",
        "d: [a #1\n ]",
        "d: |\n  PR #54",
        "d: C# and F#",
        "d: a#1",
        "# PR #54\nd: e",
        "d: https://example.com/#54",
    ],
)
def test_what_is_no_cut_value(line: str) -> None:
    document = document_of(line)
    assert document.front_matter
    assert document.front_matter.problem is None
    found = misreading(document.source, document.front_matter)
    assert not found or not found.cut


def test_line_ends_mark_and_the_missing_last_line_end_stay() -> None:
    document = parse("a.md", b"\xef\xbb\xbf---\r\nname: a: b\r\nx: PR #1\r\n---")
    assert fixed(document) == b'\xef\xbb\xbf---\r\nname: "a: b"\r\nx: "PR #1"\r\n---'


def test_each_alone_mends_its_own_beside_the_others() -> None:
    document = document_of("a: b: c\nd: PR #1\ne: `f`")
    found = misreading(document.source, document.front_matter)
    assert found
    assert [value.key for value in found.broken] == ["a", "e"]
    assert [value.key for value in found.cut] == ["d"]
    assert block_of(with_quotes(document, found, found.cut)) == 'a: b: c\nd: "PR #1"\ne: `f`'
    assert block_of(with_quotes(document, found, found.broken)) == 'a: "b: c"\nd: PR #1\ne: "`f`"'


def test_what_is_not_utf8_is_not_mended() -> None:
    document = parse("a.md", b"---\nname: a: b\n---\n\xff\n")
    assert fixed(document) is None


# --- Laws ---

TEXT = st.text(
    st.one_of(
        st.sampled_from(": #'\"`[]{}@*&!|>%-,?\\ abc1"),
        st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufeff"),
    ),
    min_size=1,
    max_size=30,
).map(str.strip)
PARTS = [
    "note:",
    "a: b",
    "#12",
    "`code`",
    '"said"',
    "it's",
    "'so'",
    "(see",
    "#3)",
    "[x](y)",
    "@ann",
    "C:\\x",
    "目次",
    "two",
]
SENTENCES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(" ".join)
MAPPINGS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True), st.one_of(SENTENCES, TEXT), min_size=1, max_size=4
)
EOLS = st.sampled_from(["\n", "\r\n"])
BOMS = st.sampled_from(["", "\ufeff"])


@given(MAPPINGS, EOLS, BOMS)
def test_mended_front_matter_is_valid_and_says_what_was_written(
    mapping: dict[str, str], eol: str, bom: str
) -> None:
    document = document_of("\n".join(f"{key}: {value}" for key, value in mapping.items()), eol=eol, bom=bom)
    found = misreading(document.source, document.front_matter)
    after = fixed(document)
    if not found or not after:
        return
    read = frontmatter.read(after)
    assert read
    assert read.problem is None
    for key, text in mapping.items():
        if key not in {value.key for value in (*found.broken, *found.cut)}:
            assert read.fields[key] == frontmatter.read_yaml(f"k: {text}")[0]["k"]
    for value in (*found.broken, *found.cut):
        assert read.fields[value.key] == value.meant
        assert value.meant
        assert value.meant in mapping[value.key] or value.meant == mapping[value.key].strip("'\"")
    assert fixed(parse("a.md", after)) == after


@given(MAPPINGS, EOLS, BOMS)
def test_not_a_byte_outside_the_values_changes(mapping: dict[str, str], eol: str, bom: str) -> None:
    document = document_of("\n".join(f"{key}: {value}" for key, value in mapping.items()), eol=eol, bom=bom)
    found = misreading(document.source, document.front_matter)
    after = fixed(document)
    if not found or not after:
        return
    values = sorted((*found.broken, *found.cut), key=lambda value: value.start)
    spans = [found.span(value.start, value.end) for value in values]
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(document.source)]
    at = 0
    for number, (start, end) in enumerate(pairwise(edges)):
        piece = document.source[start:end] if number % 2 == 0 else values[number // 2].quoted.encode()
        assert after.startswith(piece, at)
        at += len(piece)
    assert at == len(after)


@given(st.text(st.sampled_from("-?:[]{}&*!|>'\"%@`#, \n\tab1"), max_size=60))
def test_any_block_is_mended_for_good_or_not_at_all(block: str) -> None:
    document = document_of(block)
    after = fixed(document)
    if after is not None:
        assert fixed(parse("a.md", after)) == after


@given(TEXT)
def test_quotes_hold_any_text(text: str) -> None:
    assert yaml.load(f"k: {quote(text)}", Loader=yaml.CBaseLoader) == {"k": text}  # noqa: S506  # makes only text


@given(TEXT)
def test_what_yaml_reads_as_a_quoted_text_is_not_read_otherwise(text: str) -> None:
    meant = unquoted(quote(text))
    assert meant is None or meant == text


@pytest.mark.parametrize(
    "block",
    [
        "\n".join(f"k{number}: a: b" for number in range(4000)),
        "\n".join(f"k{number}: a #1" for number in range(4000)),
    ],
)
def test_the_parser_is_not_run_for_each_of_thousands_of_values(
    block: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = 0
    read = frontmatter.read_yaml

    def counted(text: str) -> object:
        nonlocal runs
        runs += 1
        return read(text)

    document = document_of(block)
    monkeypatch.setattr(frontmatter, "read_yaml", counted)
    fixed(document)
    assert runs < 200
