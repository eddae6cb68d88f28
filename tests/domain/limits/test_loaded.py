import base64
import gzip
import hashlib
import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.limits.counted_text import counted_text
from memoryd.domain.limits.loaded import LoadedView, displayed, loaded_view
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, OTHERS, Profile, claude_auto
from memoryd.domain.text.utf16 import JS_SPACE, utf16_units

TESTS = Path(__file__).parents[2]
VECTORS_FILE = TESTS / "data" / "load-vectors.json.gz"
ANSWERS: dict[str, list[dict[str, Any]]] = json.loads(gzip.decompress(VECTORS_FILE.read_bytes()))
VECTORS = ANSWERS["2.1.332"]
CHANGED = ANSWERS["2.1.329"]  # what an older client answered to vectors of the same names
PROFILES = {"agent": CLAUDE_AGENT, "auto": CLAUDE_AUTO}
OLD_AUTO = claude_auto("2.1.329")
both_kinds = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)


def as_recorded(view: LoadedView, profile: Profile) -> dict[str, Any]:
    """The view as the vectors put it: what the client sent, split where a warning seemed to begin."""
    attached = profile is CLAUDE_AGENT or not view.empty
    text, warning, rest = view.context.partition("\n\n> WARNING: ")
    return {
        "attached": attached,
        "placeholder": attached and view.empty,
        "loaded_units": utf16_units(text),
        "loaded_lines": text.count("\n") + 1 if attached else 0,
        "loaded_sha256": hashlib.sha256(text.encode()).hexdigest() if attached else None,
        "notice": f"> WARNING: {rest}" if warning else None,
    }


def replay(vector: dict[str, Any], profile: Profile | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what we say, and what the client did."""
    profile = profile or PROFILES[vector["kind"]]
    got = as_recorded(
        loaded_view(zlib.decompress(base64.b64decode(vector["raw_zlib_base64"])), profile), profile
    )
    return got, {key: vector[key] for key in got}


@pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS if vector["tier"] == 1],
    ids=lambda vector: f"{vector['kind']}-{vector['name']}",
)
def test_agrees_with_the_real_client(vector: dict[str, Any]) -> None:
    got, wanted = replay(vector)
    assert got == wanted


@pytest.mark.parametrize(("kind", "total"), [("agent", 80), ("auto", 233)])
def test_agrees_with_the_real_client_on_odd_characters_and_comments(kind: str, total: int) -> None:
    replayed = {v["name"]: replay(v) for v in VECTORS if v["tier"] == 2 and v["kind"] == kind}
    assert [name for name, (got, wanted) in replayed.items() if got != wanted] == []
    assert len(replayed) == total


@pytest.mark.parametrize("vector", CHANGED, ids=lambda vector: str(vector["name"]))
def test_an_older_client_drops_definitions(vector: dict[str, Any]) -> None:
    got, wanted = replay(vector, OLD_AUTO)
    assert got == wanted
    got, wanted = replay(vector)
    assert got != wanted


@pytest.mark.parametrize(
    ("version", "drops"),
    [
        *(("2.1.328", True), ("2.1.329", True), ("2.1.329-beta.1", True), ("2.1.330", False)),
        *(("2.1.332", False), ("2.2.0", False), ("10.0.1", False), ("", False), ("nightly", False)),
    ],
)
def test_the_nearest_known_rule_is_used(version: str, *, drops: bool) -> None:
    assert claude_auto(version).drops_definitions is drops


def test_the_vectors_are_those_that_were_measured() -> None:
    measured = TESTS.parent.parent / "shared" / "data"
    if not measured.exists():
        pytest.skip("the measurements lie outside the repository and are not here")
    older = json.loads((measured / "load-vectors.json").read_bytes())
    newer = json.loads((measured / "load-vectors-332.json").read_bytes())
    again = {(vector["kind"], vector["name"]): vector for vector in newer}
    replaced = [v for v in older if again.get((v["kind"], v["name"]), v) != v]
    assert [v for v in older if (v["kind"], v["name"]) not in again] + newer == VECTORS
    assert replaced == CHANGED


# For each profile a file that is loaded whole, and one that is cut, with what is loaded of it: no profile is
# without a row.
LINES = "- x\n" * 400
LONG = ("é" * 199 + "\n") * 400
EXPECTED = {
    "claude-agent": (LINES[:800], LONG, LONG[: 125 * 200 - 1]),
    "claude-auto": (LINES[:800], LONG, LONG[: 125 * 200 - 1]),
    "openclaw": (LONG[:12_000], LONG, LONG[:12_000]),
    "hermes": (LONG[:2_200], LONG, LONG[:2_200]),
    "qwen": (f"---\nk: v\n---\n{LINES[: 4 * 196]}", f"---\nk: v\n---\n{LONG}", None),
    "codex": ("x" * 10_003, "x" * 10_004, f"{'x' * 5_000}…1 tokens truncated…{'x' * 5_000}"),
    "gemini": (LONG, None, None),
    "vscode": (LINES[:800], LINES, LINES[:799]),
    "letta": (LONG, None, None),
    "cline": (LONG, None, None),
    "goose": (LONG, None, None),
}


@pytest.mark.parametrize("profile", [CLAUDE_AGENT, CLAUDE_AUTO, *OTHERS], ids=lambda each: str(each.name))
def test_every_profile_cuts_where_its_source_says(profile: Profile) -> None:
    whole, over, loaded = EXPECTED[profile.name]
    assert loaded_view(whole.encode(), profile).cut_offset is None
    if over is not None:
        view = loaded_view(over.encode(), profile)
        assert view.cut_offset is not None
        assert loaded is None or view.text == loaded


def test_codex_loses_the_middle() -> None:
    (codex,) = (profile for profile in OTHERS if profile.name == "codex")
    text = "".join(f"- line {number:03}{'x' * 89}\n" for number in range(400))  # 100 bytes a line
    view = loaded_view(text.encode(), codex)
    head, _, tail = view.text.partition("…7500 tokens truncated…")
    assert (head, tail) == (text[:5_000], text[-5_000:])
    assert (view.cut_offset, view.resume_offset) == (5_000, len(text) - 5_000)


@pytest.mark.parametrize("letter", ["é", "漢", "🦊", "\u0301"])
def test_codex_cuts_between_characters(letter: str) -> None:
    (codex,) = (profile for profile in OTHERS if profile.name == "codex")
    raw = f"a{letter * 10_000}b".encode()
    view = loaded_view(raw, codex)
    assert view.cut_offset is not None
    assert view.resume_offset is not None
    assert "\ufffd" not in view.text
    assert view.text.startswith(raw[: view.cut_offset].decode())
    assert view.text.endswith(raw[view.resume_offset :].decode())


def test_qwen_counts_front_matter_and_cuts_at_the_end_of_a_line() -> None:
    (qwen,) = (profile for profile in OTHERS if profile.name == "qwen")
    assert loaded_view(f"---\nk: v\n---\n{LINES[: 4 * 197]}y".encode(), qwen).text.count("\n") == 199
    view = loaded_view(("x" * 199 + "\n").encode() * 150, qwen)
    assert (view.text.count("\n") + 1, view.units, view.notice) == (125, 30_000, None)


@both_kinds
def test_200_lines_are_loaded_and_of_201_the_last_is_not(profile: Profile) -> None:
    fits = loaded_view(b"- x\n" * 200, profile)
    over = loaded_view(b"- x\n" * 201, profile)
    assert (fits.lines, fits.notice, fits.cut_offset) == (200, None, None)
    assert (over.lines, over.cut_offset) == (201, 200 * 4 - 1)
    assert over.text == fits.text


@both_kinds
def test_25000_units_are_loaded_and_of_25001_the_last_is_not(profile: Profile) -> None:
    fits = loaded_view(b"x" * 25_000, profile)
    over = loaded_view(b"x" * 25_001, profile)
    assert (fits.units, fits.notice, fits.cut_offset) == (25_000, None, None)
    assert (over.units, over.cut_offset) == (25_001, 25_000)
    assert over.text == fits.text


def test_the_context_of_a_cut_file_ends_with_the_notice_after_a_blank_line() -> None:
    view = loaded_view(b"- one\n- two\n", replace(CLAUDE_AGENT, max_lines=1))
    assert view.context == (
        "- one\n\n> WARNING: MEMORY.md is 2 lines (limit: 1). Only part of it was loaded: "
        '1 of 2 lines were cut off, starting at line 2 ("- two"). '
        "Keep index entries to one line under ~200 chars; move detail into topic files."
    )


def test_the_notice_names_the_file_and_the_limits_of_the_profile() -> None:
    view = loaded_view(b"x" * 3000, replace(CLAUDE_AGENT, index_name="NOTES.md", max_units=2048))
    assert view.notice is not None
    assert "NOTES.md is 2.9KB (limit: 2KB)" in view.notice
    assert "after the first 2048 characters of line 1" in view.notice


@pytest.mark.parametrize("raw", [b"", b"\n \t\n", b"\xef\xbb\xbf", b"\xc2\xa0"])
def test_an_empty_file_is_announced_to_agents_only(raw: bytes) -> None:
    agent = loaded_view(raw, CLAUDE_AGENT)
    auto = loaded_view(raw, CLAUDE_AUTO)
    assert agent.text == (
        "Your MEMORY.md is currently empty. When you save new memories, they will appear here."
    )
    assert auto.text == ""
    for view in (agent, auto):
        assert (view.empty, view.lines, view.units, view.cut_offset) == (True, 0, 0, None)


def test_an_auto_index_of_4_mib_is_loaded_and_a_larger_one_not_at_all() -> None:
    limit = 4 * 1024 * 1024
    line = b"- a line of 16 b\n"[1:]
    fits = loaded_view(line * (limit // 16), CLAUDE_AUTO)
    over = loaded_view(line * (limit // 16) + b"x", CLAUDE_AUTO)
    assert fits.cut_offset == 200 * 16 - 1
    assert (over.text, over.notice, over.empty, over.cut_offset) == ("", None, False, 0)
    assert over.lines == limit // 16 + 1
    assert loaded_view(line * (limit // 16) + b"x", CLAUDE_AGENT).text == fits.text.strip()


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("- é\n- 漢\n- cut", "- é\n- 漢"),
        ("\ufeff\n\n  - é\n- 漢\n- cut", "\ufeff\n\n  - é\n- 漢"),
        ("---\nname: é\n---\n\n- a\n- b\n- cut", "---\nname: é\n---\n\n- a\n- b"),
        ("\ufeff---\nk: v\n---\n- a\n- b\n- cut", "\ufeff---\nk: v\n---\n- a\n- b"),
        ("- a\r\n- b\r\n- cut", "- a\r\n- b\r"),
        ("<!-- é -->\r\n- a\r\n- b\r\n- cut", "<!-- é -->\r\n- a\r\n- b"),
        ("- a\n<!-- one\n\ntwo -->\n- b\n- cut", "- a\n<!-- one\n\ntwo -->\n- b"),
        ("- a\n<!-- é --> 漢\n- cut", "- a\n<!-- é --> 漢"),
        ("- a\n- b\n<!-- after the cut -->\n- cut", "- a\n- b"),
        ("[é]: a.md\n- [é]\n<!-- c -->\n- cut", "[é]: a.md\n- [é]"),
    ],
)
def test_the_cut_is_found_again_in_the_file(source: str, after: str) -> None:
    view = loaded_view(source.encode(), replace(CLAUDE_AUTO, max_lines=2))
    assert view.cut_offset is not None
    assert source.encode()[: view.cut_offset].decode() == after


def test_a_hard_cut_between_the_halves_of_a_character_falls_before_it() -> None:
    view = loaded_view("\ufeff é😀b".encode(), replace(CLAUDE_AGENT, max_units=2))
    assert (view.text, view.cut_offset) == ("é", len("\ufeff é".encode()))


def test_offsets_count_in_the_replaced_text_of_an_undecodable_file() -> None:
    view = loaded_view(b"\xff\n- b", replace(CLAUDE_AGENT, max_lines=1))
    assert (view.text, view.cut_offset) == ("\ufffd", len("\ufffd".encode()))


PIECES = [b"- entry", b"para", b"\n", b"\n\n", b"\r\n", b"\r", b" ", b"  ", b"    ", b"\t", b"---\n", b"> "]
PIECES += [
    b"<!-- c -->",
    b"<!--",
    b"-->",
    b"<div>",
    b"```\n",
    b"[a]: b.md",
    b"[c]:\n <d>\n 'e'",
    b"| a |\n|---|\n",
]
PIECES += [
    b"\xff",
    b"\0",
    b"\x1b",
    "é😀\u200d\u200b\u2028\ufeff\u00a0".encode(),
    b"</tick>",
    b"[^1]: note",
    b"===",
]
files = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=40).map(b"".join)
limits = st.builds(
    lambda profile, lines, units: replace(profile, max_lines=lines, max_units=units),
    st.sampled_from([*PROFILES.values(), OLD_AUTO]),
    st.integers(1, 12),
    st.integers(1, 60),
)


@given(files, limits)
def test_a_text_is_cut_exactly_where_it_is_over_a_limit(raw: bytes, profile: Profile) -> None:
    view = loaded_view(raw, profile)
    assert profile.max_lines is not None
    assert profile.max_units is not None
    fits = view.lines <= profile.max_lines and view.units <= profile.max_units
    assert (view.cut_offset is None) == (view.notice is None) == fits
    assert view.context.startswith(view.text)


@given(files, limits)
def test_what_is_loaded_fits_both_limits(raw: bytes, profile: Profile) -> None:
    counted = counted_text(raw, profile)
    view = loaded_view(raw, profile)
    offsets = [counted.source_offset(index) for index in range(len(counted.text))]
    loaded = counted.text
    if view.cut_offset is not None:
        loaded = loaded[: offsets.index(view.cut_offset)]
    assert profile.max_lines is not None
    assert profile.max_units is not None
    assert loaded.count("\n") < profile.max_lines
    assert utf16_units(loaded) <= profile.max_units


@given(files, st.integers(1, 12), st.integers(1, 60))
def test_an_agent_sees_the_start_of_the_file_up_to_the_cut(raw: bytes, lines: int, units: int) -> None:
    view = loaded_view(raw, replace(CLAUDE_AGENT, max_lines=lines, max_units=units))
    if view.cut_offset is not None:
        source = raw.decode("utf-8", "replace").encode()
        start = source[: view.cut_offset].decode().removeprefix("\ufeff").lstrip(JS_SPACE)
        assert displayed(start + "\n") == view.text + "\n"


AUTO_LINES = [
    "<!-- a note -->",
    "<!-- two\n\nlines -->",
    "",
    "  more 漢",
    "[ref{}]: x.md",
    "é😀 {} prose",
    "- [T{}](t.md)",
]


@given(
    st.lists(st.sampled_from(AUTO_LINES), max_size=40),
    st.sampled_from(["", "---\nname: é\n---\n", "\ufeff---\nk: v\n---\n\n", "\ufeff"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 20),
)
def test_of_auto_memory_the_entries_before_the_cut_are_the_loaded_ones(
    lines: list[str], start: str, line_end: str, max_lines: int
) -> None:
    body = "\n".join([f"{line.format(number)}\n- entry {number:03}" for number, line in enumerate(lines)])
    raw = (start + body).replace("\n", line_end).encode()
    view = loaded_view(raw, replace(CLAUDE_AUTO, max_lines=max_lines))
    for number in range(len(lines)):
        entry = f"- entry {number:03}"
        before_the_cut = view.cut_offset is None or raw.index(entry.encode()) < view.cut_offset
        assert (entry in view.text) == before_the_cut
