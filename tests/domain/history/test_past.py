from memoryd.domain.history.past import UNKNOWN, read_past, section_key


def test_a_line_is_as_old_as_the_first_version_that_has_it() -> None:
    past = read_past([(1.0, b"- a\n"), (2.0, b"- a\n- b\n"), (3.0, None), (4.0, b"  - b\n- c\n")])
    assert {line: past.born[line] for line in (b"- a", b"- b", b"- c")} == {b"- a": 1, b"- b": 2, b"- c": 4}


def test_of_two_versions_at_one_moment_the_later_is_newer() -> None:
    past = read_past([(5.0, b"- a\n"), (5.0, b"- b\n"), (4.0, b"- c\n")])
    assert past.born[b"- a"] < past.born[b"- b"] < past.born[b"- c"]


def test_sections_that_changed_are_counted_and_the_latest_changes_most() -> None:
    first = b"## One\n- a\n\n## Two\n- b\n"
    past = read_past([(1.0, first), (2.0, first + b"- c\n"), (3.0, b"## One\n- x\n\n## Two\n- b\n- c\n")])
    assert past.changes[section_key("One")] > past.changes[section_key("Two")] > 0


def test_a_heading_in_a_code_block_is_none() -> None:
    past = read_past([(1.0, b"## One\n```\n# no\n- a\n```\n"), (2.0, b"## One\n```\n# no\n- b\n```\n")])
    assert past.changes.keys() == {section_key("One")}


def test_no_versions_tell_nothing() -> None:
    assert read_past(()) == UNKNOWN


def test_the_key_of_a_section_has_no_dates_or_marks() -> None:
    assert section_key("★ Status (2026-01-31)") == section_key("status — 2026-02-28") == "status"
