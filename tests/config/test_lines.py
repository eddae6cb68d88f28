import pytest

from memoryd.config.lines import line_of

TEXT = """# settings
settle = 5
daemon.fixes = ["S001"]

[prune]
max_removals = 50   # as ever

[ enforce ]
"~/code/*" = "off"

[profiles.mine]
places = ["x"]
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("settle",), 2),
        (("daemon", "fixes", "0"), 3),
        (("prune", "max_removals"), 6),
        (("prune", "other"), 5),
        (("enforce", "~/code/*"), 9),
        (("profiles", "mine", "places", "0"), 12),
        (("profiles", "mine", "index"), 11),
        (("nothing",), None),
    ],
)
def test_a_key_is_found(keys: tuple[str, ...], line: int | None) -> None:
    assert line_of(TEXT, keys) == line
