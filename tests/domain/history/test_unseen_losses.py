"""Writes from the loaded part of an index file."""

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_updates import unseen_losses
from memoryd.domain.history.versions import GIT, Version

SHOWN = 20  # lines
ANIMALS = [
    "ant",
    "bee",
    "cat",
    "dog",
    "eel",
    "fox",
    "gnu",
    "hen",
    "ibis",
    "jay",
    "kiwi",
    "lynx",
    "mole",
    "newt",
    "owl",
    "pug",
    "quail",
    "ram",
    "seal",
    "toad",
    "urial",
    "vole",
    "wasp",
    "yak",
]
ENTRIES = [f"- fact {number}: the {word} has port {number * 13}" for number, word in enumerate(ANIMALS)]
BEYOND = ENTRIES[SHOWN:]
NEW = "- learned today: backups need the key of Ann"


def cut(raw: bytes) -> int | None:
    lines = raw.split(b"\n")
    return len(b"\n".join(lines[:SHOWN])) if len(lines) > SHOWN else None


def lost(*steps: tuple[float, list[str]], writer: str = "", operation: int | None = None) -> list[list[str]]:
    """The lines of each loss of an index file, from minute and lines of each version."""
    raw = {number: "\n".join(lines).encode() for number, (_, lines) in enumerate(steps, 1)}
    versions = [
        Version(n, minute * 60, "/s", "/s/MEMORY.md", raw[n].hex(), None, None, n)
        for n, (minute, _) in enumerate(steps[:-1], 1)
    ]
    last = len(steps)
    versions.append(
        Version(last, steps[-1][0] * 60, "/s", "/s/MEMORY.md", raw[last].hex(), None, operation, last, writer)
    )
    return [
        list(loss.entries) for loss in unseen_losses(versions, LineReader(lambda each: raw[each.id]), cut)
    ]


def test_a_rewrite_of_what_was_shown_loses_the_rest() -> None:
    assert lost((0, ENTRIES), (300, [*ENTRIES[:SHOWN], NEW])) == [BEYOND]


def test_so_does_one_that_changes_some_of_what_was_shown() -> None:
    changed = [NEW, *ENTRIES[4:12], "- fact 12: the mole has no port", *ENTRIES[14:SHOWN]]
    assert lost((0, ENTRIES), (300, changed)) == [BEYOND]


def test_so_does_the_loaded_text_itself_even_if_the_file_was_once_like_that() -> None:
    assert lost((0, ENTRIES[:SHOWN]), (10, ENTRIES), (20, ENTRIES[:SHOWN])) == [BEYOND]


def test_lines_added_at_the_top_since_the_start_of_a_session_hide_nothing() -> None:
    grown = ["- later: use the queue of Bob", *ENTRIES]
    (found,) = lost((0, ENTRIES), (10, grown), (20, [*ENTRIES[:SHOWN], NEW]))
    assert found == BEYOND


def test_a_new_line_of_the_same_pattern_hides_nothing() -> None:
    new = f"- fact {len(ENTRIES)}: the zebra has port 7"
    assert lost((0, ENTRIES), (300, [*ENTRIES[:SHOWN], new])) == [BEYOND]


def test_who_keeps_a_line_beyond_the_cut_has_read_it() -> None:
    assert lost((0, ENTRIES), (300, [*ENTRIES[:SHOWN], BEYOND[1], NEW])) == []


def test_who_words_one_of_them_differently_has_read_it() -> None:
    assert lost((0, ENTRIES), (300, [*ENTRIES[:SHOWN], f"{BEYOND[1]} and a spare one"])) == []


def test_a_rewrite_of_everything_is_none() -> None:
    assert lost((0, ENTRIES), (300, ["# Memory", "- [Ports](ports.md)", *ENTRIES[:3]])) == []


def test_going_back_to_an_earlier_version_is_none() -> None:
    earlier = [*ENTRIES[:18], "- an older line about the yak"]
    assert lost((0, earlier), (10, ENTRIES), (20, earlier)) == []


def test_a_file_within_the_limit_has_no_cut() -> None:
    assert lost((0, ENTRIES[:SHOWN]), (10, ENTRIES[: SHOWN - 2])) == []


def test_what_git_or_memoryd_did_is_none() -> None:
    assert lost((0, ENTRIES), (300, [*ENTRIES[:SHOWN], NEW]), writer=GIT) == []
    assert lost((0, ENTRIES), (300, [*ENTRIES[:SHOWN], NEW]), operation=4) == []
