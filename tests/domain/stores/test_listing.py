from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.stores.listing import RACY_NS, Changes, Signature, compare

NOW = 1_000 * RACY_NS
OLD = Signature(1, 10, NOW - 10 * RACY_NS, NOW - 10 * RACY_NS)


def test_nothing_changed() -> None:
    changes = compare({"a.md": OLD}, {"a.md": OLD}, NOW)
    assert changes == Changes((), ())
    assert not changes


def test_new_changed_and_gone_files_are_told_apart_and_sorted() -> None:
    known = {"same.md": OLD, "z-gone.md": OLD, "a-gone.md": OLD, "grown.md": OLD}
    found = {"same.md": OLD, "new.md": OLD, "grown.md": OLD._replace(size=11)}
    changes = compare(known, found, NOW)
    assert changes == Changes(stale=("grown.md", "new.md"), gone=("a-gone.md", "z-gone.md"))
    assert changes


def test_every_part_of_a_signature_counts() -> None:
    for field in Signature._fields:
        other = OLD._replace(**{field: getattr(OLD, field) - 1})
        assert compare({"a.md": OLD}, {"a.md": other}, NOW).stale == ("a.md",)


def test_a_file_written_shortly_before_the_scan_is_read_again() -> None:
    racy = OLD._replace(mtime_ns=NOW - RACY_NS + 1)
    future = OLD._replace(mtime_ns=NOW + RACY_NS)
    settled = OLD._replace(mtime_ns=NOW - RACY_NS, ctime_ns=NOW - RACY_NS)
    dated_back = OLD._replace(ctime_ns=NOW - 1)
    listing = {"racy.md": racy, "future.md": future, "settled.md": settled, "dated-back.md": dated_back}
    assert compare(listing, listing, NOW).stale == ("dated-back.md", "future.md", "racy.md")


LISTINGS = st.dictionaries(st.sampled_from("abcd"), st.builds(Signature, *[st.integers(0, 2)] * 4))


@given(LISTINGS, LISTINGS)
def test_reading_what_is_stale_and_dropping_what_is_gone_gives_what_is_there(
    known: dict[str, Signature], found: dict[str, Signature]
) -> None:
    changes = compare(known, found, NOW)
    result = {path: signature for path, signature in known.items() if path not in changes.gone}
    assert result | {path: found[path] for path in changes.stale} == found
