import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.plain_text import (
    escaped,
    escaped_around_code,
    first_line,
    hook_of,
    plain_text,
)


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("- [x] **Deploy** on ~~Mondays~~", "Deploy on Mondays"),
        ("## Build", "Build"),
        ("1. see [the notes](notes.md) and `make [x](y)`", "see the notes and `make [x](y)`"),
        ("> quoted <!-- hidden -->", "quoted"),
        ("snake_case stays", "snake_case stays"),
        ("![alt](a.png) text", "alt text"),
        ("- set `h-[72px]` or h-[72px], a[i] and [x]", "set `h-[72px]` or h-[72px], a[i] and [x]"),
        ("- `__init__` and `**kwargs`", "`__init__` and `**kwargs`"),
        ("- [[Deploy notes]], [[deploy|how]], [a][b]", "Deploy notes, how, a"),
    ],
)
def test_markup_is_removed_and_code_stays(line: str, plain: str) -> None:
    assert plain_text(line) == plain


@pytest.mark.parametrize(
    ("text", "hook"),
    [
        ("- [Build](build.md) — run make test before every push\n", "run make test before every push"),
        ("Full report: `x.md`\n\nThe cache key holds the locale.\n", "The cache key holds the locale."),
        ("## One\n\n## Two\n", "One, Two"),
        ("", ""),
    ],
)
def test_the_hook_is_what_says_most(text: str, hook: str) -> None:
    document = parse("a.md", ("\n" + text).encode())
    assert hook_of(document, Span(0, len(document.source))) == hook


def test_the_first_line_is_without_markup() -> None:
    document = parse("a.md", b"- **a** [b](c.md)\n  more\n")
    assert first_line(document, Span(0, len(document.source))) == "a b"


@given(st.text(alphabet="ab[]\\<>`* ", min_size=1, max_size=12).filter(lambda text: text.strip() == text))
def test_escaped_text_is_the_text_of_a_link(text: str) -> None:
    document = parse("a.md", f"[{escaped(text)}](b.md)\n".encode())
    assert [link.destination for link in document.links] == ["b.md"]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("set `h-[72px]` or a[i]", "set `h-[72px]` or a[i]"),
        ("a * b, 1 < 2, `*.py` and `<b>`", "a \\* b, 1 \\< 2, `*.py` and `<b>`"),
        ("an odd ` mark", "an odd \\` mark"),
        ("[x] [[y]] [^1]", "[x] \\[[y]] \\[^1]"),
    ],
)
def test_code_and_brackets_stay_in_a_line(text: str, markdown: str) -> None:
    assert escaped_around_code(text) == markdown


@given(st.text(alphabet="ab[](){}!\\<>`*^:| ", max_size=14).map(plain_text))
def test_a_text_around_code_makes_no_link(text: str) -> None:
    document = parse("a.md", f"- [t](b.md) - {escaped_around_code(text)}\n".encode())
    assert [link.destination for link in document.links] == ["b.md"]
    assert document.wiki_links == ()
