import json
import re

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.text.escape import json_line, json_text, visible, visible_line, without_commands

_NASTY = st.sampled_from([
    "\x1b[2J", "\x9b31m", "\x7f", "\x85", "\r", "\n", "\t", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b",
    "\u200d\u200d", "\ufeff", "\U000e0041", "\U000e0100", "\ufe0f\ufe0f", "\ud800", "\udcff", "\uffff", "::",
    "##[add-mask]", "##vso[a]", "##teamcity[b]", "#", "\\", '"', " ", "\u3000", "::error::x",
    "\u00ad", "\u3164",
])  # fmt: skip
hostile = st.lists(_NASTY | st.characters(exclude_categories=()) | st.text(max_size=4), max_size=8).map(
    "".join
)
_MARK = re.compile(r"(?i)##(vso|teamcity)?\[")
FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)


@given(hostile)
def test_escaped_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    assert not FORBIDDEN.search(visible(text))
    assert visible(text).count("\n") == text.count("\n")
    assert visible(visible(text)) == visible(text)
    visible(text).encode()


@given(hostile)
def test_one_line_is_one_line(text: str) -> None:
    line = visible_line(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line
    assert not FORBIDDEN.search(line)
    assert visible_line(line) == line


# JSON reads a high and a low half as one character; Python alone tells them apart
written = hostile.map(lambda text: re.sub(r"[\ud800-\udbff]", "", text))


@given(st.recursive(written, lambda inner: st.lists(inner) | st.dictionaries(written, inner), max_leaves=5))
def test_json_reads_as_what_was_written(value: object) -> None:
    for text in (json_text(value), json_line(value)):
        assert json.loads(text) == json.loads(json.dumps(value))  # which joins two halves of a pair
        assert not FORBIDDEN.search(text)
        assert not _MARK.search(text)
    assert "\n" not in json_line(value)


@given(hostile)
def test_no_line_is_a_workflow_command(text: str) -> None:
    shown = without_commands(visible(text))
    assert not _MARK.search(shown)
    assert not [line for line in shown.split("\n") if line.strip().startswith("::")]


def test_people_s_text_is_left_alone() -> None:
    for text in (
        "“é” – 一 \U0001f600",
        "שלום",
        "👩\u200d👧",
        "❤\ufe0f",
        "نمی\u200cخواهم",
        "C:\\x",
        "a::b: # [x]",
    ):
        assert without_commands(visible_line(text)) == visible(text) == text
    assert visible_line("a\tb\nc\x1b[0m\u202e\udce9") == r"a\tb\nc\x1b[0m\u202e\udce9"
    assert visible("a\tb\nc\r\n") == "a\tb\nc\\r\n"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | hostile,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile, inner, max_size=3),
    max_leaves=12,
)


@given(_VALUES)
def test_json_is_laid_out_as_the_library_does_it(value: object) -> None:
    plain = json.dumps(value, ensure_ascii=False, indent=2)
    text = json_text(value)
    assert json.loads(text) == json.loads(json.dumps(value))  # which joins two halves of a pair
    assert text.count("\n") == plain.count("\n") + 1
    if visible(plain) == plain and "#" not in plain:  # nothing to escape
        assert text == f"{plain}\n"
