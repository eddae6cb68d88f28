from collections.abc import Iterator

import pytest
from adapters.search.indexing import NOW, OLD, OTHER, STORE, paths, put, read

from memoryd.adapters.search.index import Index
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.stores.listing import Signature, compare


def test_listing_is_what_was_read(index: Index) -> None:
    assert index.listing(STORE) == ({}, 0)
    documents = {path: read(path, "a") for path in ("a.md", "b/c.md", "é\udcff.md")}
    index.update(STORE, documents.values(), (), scanned_at_ns=NOW)
    assert index.listing(STORE) == ({path: signature for path, (signature, _) in documents.items()}, NOW)
    assert index.listing(OTHER) == ({}, 0)


def test_extreme_signatures(index: Index) -> None:
    signature = Signature(2**64 - 1, 2**40, -1, 0)
    index.update(STORE, [(signature, parse("a.md", b"a"))], (), scanned_at_ns=NOW)
    assert index.listing(STORE)[0] == {"a.md": signature}
    beyond = Signature(1, 1, 2**63, 2**63)
    index.update(STORE, [(beyond, parse("a.md", b"a"))], (), scanned_at_ns=NOW)
    known, at = index.listing(STORE)
    assert compare(known, {"a.md": beyond}, at).stale == ("a.md",)


def test_same_content_writes_the_signature_only(index: Index) -> None:
    put(index, {"a.md": "word"})
    statements: list[str] = []
    index._file._db.set_trace_callback(statements.append)
    touched = read("a.md", "word", mtime_ns=OLD + 1)
    index.update(STORE, [touched], (), scanned_at_ns=NOW)
    index._file._db.set_trace_callback(None)
    assert index.listing(STORE)[0] == {"a.md": touched[0]}
    assert not [statement for statement in statements if "fulltext" in statement]
    assert len(statements) <= 10


def test_changed_gone_and_renamed_leave_no_ghost(index: Index) -> None:
    put(index, {"a.md": "apple", "b.md": "berry", "c.md": "cherry"})
    put(index, {"a.md": "apricot", "d.md": "cherry"}, gone=("b.md", "c.md", "never.md"))
    assert [paths(index.search(word)) for word in ("apple", "apricot", "berry", "cherry")] == [
        [],
        ["a.md"],
        [],
        ["d.md"],
    ]


def test_failing_source_changes_nothing(index: Index) -> None:
    put(index, {"a.md": "apple"})

    def broken() -> Iterator[tuple[Signature, Document]]:
        yield read("a.md", "other")
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        index.update(STORE, broken(), ["a.md"], scanned_at_ns=NOW)
    assert paths(index.search("apple")) == ["a.md"]


def test_bulk_load_and_tidying(index: Index) -> None:
    put(index, {f"{n}.md": f"word w{n}" for n in range(1_234)})
    for n in range(5):
        put(index, {f"{n}.md": f"other w{n}"})
        index.tidy()
    assert index.counts() == {STORE.root: 1_234}
    assert paths(index.search("w1233")) == ["1233.md"]
    assert paths(index.search("other w3")) == ["3.md"]
