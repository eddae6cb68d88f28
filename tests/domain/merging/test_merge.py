"""The merge of memory files: laws, and what notes need."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.domain.merging.merge import MergedFile, merge_file
from memoryd.domain.merging.versions import Doubt

_TEXTS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
_WORDS = st.lists(st.sampled_from(_TEXTS), min_size=4, max_size=5, unique=True).map(" ".join)
_ENTRIES = st.one_of(
    _WORDS.map(lambda words: f"- {words}"),
    st.sampled_from(_TEXTS).map(lambda word: f"- [{word}]({word}.md) — all about it"),
)
DOCUMENTS = st.lists(_ENTRIES, max_size=9, unique=True).map(
    lambda entries: "".join(f"{entry}\n" for entry in entries).encode()
)


@st.composite
def edited(draw: st.DrawFn, base: bytes) -> bytes:
    """A version of a document: some entries removed, some edited, some added, one moved."""
    entries = base.decode().splitlines()
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(entries)))
        action = draw(st.sampled_from(["remove", "edit", "add", "move"]))
        if action == "add" or place == len(entries):
            entries.insert(place, draw(_ENTRIES))
        elif action == "remove":
            del entries[place]
        elif action == "edit":
            entries[place] += f" {draw(st.sampled_from(_TEXTS))}"
        else:
            entries.insert(0, entries.pop(place))
    return "".join(f"{entry}\n" for entry in dict.fromkeys(entries)).encode()


@st.composite
def concurrent(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    base = draw(DOCUMENTS)
    return base, draw(edited(base)), draw(edited(base))


def lines(content: bytes) -> Counter[str]:
    return Counter(line.strip() for line in content.decode().splitlines() if line.strip())


@given(concurrent())
def test_merging_is_idempotent(versions: tuple[bytes, bytes, bytes]) -> None:
    base, ours, theirs = versions
    for merged in (merge_file(base, base, ours), merge_file(base, ours, base), merge_file(base, ours, ours)):
        assert merged == MergedFile(ours)
    once = merge_file(base, ours, theirs).content
    assert merge_file(theirs, theirs, once).content == once
    assert merge_file(once, once, once).content == once


@settings(max_examples=100)
@given(concurrent())
def test_merging_is_commutative_up_to_order(versions: tuple[bytes, bytes, bytes]) -> None:
    base, ours, theirs = versions
    one, other = merge_file(base, ours, theirs), merge_file(base, theirs, ours)
    assert lines(one.content) == lines(other.content)
    assert Counter(doubt for _, doubt in one.doubts) == Counter(doubt for _, doubt in other.doubts)


@settings(max_examples=100)
@given(concurrent())
def test_no_added_entry_is_lost(versions: tuple[bytes, bytes, bytes]) -> None:
    base, ours, theirs = versions
    merged = " \n ".join(lines(merge_file(base, ours, theirs).content))
    for entry in (lines(ours) | lines(theirs)) - lines(base):
        assert entry in merged


@settings(max_examples=100)
@given(concurrent())
def test_no_entry_that_one_side_removed_and_the_other_left_alone_is_back(
    versions: tuple[bytes, bytes, bytes],
) -> None:
    base, ours, theirs = versions
    merged = lines(merge_file(base, ours, theirs).content)
    for entry in lines(base):
        if entry not in lines(ours) or entry not in lines(theirs):
            assert entry not in merged


@settings(max_examples=100)
@given(concurrent())
def test_no_entry_is_doubled(versions: tuple[bytes, bytes, bytes]) -> None:
    base, ours, theirs = versions
    merged = lines(merge_file(base, ours, theirs).content)
    assert not merged - (lines(ours) | lines(theirs))


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_can_be_merged(base: bytes, ours: bytes, theirs: bytes) -> None:
    merge_file(base, ours, theirs)
    merge_file(base, ours, theirs, strict=True)


BASE = b"""# Memory

## Build

- [Cache](cache.md) - where it is
- the linker needs 4 GB

## Tests

- run them with -n 2
"""


def changed(*pairs: tuple[bytes, bytes], base: bytes = BASE) -> bytes:
    for old, new in pairs:
        assert base.count(old) == 1
        base = base.replace(old, new)
    return base


def test_what_both_add_at_one_place_stays_ours_first_and_each_below_its_heading() -> None:
    ours = changed((b"4 GB\n", b"4 GB\n- use mold\n"), (b"-n 2\n", b"-n 2\n\n## Deploy\n\n- by hand\n"))
    theirs = changed((b"4 GB\n", b"4 GB\n- never strip\n"), (b"-n 2\n", b"-n 2\n- slow ones at night\n"))
    assert merge_file(BASE, ours, theirs).content == changed(
        (b"4 GB\n", b"4 GB\n- use mold\n- never strip\n"),
        (b"-n 2\n", b"-n 2\n- slow ones at night\n\n## Deploy\n\n- by hand\n"),
    )


def test_new_sections_of_both_stay_whole() -> None:
    ours, theirs = (BASE + b"\n## " + name + b"\n\n- about it\n" for name in (b"Deploy", b"People"))
    expected = BASE + b"\n## Deploy\n\n- about it\n\n## People\n\n- about it\n"
    assert merge_file(BASE, ours, theirs).content == expected


def test_what_one_side_removed_is_gone() -> None:
    ours = changed((b"- the linker needs 4 GB\n", b""))
    theirs = changed((b"-n 2\n", b"-n 4\n"))
    assert merge_file(BASE, ours, theirs) == MergedFile(changed((b"-n 2\n", b"-n 4\n"), base=ours))


def test_what_one_side_removed_and_the_other_edited_stays_and_is_reported() -> None:
    ours = changed((b"- the linker needs 4 GB\n", b""))
    theirs = changed((b"4 GB", b"8 GB since lld"))
    merged = merge_file(BASE, ours, theirs)
    assert merged.content == theirs
    assert merged.doubts == ((6, Doubt.EDITED_AND_REMOVED),)


def test_of_two_edits_the_one_that_contains_the_other_stays() -> None:
    ours = changed((b"where it is", b"where it is now"))
    theirs = changed((b"where it is", b"where it is now, and how large"))
    assert merge_file(BASE, ours, theirs) == MergedFile(theirs)
    assert merge_file(BASE, theirs, ours) == MergedFile(theirs)


def test_two_edits_that_differ_stay_next_to_each_other() -> None:
    ours = changed((b"where it is", b"in /tmp"))
    theirs = changed((b"where it is", b"in /var"))
    merged = merge_file(BASE, ours, theirs)
    both = b"- [Cache](cache.md) - in /tmp\n- [Cache](cache.md) - in /var\n"
    assert merged.content == changed((b"- [Cache](cache.md) - where it is\n", both))
    assert merged.conflicts == 0
    assert merged.doubts == ((5, Doubt.EDITED_TWICE), (6, Doubt.EDITED_TWICE))


def test_two_edits_that_differ_are_a_conflict_of_a_strict_merge() -> None:
    ours = changed((b"where it is", b"in /tmp"))
    theirs = changed((b"where it is", b"in /var"))
    merged = merge_file(BASE, ours, theirs, strict=True)
    assert merged.conflicts == 1
    marked = (
        b"<<<<<<< ours\n- [Cache](cache.md) - in /tmp\n=======\n- [Cache](cache.md) - in /var\n>>>>>>> theirs"
    )
    assert marked in merged.content


def test_different_lines_of_one_paragraph_come_together() -> None:
    base = b"One line.\nAnother line.\nA third line.\n"
    ours, theirs = base.replace(b"One", b"The first"), base.replace(b"A third", b"The last")
    assert merge_file(base, ours, theirs).content == b"The first line.\nAnother line.\nThe last line.\n"


def test_what_they_moved_is_where_they_put_it() -> None:
    base = b"## Now\n\n- one thing to do\n- another thing to do\n\n## Done\n\n- the first thing\n"
    theirs = b"## Now\n\n- another thing to do\n\n## Done\n\n- one thing to do\n- the first thing\n"
    ours = base.replace(b"another thing to do\n", b"another thing to do\n- a third thing to do\n")
    expected = theirs.replace(b"another thing to do\n", b"another thing to do\n- a third thing to do\n")
    assert merge_file(base, ours, theirs).content == expected


def test_a_new_entry_keeps_the_heading_that_the_other_side_removed_with_all_below_it() -> None:
    ours = changed((b"\n## Tests\n\n- run them with -n 2\n", b""))
    theirs = changed((b"-n 2\n", b"-n 2\n- never on battery\n"))
    merged = merge_file(BASE, ours, theirs)
    assert merged.content == changed((b"- run them with -n 2\n", b"- never on battery\n"))
    assert merged.doubts == ((8, Doubt.NEEDED),)


def test_a_new_entry_follows_its_neighbors_below_a_renamed_heading() -> None:
    ours = changed((b"## Tests\n", b"## How to test\n"))
    theirs = changed((b"-n 2\n", b"-n 2\n- never on battery\n"))
    expected = changed((b"## Tests\n", b"## How to test\n"), base=theirs)
    assert merge_file(BASE, ours, theirs) == MergedFile(expected)


def test_a_new_item_keeps_the_item_that_it_is_in() -> None:
    base = b"- ports\n  - 80\n- hosts\n"
    merged = merge_file(base, b"- hosts\n", b"- ports\n  - 80\n  - 443\n- hosts\n")
    assert merged.content == b"- ports\n  - 443\n- hosts\n"
    assert merged.doubts == ((1, Doubt.NEEDED),)


def test_a_task_done_on_one_side_is_done() -> None:
    base = b"- [ ] one thing to do\n- [ ] another thing to do\n"
    ours, theirs = base.replace(b"[ ] one", b"[x] one"), base.replace(b"[ ] an", b"[x] an")
    assert merge_file(base, ours, theirs).content == b"- [x] one thing to do\n- [x] another thing to do\n"


def test_numbers_of_items_are_no_changes() -> None:
    base = b"1. the first step\n2. the second step\n"
    ours = b"1. a new step\n2. the first step\n3. the second step\n"
    theirs = b"1. the first step\n2. the second step\n3. the last step\n"
    merged = merge_file(base, ours, theirs).content
    assert merged == b"1. a new step\n2. the first step\n3. the second step\n3. the last step\n"


def test_newest_first_stays_newest_first() -> None:
    base = b"# Log\n\n- old news\n"
    ours, theirs = (
        base.replace(b"- old", b"- " + new + b"\n- old") for new in (b"my news here", b"their news here")
    )
    assert (
        merge_file(base, ours, theirs).content == b"# Log\n\n- my news here\n- their news here\n- old news\n"
    )


def test_code_is_never_torn() -> None:
    base = b"Run it:\n\n```sh\none\ntwo\n```\n"
    ours, theirs = base.replace(b"one", b"uno"), base.replace(b"two", b"dos")
    merged = merge_file(base, ours, theirs).content
    assert merged == b"Run it:\n\n```sh\nuno\ntwo\n```\n\n```sh\none\ndos\n```\n"


def test_rows_that_both_add_to_a_table_stay() -> None:
    base = b"| a | b |\n|---|---|\n| 1 | 2 |\n"
    ours, theirs = base + b"| 3 | 4 |\n", base + b"| 5 | 6 |\n"
    assert merge_file(base, ours, theirs).content == base + b"| 3 | 4 |\n| 5 | 6 |\n"


def test_front_matter_is_merged_by_key() -> None:
    base = b"---\nname: x\ntype: user\n---\n\n- a first entry\n"
    ours = base.replace(b"name: x", b"name: y")
    theirs = base.replace(b"type: user", b"type: project") + b"- a second entry\n"
    merged = merge_file(base, ours, theirs).content
    assert merged == b"---\nname: y\ntype: project\n---\n\n- a first entry\n- a second entry\n"


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_form_is_as_ours(mark: bytes, end: bytes) -> None:
    base = b"- a first entry\n- a second entry\n"
    ours = mark + b"- a first entry\r\n- a second entry\r\n- a third entry" + end.replace(b"\n", b"\r\n")
    theirs = b"- a new entry\n- a first entry\n- a second entry\n"
    expected = mark + b"- a new entry\r\n- a first entry\r\n- a second entry\r\n- a third entry"
    assert merge_file(base, ours, theirs).content == expected + end.replace(b"\n", b"\r\n")


def test_without_a_base_both_stay() -> None:
    ours, theirs = (
        b"# M\n\n- ours of course\n- in both of them\n",
        b"# M\n\n- in both of them\n- only theirs\n",
    )
    merged = merge_file(b"", ours, theirs).content
    assert merged == b"# M\n\n- ours of course\n- in both of them\n- only theirs\n"
