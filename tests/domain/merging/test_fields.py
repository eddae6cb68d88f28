"""Front matter merged by key."""

from memoryd.domain.merging.fields import MergedFields, merge


def block(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in ("---", *lines, "---")).encode()


def merged(base: bytes, ours: bytes, theirs: bytes, *, strict: bool = False) -> MergedFields:
    return merge(base, ours, theirs, strict=strict)


def test_each_key_has_the_value_of_the_side_that_changed_it() -> None:
    base = block("name: a", "type: user", "old: 1")
    ours = block("name: b", "type: user", "old: 1", "mine: 1")
    theirs = block("name: a", "type: project", "yours: 1")
    assert merged(base, ours, theirs).text == block("name: b", "type: project", "mine: 1", "yours: 1")


def test_of_two_dates_the_later_one_stays() -> None:
    dates = [block(f"updated: 2026-05-0{day}") for day in (1, 3, 2)]
    assert merged(*dates) == MergedFields(dates[1])
    assert merged(dates[0], dates[2], dates[1]) == MergedFields(dates[1])


def test_lists_have_what_either_side_added() -> None:
    base, ours, theirs = block("tags: [a, b]"), block("tags: [b, c]"), block("tags: [a, b, d]")
    assert merged(base, ours, theirs).text == block("tags: [b, c, d]")
    base, ours, theirs = (
        block("tags:", *items) for items in (["  - a"], ["  - a", "  - b"], ["  - a", "  - c"])
    )
    assert merged(base, ours, theirs).text == block("tags:", "  - a", "  - b", "  - c")


def test_a_value_that_contains_the_other_stays() -> None:
    base, ours, theirs = (
        block("description: x"),
        block("description: the x"),
        block("description: the x of y"),
    )
    assert merged(base, ours, theirs) == merged(base, theirs, ours) == MergedFields(theirs)


def test_values_that_contradict_each_other_are_reported() -> None:
    base, ours, theirs = block("name: a"), block("name: b"), block("name: c")
    assert merged(base, ours, theirs) == MergedFields(ours, ("name",))
    assert merged(base, ours, theirs, strict=True).conflicts == 1


def test_what_one_side_removed_and_the_other_changed_stays() -> None:
    base, ours, theirs = block("name: a", "type: x"), block("name: a"), block("name: a", "type: y")
    assert merged(base, ours, theirs).text == theirs
    assert merged(base, b"", theirs) == MergedFields(theirs)
    assert merged(base, theirs, b"") == MergedFields(theirs)
    assert merged(base, b"", base) == MergedFields(b"")


def test_an_untouched_side_leaves_the_other_as_it_is() -> None:
    odd = b"---\n# a comment\nname: [\n---\n"
    assert merged(block("name: a"), block("name: a"), odd).text == odd
