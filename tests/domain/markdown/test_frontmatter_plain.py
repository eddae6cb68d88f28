"""The plainest front matter is read without YAML, and means the same."""

import re

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from memoryd.domain.markdown.frontmatter import _flatten, _read_plain

SCALARS = (
    "a|true|null|~|1_000|2026-01-01|<<|=|a-b|- |a - b|é|—|…|a b || |'a'|\"|#| # c|a#b|:|a: b|[x]|{}|*a|&a|!t"
    "|>|%|a,b|\t|\r|\x85|\u2028|0x1F|yes|a.|...|---|(x)|a/b|a;b|a?|?"
)
words = st.sampled_from([*SCALARS.split("|"), "|"])
lines = st.builds(
    "{}{}{}{}\n".format,
    st.sampled_from(["", "  ", " ", "    "]),
    st.sampled_from(["name", "type", "a-b", "_x", "on", "metadata", "1", "-", "é", "a b", ""]),
    st.sampled_from([":", ": ", ":  ", " : ", ""]),
    st.lists(words, max_size=3).map("".join),
)


def as_yaml(text: str) -> dict[str, str]:
    value = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  # makes only str, list and dict
    assert isinstance(value, dict)
    return dict(_flatten(value))


@given(st.lists(lines, min_size=1, max_size=5).map("".join))
@example("name: a\nmetadata:\n  type: x\n  node: y\nlast: b\n")
@example("a:\n  b: c\na: x\n")
@example("a.b: x\na:\n  b: c\n")
def test_what_is_read_plainly_is_what_yaml_says(text: str) -> None:
    fields = _read_plain(text)
    if fields:
        assert fields == as_yaml(text)


def test_usual_front_matter_is_plain() -> None:
    text = "name: deploy\ndescription: how we ship, and when — on Mondays\nmetadata:\n  type: project\n"
    assert _read_plain(text) == as_yaml(text)
    assert re.fullmatch(r"\{…\}", _read_plain(text)["metadata"])
