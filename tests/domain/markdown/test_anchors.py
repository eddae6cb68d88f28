import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.markdown.anchors import slug, slugs
from memoryd.domain.markdown.document import parse

FIXTURES: list[tuple[str, str]] = json.loads(
    gzip.decompress((Path(__file__).parents[2] / "data" / "github-slugs.json.gz").read_bytes())
)
# Letters of Unicode 15 to 18: unassigned, and so dropped, when this was recorded; a newer Python keeps them.
NEWER = dict.fromkeys(
    [
        *(0x105CB, 0x13486, 0x13CB1, 0x18EE3, 0x2EC58, 0x3174F, 0x31F7B, 0x327A6, 0x32FD2),
        *(0x3D338, 0x3DB63, 0x3E38F, 0x3EBBA, 0x3F3E6, 0x3FC11),
    ]
)


def anchors(text: str) -> tuple[str, ...]:
    return parse("MEMORY.md", text.encode()).anchors


def test_headings_are_called_as_github_calls_them() -> None:
    """Recorded on GitHub itself: all headings of one document, in order."""
    wanted = [expected for _, expected in FIXTURES]
    assert (len(wanted), list(slugs(heading.translate(NEWER) for heading, _ in FIXTURES))) == (78, wanted)


@given(st.lists(st.sampled_from(["a", "A", "a 1", "a-1", "a-1-1", "b", "", "!", "a-2"]), max_size=30))
def test_no_two_headings_have_one_anchor(texts: list[str]) -> None:
    found = slugs(texts)
    assert len(set(found)) == len(found) == len(texts)
    assert all(anchor.startswith(slug(text)) for anchor, text in zip(found, texts, strict=True))


def test_many_headings_of_one_name_take_one_step_each() -> None:
    """A search from the start for each of them would not end in time."""
    assert slugs(["a"] * 100_000)[-1] == "a-99999"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# When we *ship* `it`", ("when-we-ship-it",)),
        ("Set\n===\n\nText\n---", ("set", "text")),
        ("# [Deploy](x.md) ![not this](y.png)", ("deploy-",)),
        ("# a <b>c</b> <!-- d --> &amp; é \U0001f680", ("a-c---é-",)),
        ("> # a\n\n- # a\n\n  ## b\n\n1. > ### c", ("a", "a-1", "b", "c")),
        ("| # a |\n|---|\n\n```\n# a\n```\n\n    # a\n\n<!--\n# a\n-->\n\n\\# a", ()),
        ("#a\n\n####### b\n\n#\n\n# ", ("", "-1")),
        ("---\nname: x\n---\n# a", ("a",)),
        ('<a name="x"></a> text <b ID=y>z</b>', ("x", "y")),
        ("<div id='é&amp;'\n>\n</div>", ("é&",)),
        ("<!-- <a id=x> -->\n\n`<a id=x>`\n\n\\<a id=x>", ()),
        ("- <p\n  id=x>", ("x",)),
        ("## When we ship {#when}", ("when-we-ship-when", "when-we-ship", "when")),
        ("## Quand {: #quand .c }\n", ("quand--quand-c-", "quand", "quand")),
        ("Set {#s1}\n===", ("set-s1", "set", "s1")),
        ("## 部署 {#deploy_1}", ("部署-deploy_1", "部署", "deploy_1")),
        ("text\n{: #below}", ("below",)),
        ("[]{#span-id} text", ("span-id",)),
        ("`## a {#b}`\n\n    {#c}\n\n```\n{#d}\n```", ()),
        ("{# a comment of Jinja #} {#}", ()),
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_what_a_fragment_can_lead_to(text: str, wanted: tuple[str, ...], eol: str) -> None:
    assert anchors(text.replace("\n", eol)) == wanted
