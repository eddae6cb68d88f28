import time
from pathlib import Path

import pytest
from support import plan_of, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.selection import Choice
from memoryd.domain.edits.plan import FileChange
from memoryd.domain.report.model import MovedLines, Report
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.report import collect as module
from memoryd.services.report.collect import collect

NONE = Choice("", "/")
LONG = "# Memory\n" + "".join(f"- fact {number}\n" for number in range(250))


def collected(*stores: Store, history: History | None = None, since: float = 0.0) -> Report:
    period = (since, time.time())
    return collect(FoundStores(stores), ALL_RULES, user=NONE, history=history, period=period)


def make(root: Path, files: dict[str, str]) -> Store:
    return store_of(write_tree(root, files))


def test_the_present_is_reported_without_a_history(tmp_path: Path) -> None:
    store = make(tmp_path / "s", {"MEMORY.md": LONG + "- [A](a.md)\n- [g](gone.md)\n", "a.md": "# A\n"})
    (found,) = collected(store).stores
    assert (found.lines, found.cut_line, len(found.unseen)) == (253, 201, 53)
    assert found.unseen[-1].text == "g"
    assert found.errors == sum(each.level == "error" for each in found.findings) > 0
    assert [topic.standing for topic in found.topics] == ["index", "beyond the cut"]
    assert found.topics[0].broken == ("gone.md",)
    assert found.trend[0].used == pytest.approx(253 / 200)
    assert (found.writes, found.compactions) == ((), ())


def test_repetitions_are_side_by_side_contradictions_first(tmp_path: Path) -> None:
    text = "- the deploy script needs a timeout of {} seconds on the staging host\n"
    same = "- the cache of the build must be emptied after each release of the shop\n"
    files = {
        "MEMORY.md": "- [A](a.md)\n",
        "a.md": "# A\n\n" + text.format(30) + text.format(60) + same + same,
    }
    (found,) = collected(make(tmp_path / "s", files)).stores
    assert [each.verdict for each in found.similar] == ["contradiction", "same"]
    contradiction = found.similar[0]
    assert (contradiction.one.line, contradiction.other.line) == (3, 4)
    assert "30 seconds" in contradiction.one.text
    assert "60 seconds" in contradiction.other.text


def test_no_secret_is_quoted(tmp_path: Path) -> None:
    secret = "AKIA" + "MGFDSAPOIUZTREWQ"
    again = f"- the upload of the nightly build to the bucket uses the key {secret}\n"
    files = {"MEMORY.md": f"{LONG}{again}- [A](a.md)\n", "a.md": f"# A\n\n{again}"}
    (found,) = collected(make(tmp_path / "s", files)).stores
    quoted = [each.text for each in found.unseen]
    quoted += [place.text for each in found.similar for place in (each.one, each.other)]
    assert [text.count("AKIA…") for text in quoted if "bucket" in text] == [1, 1, 1]
    assert secret not in str(found)


def test_stores_with_most_problems_come_first_and_many_stores_are_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DETAILED", 2)
    stores = [make(tmp_path / name, {"MEMORY.md": "- fact\n"}) for name in ("a", "b")]
    stores.append(make(tmp_path / "c", {"MEMORY.md": LONG}))
    found = collected(*stores).stores
    assert found[0].store == f"{tmp_path}/c"
    assert [each.is_detailed for each in found] == [True, True, False]
    assert found[2].topics == ()


def test_the_past_comes_from_the_history(tmp_path: Path) -> None:
    store = make(tmp_path / "s", {"MEMORY.md": LONG})
    path = f"{store.root}/MEMORY.md"
    with History(tmp_path / "history.db") as history:
        history.observe(store.root, [(path, b"- one\n" * 100)])
        history.observe(store.root, [(path, LONG.encode())])
        moved = [f"- fact {number}\n" for number in range(200)]
        after = LONG.replace("".join(moved), "")
        title = "MEMORY.md had 251 lines, 51 entries unseen; now 51 lines, the newest in view"
        changes = (
            FileChange(store.root, path, LONG.encode(), after.encode()),
            FileChange(store.root, f"{store.root}/facts.md", None, "".join(moved).encode()),
        )
        plan = plan_of(*changes, cause="compact")
        operation = history.begin(plan)
        history.finish(operation, "done")
        history._connection.rows("UPDATE operations SET title = ? WHERE id = ?", title, operation)
        (found,) = collected(store, history=history).stores
    assert [point.used for point in found.trend][-1] == pytest.approx(251 / 200)  # the disk has not changed
    (compaction,) = found.compactions
    assert (compaction.outcome, compaction.is_undone) == (title, False)
    assert compaction.moved == (MovedLines("facts.md", 200),)
    assert {write.actor for write in found.writes} == {"other", "memoryd"}


def test_an_applied_compaction_that_was_undone_is_marked(tmp_path: Path) -> None:
    store = make(tmp_path / "s", {"MEMORY.md": LONG})
    path = f"{store.root}/MEMORY.md"
    with History(tmp_path / "history.db") as history:
        plan = plan_of(FileChange(store.root, path, LONG.encode(), b"- fact\n"), cause="compact")
        identity = history.begin(plan)
        history.finish(identity, "done")
        title = "MEMORY.md had 251 lines; now 1 line, the newest in view"
        history._connection.rows("UPDATE operations SET title = ? WHERE id = ?", title, identity)
        back = plan_of(FileChange(store.root, path, b"- fact\n", LONG.encode()), cause="undo")
        history.finish(history.begin(back, undoes=identity), "done")
        (found,) = collected(store, history=history).stores
    assert [each.is_undone for each in found.compactions] == [True]


def test_an_empty_store_and_one_without_an_index_are_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = collected(store_of(tmp_path / "empty"), make(tmp_path / "no", {"a.md": "# A\n"})).stores
    assert {(each.has_index, each.files, each.trend) for each in found} == {(False, 0, ()), (False, 1, ())}
