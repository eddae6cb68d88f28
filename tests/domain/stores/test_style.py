import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.frontmatter import read
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.plain_text import hook_of, plain_text
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import lone_store
from memoryd.domain.stores.style import FrontMatterForm, Style, stem_of, style_of
from memoryd.domain.text.phrases import shorten

STYLE = Style("-", "—", "-", FrontMatterForm.FLAT, "\n")


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("PCG API Key Facts (UE 5.5)", "pcg-api-key-facts-ue-5-5"),
        ("AIK Architecture (plans/research/deep-dive.md)", "aik-architecture"),
        ("C++ rules", "cpp-rules"),
        ("認証 の設計", "認証-の設計"),
        ("🎉", "section"),
        ("snake_case_name", "snake-case-name"),
    ],
)
def test_stems_read_like_the_title(title: str, stem: str) -> None:
    assert stem_of(title, STYLE) == stem


@given(st.text(max_size=300))
def test_stems_are_short_plain_file_names(title: str) -> None:
    stem = stem_of(title, STYLE)
    assert 0 < len(stem) <= 60
    assert not set(stem) & set("/\\\0. ")


@given(st.text(max_size=400), st.integers(0, 200))
def test_shortening_keeps_within_the_limit(text: str, most: int) -> None:
    assert len(shorten(text, most)) <= most


@given(st.text(max_size=100), st.sampled_from([FrontMatterForm.FLAT, FrontMatterForm.NESTED]))
def test_front_matter_is_valid_yaml_that_says_the_same(description: str, form: FrontMatterForm) -> None:
    text = replace(STYLE, form=form).topic("a-b", description, "body\n")
    front_matter = read(text.encode(errors="replace"))
    assert front_matter is not None
    assert front_matter.problem is None
    assert front_matter.type == "reference"
    said = description.encode(errors="replace").decode()
    if said.isprintable() and said.strip():
        assert front_matter.fields["description"].strip() == said.strip()


@pytest.mark.parametrize("description", ["[" * 140, "{[" * 70, "a [b] " * 25])
def test_a_description_of_brackets_can_be_read_again(description: str) -> None:
    front_matter = read(STYLE.topic("a-b", description, "body\n").encode())
    assert front_matter is not None
    assert front_matter.problem is None


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("- [Deploy](deploy.md) — how", "Deploy — how"),
        ("* **bold** and `code`", "bold and `code`"),
        ("  1. [x] done", "done"),
        ("- [ ] to do", "to do"),
        ("> said <!-- aside -->", "said"),
    ],
)
def test_plain_text_drops_markup_and_keeps_words(line: str, plain: str) -> None:
    assert plain_text(line) == plain


def test_a_hook_passes_over_lines_that_only_name_a_file() -> None:
    document = parse(
        "MEMORY.md", b"## A\n- Full report: `plans/research/x.md`\n- retries need a backoff of two seconds\n"
    )
    assert hook_of(document, Span(0, len(document.source))) == "retries need a backoff of two seconds"


@pytest.mark.parametrize("piece", ["[", "![", "<!--", "](", "**", "`", "(a/", "- [ ] "])
def test_hostile_lines_are_read_only_at_their_beginning(piece: str) -> None:
    line = piece * 300_000  # quadratic patterns would take hours
    assert len(plain_text(line)) <= 1000
    assert len(stem_of(line, STYLE)) <= 60
    document = parse("MEMORY.md", b"## A\n- " + line.encode()[:100_000] + b"\n")
    assert len(hook_of(document, Span(0, len(document.source)))) <= 1000


def test_the_hook_of_a_section_of_sections_names_them() -> None:
    document = parse("MEMORY.md", b"## A\ntext\n### One thing\nx\n### Another\ny\n")
    assert hook_of(document, Span(0, len(document.source))) == "One thing, Another"


def test_links_that_do_not_end_cost_no_more_than_their_number() -> None:
    def cost(count: int) -> float:
        index = parse("MEMORY.md", b"- " + b"[a](" * count + b"\n")
        snapshot = Snapshot(store=lone_store("/x"), documents={"MEMORY.md": index})
        began = time.process_time()
        style_of(snapshot)
        return time.process_time() - began

    cost(500)
    assert cost(32_000) < 8 * max(cost(8_000), 0.005)
