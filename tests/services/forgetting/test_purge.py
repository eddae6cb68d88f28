"""Forgetting for good, and the proof of it."""

import base64
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support import store_of, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.adapters.stores import contents
from memoryd.adapters.usage.counts import UseCounts
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.stores.store import Store
from memoryd.domain.usage.records import RecordState, Use, UseKind
from memoryd.services.edits import apply
from memoryd.services.forgetting.forget import plan_forget
from memoryd.services.forgetting.purge import OwnFiles, clear, prove, purge_all, standing
from memoryd.services.search.update_index import sync

KEY = "sk-live-4242SECRET"
NEEDLE = Needle(KEY)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(write_tree(tmp_path / "memory" / "rev", {"MEMORY.md": f"- a\n- {KEY}\n"}))


def forget(store: Store, own: OwnFiles) -> int:
    """Take it out of the files, after everything was recorded and indexed."""
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
        return apply(plan_forget([store], NEEDLE).plan, history)


def test_the_proof_reads_everything(store: Store, own: OwnFiles) -> None:
    final = forget(store, own)
    with UseCounts(own.usage) as counts:
        uses = [Use(UseKind.READ, f"{store.root}/{name}.md", "", "2026-03-01") for name in ("a", KEY)]
        counts.add("s.jsonl", uses, RecordState("s"), start=0, end=1)
    assert standing(NEEDLE, [store]) == ()
    before = prove(NEEDLE, (store,), own)
    databases = {str(each) for each in (own.history, own.index, own.usage)}
    assert {each.partition(":")[0] for each in before.remaining} >= databases
    purge_all(NEEDLE, (store,), own, final=final)
    after = prove(NEEDLE, (store,), own)
    assert after.remaining == ()
    assert [each.count > 0 for each in after.looked] == [True] * 6


@pytest.mark.parametrize("text", [KEY, KEY.upper(), KEY.replace("-", "_")])
@pytest.mark.parametrize("where", ["notes.txt", ".hidden", "sub/x.md"])
def test_a_file_that_holds_it_is_named(store: Store, own: OwnFiles, where: str, text: str) -> None:
    write_tree(Path(store.root), {"MEMORY.md": "- a\n", where: f"x {text}"})
    assert standing(NEEDLE, [store]) == (f"{store.root}/{where}",)
    assert prove(NEEDLE, (store,), own).remaining == (f"{store.root}/{where}",)


@pytest.mark.parametrize(
    "value", [KEY.encode(), zlib.compress(f"- {KEY}\n".encode())], ids=["plain", "compressed"]
)
@pytest.mark.parametrize("deleted", [False, True], ids=["there", "deleted"])
def test_what_was_left_in_a_database_is_found(
    store: Store, own: OwnFiles, value: bytes, *, deleted: bool
) -> None:
    final = forget(store, own)
    purge_all(NEEDLE, (store,), own, final=final)
    with closing(sqlite3.connect(own.history)) as database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("INSERT INTO stored (hash, size, depth, data) VALUES ('x', 1, 0, ?)", [value])
        if deleted:
            database.commit()
            database.execute("DELETE FROM stored WHERE hash = 'x'")
        database.commit()
    assert prove(NEEDLE, (store,), own).remaining
    purge_all(NEEDLE, (store,), own, final=final)
    assert prove(NEEDLE, (store,), own).remaining == ()


def test_small_files_of_memoryd_go_where_they_hold_it(store: Store, own: OwnFiles) -> None:
    kept, gone = own.others
    kept.write_text("{}")
    gone.write_text(f"x {KEY}")
    purge_all(NEEDLE, (store,), own)
    assert kept.exists()
    assert not gone.exists()


def test_an_index_that_others_have_open_is_emptied(store: Store, own: OwnFiles) -> None:
    with Index(own.index) as other:
        forget(store, own)
        sync([store], other, None)
        purge_all(NEEDLE, (store,), own)
        sync([store], other, None)
        assert [hit.path for hit in other.search("a")] == ["MEMORY.md"]
        assert prove(NEEDLE, (store,), own).remaining == ()


def test_similar_parts_leave_the_history_where_that_is_asked_for(store: Store, own: OwnFiles) -> None:
    needle = Needle("Ann Example")
    with History(own.history) as history:
        for text in ("- a\n- example: Ann\n- b\n", "- Ann\n- example\n", "- a\n"):
            history.observe(store.root, [(f"{store.root}/MEMORY.md", text.encode())])
    purge_all(needle, (store,), own)
    with History(own.history) as history:
        assert b"- example: Ann" in (next(history.versions(f"{store.root}/MEMORY.md"))[1] or b"")
    purge_all(needle, (store,), own, similar=True)
    with History(own.history) as history:
        found = [content for _, content in history.versions(f"{store.root}/MEMORY.md")]
        assert found == [b"- a\n- b\n", b"- Ann\n- example\n", b"- a\n"]
        assert history.verify() == ()


def test_the_name_of_a_store_is_told_and_not_taken_for_a_value(tmp_path: Path, own: OwnFiles) -> None:
    root = write_tree(tmp_path / "memory" / "ann-example", {"MEMORY.md": "- a\n- Ann Example\n"})
    store, needle = store_of(root), Needle("Ann Example")
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
        apply(plan_forget([store], needle).plan, history)
    purge_all(needle, (store,), own)
    assert prove(needle, (store,), own).remaining == (f"{root}: the name of the store itself",)


def test_the_record_of_a_store_that_is_gone_and_was_called_so_goes(tmp_path: Path, own: OwnFiles) -> None:
    root = write_tree(tmp_path / "memory" / "ann-example", {"MEMORY.md": "- a\n"})
    needle = Needle("Ann Example")
    with History(own.history) as history, Index(own.index) as index:
        sync([store_of(root)], index, history)
    (root / "MEMORY.md").unlink()
    root.rmdir()
    purge_all(needle, (), own)
    assert prove(needle, (), own).remaining == ()


def test_directories_around_stores_are_no_memory(tmp_path: Path, own: OwnFiles) -> None:
    root = write_tree(tmp_path / "ann-example" / "rev", {"MEMORY.md": "- a\n"})
    store, needle = store_of(root), Needle("Ann Example")
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
    purge_all(needle, (store,), own)
    assert prove(needle, (store,), own).remaining == ()
    with History(own.history) as history:
        assert history.present(str(root)) == (f"{root}/MEMORY.md",)


def test_a_short_text_is_looked_for_in_values_only(store: Store, own: OwnFiles) -> None:
    needle = Needle("Bob")
    write_tree(Path(store.root), {"MEMORY.md": "- a\n- met Bob\n- bobbing\n"})
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
        final = apply(plan_forget([store], needle).plan, history)
    purge_all(needle, (store,), own, final=final)
    proof = prove(needle, (store,), own)
    assert proof.remaining == ()
    assert [each.what for each in proof.looked][1:] == [
        "values in the history",
        "values in the index",
        "values in the usage",
        "contents in the history",
    ]


def test_nothing_is_purged_while_an_operation_is_not_finished(store: Store, own: OwnFiles) -> None:
    plan = plan_forget([store], NEEDLE).plan
    with History(own.history) as history:
        operation = history.begin(plan)
    purge_all(NEEDLE, (store,), own)  # it is taken back first
    with History(own.history) as history:
        found = history.operation(operation)
        assert found is not None
        assert found.status == "purged"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_a_file_in_another_encoding_is_left_to_a_person(tmp_path: Path, own: OwnFiles, encoding: str) -> None:
    text = "Käse-4242-geheim"
    root = write_tree(tmp_path / "rev", {"MEMORY.md": "- a\n"})
    (root / "odd.md").write_bytes(f"- {text}\n".encode(encoding))
    store, needle = store_of(root), Needle(text)
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
    planned = plan_forget([store], needle)
    assert not planned.plan.fixes
    assert [each.mention.what for each in planned.found] == ["encoding"]
    assert "by hand" in planned.problems[0]
    assert standing(needle, [store]) == (f"{root}/odd.md",)
    (root / "odd.md").unlink()
    before = prove(needle, (store,), own)
    assert f"{own.history}: a value in it" in before.remaining
    purge_all(needle, (store,), own)
    assert prove(needle, (store,), own).remaining == ()


def test_names_of_directories_and_links_count(tmp_path: Path, own: OwnFiles) -> None:
    root = write_tree(tmp_path / "rev", {"MEMORY.md": "- a\n", "Ann Example/sub/x.txt": "x"})
    (root / "ann-example-2").mkdir()
    (root / "a").symlink_to("../ann-example")
    (root / "ann_example").symlink_to("nowhere")
    store, needle = store_of(root), Needle("Ann Example")
    expected = {
        "Ann Example/",
        "Ann Example/sub/",
        "Ann Example/sub/x.txt",
        "ann-example-2/",
        "a",
        "ann_example",
    }
    assert set(standing(needle, [store])) == {f"{root}/{name}" for name in expected}
    (root / "Ann Example/sub/x.txt").unlink()
    assert clear(needle, [store]) == 3
    assert set(prove(needle, (store,), own).remaining) == {f"{root}/a", f"{root}/ann_example"}


def test_base64_of_it_is_named(store: Store, own: OwnFiles) -> None:
    word = base64.b64encode(f"user:{KEY}".encode()).decode()
    write_tree(Path(store.root), {"MEMORY.md": f"- a\n- Authorization: Basic {word}\n"})
    with History(own.history) as history:
        history.observe(store.root, [(f"{store.root}/x.md", word.encode())])
    purge_all(NEEDLE, (store,), own)
    places = {each.partition(": ")[0] for each in prove(NEEDLE, (store,), own).remaining}
    assert places == {f"{store.root}/MEMORY.md", str(own.history)}
    write_tree(Path(store.root), {"MEMORY.md": "- a\n"})
    purge_all(Needle(word), (store,), own)
    assert prove(NEEDLE, (store,), own).remaining == ()


def test_what_was_read_before_and_is_recorded_after_does_not_come_back(
    store: Store, own: OwnFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = contents.load

    def load_and_wait(*what: Any) -> tuple[list[Document], list[UnreadFile]]:  # noqa: ANN401  # passed on
        found = load(*what)
        monkeypatch.setattr(contents, "load", load)
        with History(own.history) as other:  # another process forgets meanwhile
            final = apply(plan_forget([store], NEEDLE).plan, other)
        purge_all(NEEDLE, (store,), own, final=final)
        return found

    monkeypatch.setattr(contents, "load", load_and_wait)
    with History(own.history) as history, Index(own.index) as index:
        sync([store], index, history)
        assert prove(NEEDLE, (store,), own).remaining == ()
        sync([store], index, history)
        assert history.last(f"{store.root}/MEMORY.md") == b"- a\n"
        assert [hit.path for hit in index.search("a")] == ["MEMORY.md"]


def test_a_link_that_leads_nowhere_holds_nothing(store: Store) -> None:
    write_tree(Path(store.root), {"MEMORY.md": "- a\n"})
    Path(store.root, "odd").symlink_to("nowhere")
    assert standing(NEEDLE, [store]) == ()


def test_an_index_that_was_set_aside_goes(store: Store, own: OwnFiles) -> None:
    with Index(own.index) as index:
        sync([store], index, None)
    aside = own.index.with_name("index.db.broken-20260101T000000")
    aside.write_bytes(own.index.read_bytes())
    purge_all(NEEDLE, (store,), own)
    assert not aside.exists()
    assert own.index.exists()


def test_copies_that_were_set_aside_are_named(own: OwnFiles) -> None:
    aside = own.history.with_name("history.db.damaged-1795890027")
    aside.write_bytes(b"perhaps")
    assert prove(NEEDLE, (), own).remaining == (
        f"{aside}: a copy set aside, which is not searched: remove it",
    )
