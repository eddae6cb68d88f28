"""Faults of front matter that hide it: planted in every form, and forms that are right."""

import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.frontmatter_faults import glued_keys, late, repeated_keys, unclosed

KEYS = "---\nname: deploy\ndescription: how we ship\n"


def repeated(text: str) -> list[str]:
    document = parse("a.md", text.encode())
    assert document.front_matter
    return [each.key for each in repeated_keys(document.source, document.front_matter)]


@pytest.mark.parametrize(
    ("block", "keys"),
    [
        ("name: a\nname: b\n", ["name"]),
        ("name: a\ndescription: x\nname: a\n", ["name"]),
        ('name: a\n"name": b\n', ["name"]),
        ("name: a\nname: b\nname: c\n", ["name", "name"]),
        ("metadata:\n  type: user\n  type: project\n", ["type"]),
        ("metadata:\n  type: user\nname: a\nmetadata:\n  type: project\n", ["metadata"]),
        ("metadata: {type: user, type: project}\n", ["type"]),
        ("имя: а\nимя: б\nname: x\n", ["имя"]),
        ("名前: a\n名前: b\n", ["名前"]),
        ("name: a\ndescription: Deploys: on Mondays\nname: b\n", ["name"]),  # not valid YAML
        ("tags: [a]\ntags:\n  - b\n", ["tags"]),
        ("links:\n  - a: 1\n    a: 2\n", ["a"]),
    ],
)
def test_a_key_that_occurs_twice_is_found(block: str, keys: list[str]) -> None:
    for text in (f"---\n{block}---\nText\n", f"\ufeff---\n{block}---\nText\n".replace("\n", "\r\n")):
        assert repeated(text) == keys


@pytest.mark.parametrize(
    "block",
    [
        "type: user\nmetadata:\n  type: user\n",
        "name: a\ndescription: |\n  name: b\n  name: c\n",
        "a:\n  x: 1\nb:\n  x: 2\n",
        "links:\n  - a: 1\n  - a: 2\n",
        'description: "name: a, name: b"\nname: c\n',
        "name: a\nName: b\n",
        "# name: old\nname: a\n",
        "base: &b {x: 1}\none: {<<: *b, y: 2}\ntwo: {<<: *b, y: 3}\n",
    ],
)
def test_keys_of_different_mappings_and_texts_are_not_repeated(block: str) -> None:
    assert repeated(f"---\n{block}---\nText\n") == []


@pytest.mark.parametrize(
    ("text", "line", "is_certain"),
    [
        (f"{KEYS}\nText\n", 3, True),
        (f"{KEYS}# Title\n\nText\n", 3, True),
        (f"{KEYS}", 3, True),
        (f"{KEYS}...\nText\n", 3, True),
        (f"{KEYS}----\nText\n", 3, True),
        (f"{KEYS}--\nText\n", 3, True),
        (f"{KEYS}———\nText\n", 3, True),
        (f"{KEYS} ---\nText\n", 3, True),
        (f"{KEYS}***\nText\n", 3, True),
        (f"{KEYS}Text without a blank line\n", 3, False),
        ("---\nname: a\nmetadata:\n  type: user\n\nText\n", 4, True),
        ("---\nname: a\ndescription: >\n  two\n  lines\n\nText\n", 5, True),
        ("---\nname: a\ntags:\n- x\n- y\n\nText\n", 5, True),
        ("---\nname: a\n\ntype: user\n\nText: more\n", 4, True),
        ("---\nname: a\ndescription: b: c\n\nText\n", 3, False),  # not valid YAML either
        ("---\ntitle: a\n\nText\n", 2, True),
        ("---\nowner: ann\narea: shop\n\nText\n", 3, True),
        (f"{KEYS}\nText\n\n---\n\nMore\n", 3, True),  # a line further down closes it
        (f"{KEYS}\n# Title\n\nSome text.\nmore\n---\n", 3, False),  # which underlines a heading
    ],
)
def test_front_matter_without_end_is_found(text: str, line: int, *, is_certain: bool) -> None:
    for form in (text, "\ufeff" + text.replace("\n", "\r\n")):
        document = parse("a.md", form.encode())
        found = unclosed(document.source, document.front_matter)
        assert found
        assert document.source[: found.end].count(b"\n") == line
        assert found.is_certain == is_certain


@pytest.mark.parametrize(
    "text",
    [
        f"{KEYS}---\nText\n",
        f"{KEYS}---",
        f"{KEYS}# a comment\n---\nText\n",
        "---\nNote: a sentence between thematic breaks\n",
        "---\n\nText\n",
        "---\nSome text\n",
        "---\nHint: one\nText\n",
        "Text\n---\nname: a\n",
        "----\nname: a\n\nText\n",
        "---\n- name: a\n\nText\n",
        "---\nhttps://example.com\n",
        "---\nname: a: b\n---\nText\n",
        "",
    ],
)
def test_other_starts_are_not_unclosed(text: str) -> None:
    document = parse("a.md", text.encode())
    assert unclosed(document.source, document.front_matter) is None


@pytest.mark.parametrize("blank", ["\n", "\n\n", " \n", "\r\n"])
def test_blank_lines_above_hide_front_matter(blank: str) -> None:
    found = late(f"{blank}{KEYS}---\nText\n".encode())
    assert found == (0, len(blank))


@pytest.mark.parametrize(
    "text", [f"{KEYS}---\n", f"Text\n{KEYS}---\n", "\n---\nText\n---\n", "\n---\nNote: x\n---\n"]
)
def test_what_is_in_place_or_is_none_is_not_late(text: str) -> None:
    assert late(text.encode()) is None


def test_keys_without_a_space_are_text_for_yaml() -> None:
    assert len(glued_keys(b"---\nname:deploy\ndescription:how we ship\n---\nText\n")) == 2
    assert glued_keys(b"---\nname: deploy\ndescription:x\n---\n") == []
    assert glued_keys(b"---\nhttps://example.com\n---\n") == []
    assert glued_keys(b"Text\n") == []
