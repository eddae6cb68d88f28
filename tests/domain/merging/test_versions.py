"""One unit in three versions."""

import pytest

from memoryd.domain.merging.units import MergeUnit, split
from memoryd.domain.merging.versions import Doubt, Outcome, resolve


def unit(text: str | None) -> MergeUnit | None:
    return split(text.encode())[0][0] if text else None


def outcome(*texts: str | None, strict: bool = False) -> Outcome:
    base, ours, theirs = map(unit, texts)
    return resolve(base, ours, theirs, strict=strict)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "stays"),
    [
        ("- a\n", "- a\n", "- b\n", "- b\n"),
        ("- a\n", "- b\n", "- a\n", "- b\n"),
        ("- a\n", "  - a\n", "- a\n", "  - a\n"),
        ("- a\n", "- a\n", "  - a\n", "  - a\n"),
        ("- a\n", "- b\n", "- b\n", "- b\n"),
        ("- a b\n", "- a b c.\n", "- a b c, d\n", "- a b c, d\n"),
        (None, "- a\n", None, "- a\n"),
        (None, None, "- a\n", "- a\n"),
        ("one\ntwo\nthree\n", "1\ntwo\nthree\n", "one\ntwo\n3\n", "1\ntwo\n3\n"),
    ],
)
def test_one_text_stays(base: str | None, ours: str | None, theirs: str | None, stays: str) -> None:
    assert outcome(base, ours, theirs) == Outcome((stays.encode(),))


def test_what_is_removed() -> None:
    assert outcome("- a\n", None, "- a\n") == outcome("- a\n", "- a\n", None) == Outcome(())
    assert outcome("- a\n", None, None) == Outcome(())


def test_what_is_doubtful() -> None:
    assert outcome("- a\n", None, "- b\n") == Outcome((b"- b\n",), Doubt.EDITED_AND_REMOVED)
    assert outcome("- a\n", "- b\n", "- c\n") == Outcome((b"- b\n", b"- c\n"), Doubt.EDITED_TWICE)
    assert outcome("- a\n", "- b\n", "- c\n", strict=True).is_conflict


def test_words_contain_whole_words_only() -> None:
    assert len(outcome("- a\n", "- the cat\n", "- the catalogue\n").texts) == 2
