import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import html5lib
import pytest
from domain.report.test_drawing import topics
from domain.report.test_redact import REPORT, STORE
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.domain.report.model import (
    FillPoint,
    NotePlace,
    Report,
    ReportedFinding,
    SimilarNotes,
    StoreReport,
    UnseenEntry,
)
from memoryd.domain.report.redact import redacted
from memoryd.services.report.render import render

ACTIVE = {"script", "img", "iframe", "object", "embed", "link", "base", "form"}
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></svg></textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &#0; &notin",
    "\x00\x07\x1b[2J\x85\u2028\u202e\u200b\ufdd0\ufffe\U0001ffff\udcff\ud800",
    "]]><!-- --><!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
)


def hostile(text: str) -> Report:
    """A report in which every name, path and text is this one."""
    place, finding = NotePlace(text, 1, text), ReportedFinding("L001", "broken-link", "error", text, 1, text)
    found = [replace(each, path=f"{each.path}{text}", broken=(text,)) for each in topics(12, 20)]
    store = replace(
        STORE,
        agent=text,
        store=f"/{text}",
        index_name=f"MEMORY.md{text}",
        unseen=(UnseenEntry(1, text),),
        findings=(finding, replace(finding, path=found[1].path)),
        similar=(SimilarNotes("near", place, place, text),),
        topics=tuple(found),
        compactions=(replace(STORE.compactions[0], outcome=text),),
    )
    return replace(REPORT, stores=(store,), definitions=(finding,))


def problems(page: str) -> list[str]:
    """The errors of an HTML parser."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page)
    return [code for _, code, _ in parser.errors]


def elements(page: str) -> list[tuple[str, dict[str, str]]]:
    """Each element of a page as a browser sees it, with its attributes."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [(each.tag, dict(each.attrib)) for each in tree.iter() if isinstance(each.tag, str)]


def assert_harmless(page: str) -> None:
    assert problems(page) == []
    page.encode()
    for tag, attributes in elements(page):
        assert tag.rpartition("}")[2] not in {
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "form",
        }
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in {"src", "srcset", "style", "action", "srcdoc"}, (tag, name)
            assert name != "href" or value.startswith(("#", "file:///")), value


@pytest.mark.parametrize("text", ATTACKS)
def test_a_hostile_store_is_harmless(text: str) -> None:
    page = render(hostile(text))
    assert_harmless(page)
    assert not re.search("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u200b\u202e\u2028\ufdd0\ufffe\udcff]", page)


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(render(hostile(text)))


def test_the_policy_allows_the_style_of_the_page_and_nothing_else() -> None:
    page = render(REPORT)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', page)
    wanted = ["default-src 'none'", f"style-src 'sha256-{digest}'", "base-uri 'none'", "form-action 'none'"]
    assert policy.replace("&#39;", "'").split("; ") == wanted
    assert "url(" not in style.replace("url(#hatch)", "")
    assert "@import" not in style


def test_every_chart_has_its_table() -> None:
    store = replace(STORE, trend=(FillPoint(1.0, 0.2), FillPoint(5.0, 0.7)))
    page = render(replace(REPORT, stores=(store,)))
    assert page.count("<details>") >= page.count("<figure>") == 4
    assert "<td>1970-01-01" in page
    assert '<td class="n">70 %</td>' in page


def test_an_empty_report_is_a_page() -> None:
    page = render(replace(REPORT, stores=(), definitions=(), has_history=False))
    assert_harmless(page)
    assert "There is no memory store." in page


def test_a_redacted_page_has_no_name(tmp_path: Path) -> None:
    page = render(redacted(hostile(f"canary {tmp_path}")))
    assert "canary" not in page
    assert str(tmp_path) not in page
    assert 'href="file:' not in page


def test_a_file_that_is_not_known_is_no_link() -> None:
    finding = ReportedFinding("L001", "broken-link", "error", "../../etc/passwd", 1, "x")
    page = render(replace(REPORT, stores=(replace(STORE, findings=(finding,)),)))
    assert "../../etc/passwd:1" in page
    assert "passwd" not in "".join(re.findall(r'href="(.*?)"', page))


def large(files: int, links: int) -> StoreReport:
    """A store with long names, findings and unseen entries."""
    found = topics(files, links)
    long = f"feedback_about_{'x' * 20}"
    names = [replace(each, path=f"{long}_{number}.md") for number, each in enumerate(found[1:])]
    lost = ReportedFinding("L004", "unlisted-topic", "warning", "", 1, "x" * 90)
    findings = [replace(lost, path=each.path) for each in names]
    unseen = [UnseenEntry(number, "x" * 110) for number in range(800)]
    return replace(STORE, topics=(found[0], *names), findings=tuple(findings), unseen=tuple(unseen))


@pytest.mark.slow
def test_a_thousand_topics_make_a_small_page() -> None:
    page = render(replace(REPORT, stores=(large(1000, 3000),)))
    assert len(page.encode()) <= 300_000
    assert problems(page) == []


def test_a_hundred_topics_make_a_page_that_is_smaller_in_proportion() -> None:
    assert len(render(replace(REPORT, stores=(large(100, 300),))).encode()) <= 110_000
