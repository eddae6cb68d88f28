import pytest

from memoryd.domain.text.nearest import did_you_mean, nearest

KNOWN = ["check", "prune", "ui-ux-enhancer", "ui-ux-designer-of-everything", "L001", "Ärger"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("chekc", "check"),
        ("CHECK", "check"),
        ("prun", "prune"),
        ("ui-ux", "ui-ux-enhancer"),
        ("enhancer", "ui-ux-enhancer"),
        ("l0001", "L001"),
        ("ärgr", "Ärger"),
        ("ui", None),
        ("", None),
        ("entirely different", None),
    ],
)
def test_the_nearest_word(word: str, meant: str | None) -> None:
    assert nearest(word, KNOWN) == meant


def test_a_hint_without_a_near_word() -> None:
    assert did_you_mean("x", KNOWN, "all of them") == "all of them"
    assert did_you_mean("chck", KNOWN, "all of them") == "did you mean check?"
