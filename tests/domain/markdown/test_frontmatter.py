from collections.abc import Mapping

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import FrontMatter

FLAT = "---\nname: deploy\ndescription: how we ship\ntype: project\n---\nText\n"
NESTED = FLAT.replace("type: project", "metadata:\n  node_type: memory\n  type: project")


def read(text: str) -> FrontMatter:
    found = frontmatter.read(text.encode())
    assert found is not None
    return found


def fields(block: str) -> Mapping[str, str]:
    return read(f"---\n{block}\n---\nText\n").fields


def test_both_generations_have_a_type() -> None:
    assert read(FLAT).type == read(NESTED).type == "project"
    assert read(FLAT).fields == {"name": "deploy", "description": "how we ship", "type": "project"}
    assert read(NESTED).fields["metadata"] == "{…}"
    assert read(NESTED).fields["metadata.node_type"] == "memory"


@pytest.mark.parametrize("text", [FLAT, NESTED])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_byte_order_mark_and_line_ends_change_nothing(text: str, bom: str, eol: str) -> None:
    found = read(bom + text.replace("\n", eol))
    assert found.fields == read(text).fields
    assert found.problem is None
    assert found.span.start == len(bom.encode())
    document = parse("a.md", (bom + text.replace("\n", eol)).encode())
    assert document.source[document.body :].decode() == f"Text{eol}"


def test_the_last_fence_may_end_the_file() -> None:
    assert read("---\nname: x\n---").span.end == len("---\nname: x\n---")


def test_fences_may_have_blanks_behind_them() -> None:
    assert read("--- \nname: x\n---\t\nText").fields == {"name": "x"}


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        ("tags: [a, b]", {"tags": "[…]"}),
        ("tags:\n  - a\n  - b", {"tags": "[…]"}),
        ("a: {b: c, d: [e], f: {g: h}}", {"a": "{…}", "a.b": "c"}),
        ("a: 010\nb: yes\nc: 2026-02-03", {"a": "010", "b": "yes", "c": "2026-02-03"}),
        ("a: ~\nb:", {"a": "~", "b": ""}),
        ("a: |\n  one\n  two", {"a": "one\ntwo\n"}),
        ("a: one # two", {"a": "one"}),
        ('"a b": "c\\n"', {"a b": "c\n"}),
    ],
)
def test_values_of_every_kind(block: str, wanted: dict[str, str]) -> None:
    assert fields(block) == wanted


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("description: Deploys: on Mondays", "Deploys: on Mondays"),
        ("description: `make` ships it", "`make` ships it"),
        ('description: "quoted" and more', '"quoted" and more'),
        ("description: @ann said so", "@ann said so"),
        ("description: *starred", "*starred"),
        ("description: 'it's'", "it's"),
        ("description: one: two # three", "one: two # three"),
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_invalid_yaml_is_read_line_by_line(line: str, value: str, eol: str) -> None:
    text = eol.join(["---", "name: deploy", line, "metadata:", "  type: user", "---", "Text", ""])
    found = read(text)
    assert found.problem
    assert found.fields == {"name": "deploy", "description": value, "metadata": "", "metadata.type": "user"}
    assert found.type == "user"
    document = parse("a.md", text.encode())
    assert document.raw == document.source == text.encode()
    assert document.source[document.body :] == f"Text{eol}".encode()


def test_a_problem_names_the_line_of_the_file() -> None:
    assert "(line 3)" in (read("---\nname: x\ndescription: a: b\n---\n").problem or "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Text\n",
        "---\nSome prose.\n---\nMore prose.\n",
        "---\n\nSome prose, quite long\nand `code`: yes.\n\n---\n",
        "---\n- a list\n- of things\n---\n",
        "----\nname: x\n----\n",
        "---\nname: x\n",
        "\n---\nname: x\n---\n",
        " ---\nname: x\n---\n",
        "---\nname: x\n ---\n",
        "--- name: x\n---\n",
    ],
)
def test_what_is_no_front_matter(text: str) -> None:
    assert frontmatter.read(text.encode()) is None


def test_a_thematic_break_in_the_text_does_not_prolong_it() -> None:
    found = read("---\nname: x\n---\nText\n\n---\n\nMore\n")
    assert found.span.end == len("---\nname: x\n---\n")


@pytest.mark.parametrize(
    "hostile",
    [
        "a: " + "[" * 50_000,
        "a: " + "{a: " * 20_000,
        "? " * 30_000,
        "?\t" * 30_000,
        "- " * 30_000,
        "-\t" * 30_000,
        "a:\n" + "\n".join(" " * depth + "- a" for depth in range(2, 300)),
        "a:\n" + "\n".join(" " * depth + "? a" for depth in range(2, 300)),
        "\n".join(" " * depth + "a:" for depth in range(300)),
        "a: &a [x,x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)),
        "a: &a0 [x]\n" + "\n".join(f"b{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)),
        "a: &a [*a]",
        "&a a: *a",
        "? [a]\n: b",
        "? {a: b}\n: c",
        "a: !!python/object/apply:os.system [ls]",
        "a: \x07",
        "a: b\n...\nc: d",
        "a: " + "x" * 70_000,
        "%YAML 9.9",
        "!<tag:x> a: b",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_front_matter_ends_harmlessly(hostile: str) -> None:
    found = read(f"---\nname: x\n{hostile}\n---\nText\n")
    assert found.fields.get("name") == "x"
    assert all(isinstance(value, str) for value in found.fields.values())


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_legal(noise: bytes, inside: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
    raw = b"---\nname: x\n" + noise + b"\n---\nText\n" if inside else noise
    document = parse("a.md", raw)
    assert document.raw == raw
    assert 0 <= document.body <= len(document.source)


@given(st.text(st.sampled_from("-?:[]{}&*!|>'\"%@`#, \n\tab1"), max_size=60))
def test_any_yaml_like_text_is_legal(block: str) -> None:
    found = frontmatter.read(f"---\n{block}\n---\n".encode())
    assert found is None or all(isinstance(value, str) for value in found.fields.values())


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
VALUES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True)
QUOTES = st.sampled_from(["", "'", '"'])


@given(st.dictionaries(KEYS, st.tuples(VALUES, QUOTES), min_size=1, max_size=6))
def test_yaml_and_the_line_reader_agree_on_simple_mappings(mapping: dict[str, tuple[str, str]]) -> None:
    block = "".join(f"{key}: {quote}{value}{quote}\n" for key, (value, quote) in mapping.items())
    wanted = {key: value for key, (value, _) in mapping.items()}
    assert yaml.load(block, Loader=yaml.CBaseLoader) == wanted  # noqa: S506  # makes only text
    assert dict(frontmatter._read_lines(block)) == wanted
    assert fields(block) == wanted


@pytest.mark.parametrize(
    "text",
    [
        f"x: &s {'long ' * 2000}\n" + "".join(f"a{number}: *s\n" for number in range(3000)),
        f"x: &s {'long ' * 2000}\n" + "".join(f"a{number}: {{b: *s}}\n" for number in range(40)),
    ],
)
def test_aliases_do_not_multiply_what_is_kept(text: str) -> None:
    found = frontmatter.read(f"---\n{text}---\n".encode())
    assert found
    assert found.problem == "its aliases make it too large"
    assert sum(map(len, found.fields.values())) < 2 * 64 * 1024


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" * 20,
        "a: &a [*a]\n",
        "a: &a {b: *a}\n",
        "? &a [x]\n: *a\n",
        "a: &a {x: y}\nb:\n  <<: *a\n",
        "a: *missing\n",
    ],
)
def test_odd_aliases_are_read_or_refused(text: str) -> None:
    found = frontmatter.read(f"---\n{text}---\n".encode())
    assert found is None or sum(map(len, found.fields.values())) < 2000
