import pytest

from memoryd.domain.limits.budget import budget_of, budgets_of
from memoryd.domain.links.names import unseen_topics
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, OTHERS, Profile
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

PROFILES = {profile.name: profile for profile in OTHERS}


def snapshot(files: dict[str, str], profile: Profile = CLAUDE_AGENT) -> Snapshot:
    store = Store("/s/a", Scope.USER, "a", "/s", profile)
    return Snapshot(store, {path: parse(path, text.encode()) for path, text in sorted(files.items())})


def test_the_limit_is_200_lines_and_not_201() -> None:
    full = budget_of(snapshot({"MEMORY.md": "- a\n" * 200}))
    over = budget_of(snapshot({"MEMORY.md": "- a\n" * 201}))
    assert full is not None
    assert over is not None
    assert (full.is_over, full.used, full.cut_line, full.room) == (False, 1.0, None, 0)
    assert (over.is_over, over.cut_line, len(over.unseen)) == (True, 201, 1)


def test_the_limit_is_25000_units_and_not_25001() -> None:
    full = budget_of(snapshot({"MEMORY.md": "x" * 24_000 + "\n" + "y" * 999}))
    over = budget_of(snapshot({"MEMORY.md": "x" * 24_000 + "\n" + "y" * 1000}))
    assert full is not None
    assert over is not None
    assert (full.view.units, full.is_over) == (25_000, False)
    assert (over.view.units, over.is_over, over.cut_line) == (25_001, True, 2)


def test_an_entry_cut_in_its_middle_counts_as_unseen() -> None:
    text = "- a\n" * 199 + "- b\n  more of b\n"
    budget = budget_of(snapshot({"MEMORY.md": text}))
    assert budget is not None
    assert [budget.index.slice(entry.span) for entry in budget.unseen] == ["- b\n  more of b\n"]


def test_room_is_told_in_entries_as_they_are() -> None:
    budget = budget_of(snapshot({"MEMORY.md": "- a\n  b\n" * 90}))
    assert budget is not None
    assert budget.room == 10


def test_topics_that_only_the_cut_part_links_are_unseen() -> None:
    links = "- a fact\n" * 200 + "- [Late](late.md)\n"
    store = snapshot({"MEMORY.md": "- [Early](early.md)\n" + links, "late.md": "x", "early.md": "y"})
    budget = budget_of(store)
    assert budget is not None
    assert unseen_topics(store, budget) == ("late.md",)


def test_front_matter_counts_for_agents_and_not_for_auto_memory() -> None:
    text = "---\nname: x\n---\n" + "- a\n" * 198
    agent = budget_of(snapshot({"MEMORY.md": text}))
    auto = budget_of(snapshot({"MEMORY.md": text}, CLAUDE_AUTO))
    assert agent is not None
    assert auto is not None
    assert (agent.view.lines, agent.is_over) == (201, True)
    assert (auto.view.lines, auto.is_over) == (198, False)


@pytest.mark.parametrize(
    ("profile", "index", "fits", "over"),
    [
        ("openclaw", "MEMORY.md", "漢" * 12_000, "漢" * 12_001),
        ("hermes", "MEMORY.md", "é" * 2_200, "é" * 2_201),
        ("vscode", "MEMORY.md", "a\n" * 200, "a\n" * 201),
    ],
)
def test_each_harness_counts_in_its_own_unit(profile: str, index: str, fits: str, over: str) -> None:
    within = budget_of(snapshot({index: fits}, PROFILES[profile]))
    beyond = budget_of(snapshot({index: over}, PROFILES[profile]))
    assert within is not None
    assert beyond is not None
    assert (within.used, within.is_over) == (1.0, False)
    assert beyond.is_over
    assert beyond.view.cut_offset is not None
    assert beyond.index.source[: beyond.view.cut_offset].decode() == fits.removesuffix("\n")


def test_codex_sees_both_ends_of_a_file_over_its_limit() -> None:
    codex = PROFILES["codex"]
    within = budget_of(snapshot({"memory_summary.md": "x" * 10_003}, codex))
    beyond = budget_of(snapshot({"memory_summary.md": "".join(f"- {n:096}\n\n" for n in range(200))}, codex))
    assert within is not None
    assert beyond is not None
    assert (within.used, within.is_over) == (1.0, False)
    assert (beyond.cut_line, beyond.resume_line) == (101, 301)
    lost = [int(beyond.index.slice(entry.span)[2:]) for entry in beyond.unseen]
    assert lost == list(range(50, 150))


def test_topics_that_only_the_lost_middle_links_are_unseen() -> None:
    lines = [f"- [{n}]({n}.md) {'x' * 80}\n" for n in range(400)]
    files = {"memory_summary.md": "".join(lines), **{f"{n}.md": "# T\n" for n in (0, 200, 399)}}
    found = snapshot(files, PROFILES["codex"])
    budget = budget_of(found)
    assert budget is not None
    assert unseen_topics(found, budget) == ("200.md",)


def test_files_beside_the_index_file_have_limits_of_their_own() -> None:
    budgets = budgets_of(snapshot({"MEMORY.md": "a", "USER.md": "u" * 1_376}, PROFILES["hermes"]))
    assert [(each.index.path, each.is_over) for each in budgets] == [("MEMORY.md", False), ("USER.md", True)]


def test_entries_are_parted_as_the_harness_parts_them() -> None:
    text = "§\n".join(f"Fact {at} is worth knowing.\n" for at in range(100))
    budget = budget_of(snapshot({"MEMORY.md": text}, PROFILES["hermes"]))
    assert budget is not None
    assert len(budget.entries) == 100
    assert 0 < len(budget.unseen) < 40


def test_a_harness_without_a_limit_is_never_full() -> None:
    budget = budget_of(snapshot({"MEMORY.md": "a\n" * 10_000}, PROFILES["gemini"]))
    assert budget is not None
    assert (budget.used, budget.is_over, budget.room) == (0.0, False, None)
