import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.limits.counted_text import counted_text
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, Profile, claude_auto

PROFILES = {"agent": CLAUDE_AGENT, "auto": CLAUDE_AUTO}
OLD_AUTO = claude_auto("2.1.329")


# Beside each text what the real client, version 2.1.332, loaded of it.
@pytest.mark.parametrize(
    ("source", "loaded"),
    [
        ("[a]: a.md\n- x <!-- c --> y\n", "[a]: a.md\n- x <!-- c --> y"),
        ("- a\n\n[r]: r.md\n<!-- c -->\n[s]: s.md\n\n- b\n", "- a\n\n[r]: r.md\n[s]: s.md\n\n- b"),
        ("[a]: a.md\n\n[a]: b.md\n\n<!-- x -->\n", "[a]: a.md\n\n[a]: b.md"),
        ('[a]: a.md "<!-- t -->"\n- x\n', '[a]: a.md "<!-- t -->"\n- x'),
        ("[a]: a.md\r\n<!-- c -->\r\n- b\r\n", "[a]: a.md\n- b"),
        ("- a\n</details>\n<!-- c -->\n- d\n", "- a\n</details>\n- d"),
        ("- a\n</div>\npara\n<!-- c -->\n- d\n", "- a\n</div>\npara\n- d"),
        ("- a\n</details>\n- b\n<!-- c -->\n> q\n", "- a\n</details>\n- b\n> q"),
        ("3. x\n    code\n</div>\n- a\n <!-- c -->\npara\n", "3. x\n    code\n</div>\n- a\npara"),
        ("- a\n</details><!-- c -->\n- d\n", "- a\n</details><!-- c -->\n- d"),
        ("- a\n<details>\n<!-- c -->\n- d\n", "- a\n<details>\n<!-- c -->\n- d"),
        ("> q\n</div>\n<!-- c -->\nx\n", "> q\n</div>\n<!-- c -->\nx"),
        ("para\n</div>\n<!-- c -->\nx\n", "para\n</div>\n<!-- c -->\nx"),
    ],
)
def test_only_comments_in_html_blocks_at_top_level_are_removed(source: str, loaded: str) -> None:
    assert loaded_view(source.encode(), CLAUDE_AUTO).text == loaded


@pytest.mark.parametrize(
    ("source", "loaded"),
    [
        ("<!-- c -->\n- a\n\n  [x]: in-an-item.md\n- b", "- a\n\n  [x]: in-an-item.md\n- b"),
        ("<!-- c -->\n> [x]: in-a-quote.md", "> [x]: in-a-quote.md"),
        ("<!-- c -->\n- a\n\n[x]: after-a-list.md\n- b", "- a\n\n- b"),
        ("<!-- a --> kept <!-- b\nstill b -->", "kept <!-- b\nstill b -->"),
        ("- a\n<!-- c -->\n   \n- b", "- a\n   \n- b"),
    ],
)
def test_an_older_client_removes_definitions_at_top_level(source: str, loaded: str) -> None:
    assert loaded_view(source.encode(), OLD_AUTO).text == loaded


def test_many_comments_that_never_end_are_all_kept() -> None:
    raw = b"<!-- " * 200_000
    assert loaded_view(raw, CLAUDE_AUTO).units == len(raw.strip())


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


@given(files, st.sampled_from([*PROFILES.values(), OLD_AUTO]))
def test_every_counted_character_is_found_again_in_the_file(raw: bytes, profile: Profile) -> None:
    counted = counted_text(raw, profile)
    assert counted.source == raw.decode("utf-8", "replace").encode()
    before = -1
    for index, character in enumerate(counted.text):
        offset = counted.source_offset(index)
        assert offset > before
        found = counted.source[offset:].decode()[0]
        assert found == character or (found, character) == ("\r", "\n")
        before = offset
