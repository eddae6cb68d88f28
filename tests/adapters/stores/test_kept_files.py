"""Commands say the same with facts of earlier runs as without them."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import write_tree

from memoryd.adapters.stores import kept_files
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.cli.output.stores import row
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.checks.selection import Choice
from memoryd.domain.stores.store import Store, agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.judge import Terms
from memoryd.services.staleness import PruneOptions, find_outdated
from memoryd.services.status.overview import overview
from memoryd.services.status.survey import survey

NOTHING = Choice("", "/")
LINES = (
    "- The server on port 8080 waits until the worker merged its branch\n",
    "- The server on port 9090 waits until the worker merged its branch\n",
    "- The server on port 8080 waits until the worker has merged its branch, then it is restarted\n",
    "- Deploys are frozen (valid until 2020-03-31)\n",
    "- Deploys of the shop are frozen (expires: 02/01/2026)\n",
    "- the runner broke yesterday, and Ann looked at it\n",
    "- [x] move the tests\n  - [ ] tell everybody\n",
    "- ~~ask Ann for the key~~\n",
    "- 部署前必须先运行全部测试，然后再合并分支\n",
    "- See [build](build.md#gone) and [[notes/deploy]]\n",
    "<!-- memoryd: ignore P003 -->\n- DONE: move the alerts to the new board\n",
    "## Next steps\n",
    "---\nname: build\nexpires: 2020-02-30\n---\n",
    "- a line separator:\x1f\u2028 and \x00 too, which nobody wrote\n",
)
PATHS = ("MEMORY.md", "build.md", "notes/deploy.md", "2026-01-03.md")
AGENTS = ("reviewer", "tester")
Step = dict[str, list[str] | None]
STEP = st.dictionaries(
    st.sampled_from(PATHS), st.none() | st.lists(st.sampled_from(LINES), max_size=6), min_size=1
)
STEPS = st.lists(
    st.tuples(st.sampled_from((0, 1)), STEP, st.sampled_from([0.3, 0.6])), min_size=1, max_size=4
)


def store_at(root: Path, agent: str = AGENTS[0]) -> Store:
    return agent_store(str(root / ".claude/agent-memory" / agent), user=False)


def checked(store: Store, kept: KeptFiles | None, *, likeness: float = 0.6) -> CheckResult:
    terms = Terms(ALL_RULES, NOTHING, NOTHING, likeness=likeness, kept=kept)
    examination = Examination(FoundStores((store,)), terms)
    report = examination.report()
    examination.keep_facts()
    return report


def edit(store: Store, step: Step) -> None:
    for path, lines in step.items():
        if lines is None:
            Path(store.root, path).unlink(missing_ok=True)
        else:
            write_tree(Path(store.root), {path: "".join(lines)})


def told(stores: tuple[Store, ...], kept: KeptFiles | None, *, likeness: float) -> list[object]:
    """Everything that `check`, `link-check`, `prune`, `dedupe`, `status` and `show` say of stores."""
    found = FoundStores(stores)
    said: list[object] = []
    for family in ("", "L", "P", "D"):
        rules = tuple(rule for rule in ALL_RULES if rule.code.startswith(family))
        terms = Terms(rules, NOTHING, NOTHING, asked=True, likeness=likeness, kept=kept)
        examination = Examination(found, terms)
        if family == "P":
            plan = find_outdated(examination, PruneOptions(None, frozenset(), 100)).plan()
            said += (plan.report.diagnostics, plan.removed, plan.plan, plan.kept, plan.left, plan.dangling)
        else:
            said.append(examination.report())
        examination.keep_facts()
    seen = overview(found, ALL_RULES, kept=kept)
    views = [*seen.views, *(survey([store], (), ALL_RULES, kept=kept)[0] for store in stores)]
    said += [(row(view), view.report, view.snapshot, view.budget, view.changed) for view in views]
    return [*said, seen.definitions, seen.elsewhere]


@given(STEPS)
@settings(max_examples=8, deadline=None)
def test_any_edits_are_judged_as_without_facts(steps: list[tuple[int, Step, float]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        stores = tuple(store_at(Path(name), agent) for agent in AGENTS)
        for store in stores:
            write_tree(Path(store.root), {"MEMORY.md": "# Memory\n"})
        kept = KeptFiles(Path(name, "cache"))
        for number, step, likeness in steps:
            edit(stores[number], step)
            wanted = told(stores, None, likeness=likeness)
            assert told(stores, kept, likeness=likeness) == wanted, "new facts"
            assert told(stores, kept, likeness=likeness) == wanted, "known facts"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = store_at(tmp_path / "home")
    edit(made, {"MEMORY.md": list(LINES[:8]), "build.md": list(LINES[2:11])})
    return made


def own_file(directory: Path, store: Store) -> Path:
    """The file of a store, beside the one with large facts and the one of all stores together."""
    return Path(KeptFiles(directory)._path(store.root))


def test_a_second_run_writes_nothing_and_a_changed_text_replaces_its_facts(
    store: Store, tmp_path: Path
) -> None:
    kept = KeptFiles(tmp_path / "facts")
    checked(store, kept)
    file = own_file(tmp_path / "facts", store)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    before = (file.stat().st_ino, file.read_bytes())
    checked(store, kept)
    assert (file.stat().st_ino, file.read_bytes()) == before
    edit(store, {"build.md": list(LINES[:2])})
    checked(store, kept)
    lines = file.read_bytes().split(b"\n")
    assert len(lines) == 5, "a head, two texts, the store, and the end"
    assert lines[1] in before[1], "the facts about the unchanged text"
    assert sum(line.count(b'"likenesses') for line in lines) == 1
    assert sum(line.count(b'"findings') for line in lines) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b"merged", b"forked"),
        lambda text: text.replace(b"[", b"{"),
        lambda text: b"\xff\xfe" + text,
        lambda _: os.urandom(2000),
    ],
    ids=["empty", "half", "other words", "other brackets", "no UTF-8", "noise"],
)
def test_a_damaged_file_is_found_out_again(store: Store, tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    kept, wanted = KeptFiles(tmp_path / "facts"), checked(store, None)
    checked(store, kept)
    file = own_file(tmp_path / "facts", store)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert checked(store, kept) == wanted
    assert sorted(own_file(tmp_path / "facts", store).read_bytes()[:40]) == sorted(whole[:40]), (
        "written again"
    )


def test_damaged_large_facts_are_found_out_again(tmp_path: Path) -> None:
    store = store_at(tmp_path / "home", "of-large-facts")
    edit(store, {"MEMORY.md": list(LINES[:3]), "build.md": list(LINES[1:5])})
    kept = KeptFiles(tmp_path / "facts")
    checked(store, kept)  # nothing was found out about these texts before, in this process
    file = Path(f"{own_file(tmp_path / 'facts', store)}.large")
    file.write_bytes(file.read_bytes().replace(b"merged", b"forked"))
    edit(store, {"notes/deploy.md": list(LINES[1:3])})
    assert checked(store, kept) == checked(store, None)
    assert b"forked" not in file.read_bytes()


def test_facts_of_another_version_are_not_used(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = KeptFiles(tmp_path / "facts")
    checked(store, kept)
    before = own_file(tmp_path / "facts", store).read_bytes()
    monkeypatch.setattr(kept_files, "_version", lambda: "another")
    assert kept._read(kept._path(store.root)) == {}
    checked(store, kept)
    assert own_file(tmp_path / "facts", store).read_bytes().partition(b"\n")[0] != before.partition(b"\n")[0]


@pytest.mark.parametrize("what", ["a link", "a directory", "a FIFO", "no permission"])
def test_what_is_in_the_way_fails_no_check(store: Store, tmp_path: Path, what: str) -> None:
    kept, wanted = KeptFiles(tmp_path / "facts"), checked(store, None)
    checked(store, kept)
    file = own_file(tmp_path / "facts", store)
    file.unlink()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    match what:
        case "a link":
            file.symlink_to(victim)
        case "a directory":
            file.mkdir()
        case "a FIFO":
            os.mkfifo(file)
        case _:
            file.parent.chmod(0o500)
    try:
        assert checked(store, kept) == wanted
    finally:
        file.parent.chmod(0o700)
    assert victim.read_text() == "precious"


def test_facts_about_stores_that_are_no_longer_checked_are_removed(store: Store, tmp_path: Path) -> None:
    directory = tmp_path / "facts"
    checked(store, KeptFiles(directory))
    old, new = directory / ("0" * 32), directory / ("1" * 32)
    for each in (old, new):
        each.write_text("words")
    os.utime(old, (0, 0))
    edit(store, {"build.md": ["- other words\n"]})
    checked(store, KeptFiles(directory))
    assert (old.exists(), new.exists()) == (False, True)


def test_nothing_is_parsed_twice(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptFiles(tmp_path / "facts")
    wanted = checked(store, kept)

    def never(*_: object) -> object:
        raise AssertionError

    for place in (
        "memoryd.domain.duplicates.passages.words_of",
        "memoryd.domain.duplicates.groups.find_likenesses",
        "memoryd.domain.dates.relative._relative_dates",
        "memoryd.domain.staleness.expiry._read_expiries",
        "memoryd.domain.staleness.tasks.outline",
    ):
        monkeypatch.setattr(place, never)
    assert checked(store, kept) == wanted
