"""What the rules D say and would do, beyond their golden cases."""

from pathlib import Path

import pytest

from memoryd.adapters.stores.discovery import Places, discover
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.edits.plan import Applicability
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check, check_found

LABELLED = Path(__file__).parents[1] / "data"
RULES = tuple(rule for rule in ALL_RULES if rule.code.startswith("D"))
LONG = (
    "The payment provider sends every callback twice, so each handler looks the callback up by its own "
    "number first and answers at once when it was seen before, which keeps the books right."
)
SUITE = "- Ran the whole suite before the release.\n"
WHY = "**Why:** the team was surprised by it once.\n"
HOOK = "— how we deploy the shop to production\n"
OPENING = "Run it like this when nothing else helps you:\n\n"
UPLOADS = "Upload failures are retried three times.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / ".claude" / "agent-memory" / "reviewer"
    directory.mkdir(parents=True)
    return directory


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())


def found(root: Path, files: dict[str, str]) -> list[Diagnostic]:
    write(root, files)
    return list(check([agent_store(str(root), user=False)], RULES).diagnostics)


def codes(root: Path, files: dict[str, str]) -> list[str]:
    return [each.code for each in found(root, files)]


def removed(diagnostic: Diagnostic) -> bytes:
    assert diagnostic.fix
    [change] = diagnostic.fix.changes
    assert change.after is not None
    return change.after


@pytest.mark.parametrize("name", ["likeness.txt", "likeness-unseen.txt"])
def test_no_labelled_contradiction_is_ever_proposed_for_removal(root: Path, name: str) -> None:
    shown = total = 0
    for block in (LABELLED / name).read_text().split("\n\n")[1:]:
        base, *variants = block.strip().split("\n")
        for variant in variants:
            if variant[0] in "0ui!p":
                diagnostics = found(root, {"a.md": f"# A\n\n- {base}\n", "b.md": f"# B\n\n- {variant[2:]}\n"})
                assert [each.fix for each in diagnostics] == [None] * len(diagnostics), variant
                assert "D001" not in {each.code for each in diagnostics}
                total += 1
                shown += bool(diagnostics)
    assert shown >= total * 0.85  # the others may be two things of one kind: nobody knows


def test_what_differs_by_a_sign_a_capital_or_in_code_is_never_proposed_for_removal(root: Path) -> None:
    shown = 0
    pairs = (LABELLED / "likeness-signs.txt").read_text().strip().split("\n\n")[1:]
    for pair in pairs:
        one, other = (f"- {line.removeprefix('- ')}\n" for line in pair.split("\n"))
        for files in (
            {"a.md": f"{one}{other}- x\n", "b.md": "x\n"},
            {"a.md": f"{one}- x\n", "b.md": f"{other}- y\n"},
        ):
            diagnostics = found(root, files)
            assert [each.fix for each in diagnostics] == [None] * len(diagnostics), pair
            assert "D001" not in {each.code for each in diagnostics}, pair
            shown += bool(diagnostics)
    assert shown >= len(pairs)


def test_a_step_that_comes_twice_is_shown_and_stays(root: Path) -> None:
    steps = "1. stop the gateway on the host\n2. copy the database\n3. stop the gateway on the host\n"
    [diagnostic] = found(root, {"a.md": steps})
    assert (diagnostic.code, diagnostic.fix) == ("D002", None)


def test_a_comment_keeps_its_note(root: Path) -> None:
    note = "- run the whole suite first"
    [diagnostic] = found(root, {"a.md": f"{note}\n{note} <!-- asked by Ann, 2025 -->\n- x\n"})
    assert (diagnostic.code, diagnostic.fix) == ("D001", None)


def test_a_text_that_speaks_of_the_code_beside_it_stays(root: Path) -> None:
    text = "Run it.\n\n```sh\none\n```\n\nRun it.\n\n```sh\ntwo\n```\n\nRun it.\n"
    assert [each.fix for each in found(root, {"a.md": text})] == [None, None]


RESTART = "- Restart the worker of the shop after each release.\n"


def test_no_section_about_something_else_loses_half_of_what_it_holds(root: Path) -> None:
    for rest, goes in (("- x\n", False), ("- x\n- y\n", True)):
        files = {
            "a.md": f"# A\n\n{RESTART}- z\n",
            "b.md": f"# B\n\n## Workers\n\n{RESTART}{rest}\n## More\n\nText.\n",
        }
        [diagnostic] = found(root, files)
        assert bool(diagnostic.fix) is goes
    files["b.md"] = f"# B\n\nAfter a release of the shop:\n\n{RESTART}- x\n\n## More\n\nText.\n"
    assert [each.fix for each in found(root, files)] == [None]


def test_a_section_that_stands_in_another_file_goes_with_its_heading(root: Path) -> None:
    section = f"## Workers\n\n{RESTART}"
    files = {"a.md": f"# A\n\n{section}- x\n", "b.md": f"# B\n\nText.\n\n{section}"}
    [diagnostic] = found(root, files)
    assert removed(diagnostic) == b"# B\n\nText.\n"


def test_many_go_at_one_time_but_those_that_are_silenced(root: Path) -> None:
    silenced = "- make it run <!-- memoryd: ignore[D001] twice -->\n"
    text = "".join(f"- make it run\n- note number {number} of this list\n" for number in range(200))
    diagnostics = found(root, {"a.md": f"# A\n{text}{silenced}"})
    repeated = [each for each in diagnostics if each.code == "D001"]
    assert len(repeated) == 199
    assert len({id(each.fix) for each in repeated}) == 1
    assert removed(repeated[0]).count(b"make it run\n") == 1
    assert silenced.encode() in removed(repeated[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "- `json` (default): serde is on in this crate",
            "- `json` (default): serde is on here in this crate",
        ),
        ("- Returns: the size of the whole picture", "- Returns: the size of the whole new picture"),
    ],
)
def test_one_property_of_two_things_is_told_twice(root: Path, one: str, other: str) -> None:
    assert codes(root, {"a.md": f"# A\n\n## One\n\n{one}\n\n## Two\n\n{other}\n"}) == []


def test_what_a_note_says_on_a_condition_takes_no_other_note_away(root: Path) -> None:
    one = "- Deploy the shop from the main branch of the repository"
    for more, goes in (("", True), (" only", False), (" when Ann agrees", False)):
        [diagnostic] = found(root, {"a.md": f"{one}.\n{one} to production{more}.\n- x\n"})
        assert bool(diagnostic.fix) is goes, more


def test_files_that_contradict_each_other_below_the_same_headings_say_so(root: Path) -> None:
    same = "- Ship on Mondays after the review.\n- Two people watch the graphs.\n- Roll back, then tell us.\n"
    ports = (
        "\n## Staging\n- the port of the service is {}\n\n## Production\n- the port of the service is {}\n"
    )
    files = {"a.md": same + ports.format(8080, 9090), "b.md": same + ports.format(9090, 8080)}
    diagnostics = found(root, files)
    assert "D003" in {each.code for each in diagnostics}
    assert [each.fix for each in diagnostics] == [None] * len(diagnostics)


@pytest.mark.parametrize(
    "files",
    [
        {"logs/2026-02-03.md": SUITE, "logs/2026-02-04.md": SUITE},
        {"a.md": WHY, "b.md": WHY},
        {"MEMORY.md": f"- [A](a.md) {HOOK}- [B](b.md) {HOOK}"},
        {"a.md": f"{OPENING}    x\n\n{OPENING}"},
        {"MEMORY.md": "## A\n- Owner of this module: Ann\n## B\n- Owner of this module: Ann\n"},
        {"a.md": "- none\n", "b.md": "- none\n"},
        {"a.md": "- Reviewed PR #1 on Monday: fine\n- Reviewed PR #2 on Monday: fine\n"},
    ],
    ids=["dated logs", "fields", "pointers", "openings", "two headings", "too short", "a list of one kind"],
)  # fmt: skip
def test_these_are_no_duplicates(root: Path, files: dict[str, str]) -> None:
    assert codes(root, files) == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("- make it run\n- x\n- make it run\n", "- make it run\n- x\n"),
        ("- make it run\n- x\n- make it run", "- make it run\n- x\n"),
        ("- make it run\r\n- x\r\n- Make it run\r\n- y\r\n", "- make it run\r\n- x\r\n- y\r\n"),
        ("It must run.\n\nText here.\n\nIt must run.\n\nMore.\n", "It must run.\n\nText here.\n\nMore.\n"),
        ("- make it\n  run\n- x\n- make it run\n", "- make it\n  run\n- x\n"),
    ],
)
def test_the_second_of_one_list_goes_with_its_line(root: Path, text: str, after: str) -> None:
    [diagnostic] = found(root, {"a.md": text})
    assert diagnostic.fix
    assert diagnostic.fix.applicability is Applicability.SAFE
    assert removed(diagnostic) == after.encode()


def test_what_is_pinned_stays(root: Path) -> None:
    [diagnostic] = found(root, {"a.md": "- make it run\n- x\n- make it run <!-- memoryd: pin -->\n"})
    assert (diagnostic.code, diagnostic.fix) == ("D001", None)


def test_a_note_that_is_all_its_file_says_stays(root: Path) -> None:
    files = {"a.md": f"{UPLOADS}\nMore.\n", "b.md": UPLOADS}
    [diagnostic] = found(root, files)
    assert (diagnostic.path.rpartition("/")[2], diagnostic.fix) == ("b.md", None)


def test_a_note_whose_link_means_another_file_stays(root: Path) -> None:
    note = "- Upload failures are retried three times, see [limits](limits.md).\n"
    files = {"a.md": note + "- x\n", "limits.md": "text\n", "n/b.md": note + "- x\n", "n/limits.md": "more\n"}
    assert [(each.code, each.fix) for each in found(root, files)] == [("D001", None)]


def test_what_only_one_note_leads_to_stays_reached(root: Path) -> None:
    note = "- Upload failures are retried three times, see `limits.md`.\n"
    files = {
        "MEMORY.md": "- [B](b.md) — uploads\n",
        "a.md": note + "- x\n",
        "b.md": note + "- x\n",
        "limits.md": "text\n",
    }
    [diagnostic] = found(root, files)
    assert (diagnostic.path.rpartition("/")[2], diagnostic.fix) == ("b.md", None)


def test_a_finding_can_be_silenced_where_it_stands(root: Path) -> None:
    assert codes(root, {"a.md": "- make it run\n- make it run <!-- memoryd: ignore[D001] twice -->\n"}) == []


def test_what_is_shown_names_both_sides(root: Path) -> None:
    [diagnostic] = found(
        root, {"a.md": "- The API times out after 30 s.\n", "b.md": "- The API times out after 60 s.\n"}
    )
    assert diagnostic.message == "it says “60s”, a.md:1 says “30s”"
    assert diagnostic.quoted == "- The API times out after 60 s."
    assert [place.message for place in diagnostic.related] == ["The API times out after 30 s."]


def test_a_contradiction_between_copies_is_told(root: Path) -> None:
    same = "- Ship on Mondays after the review.\n- Two people watch the graphs.\n- Roll back, then tell us.\n"
    times = {"a.md": "30 s", "b.md": "60 s"}
    files = {name: f"{same}- The API times out after {time}.\n" for name, time in times.items()}
    assert sorted(codes(root, files)) == ["D002", "D003"]


# --- Several stores ---


def across(project: Path, home: Path) -> list[tuple[str, str]]:
    report = check_found(discover(Places(home, home / ".claude"), cwd=project), RULES)
    return [(each.code, "/".join(Path(each.path).parts[-2:])) for each in report.diagnostics]


def store(project: Path, agent: str, text: str, container: str = "agent-memory") -> None:
    directory = project / ".claude" / container / agent
    write(directory, {"MEMORY.md": "- [Notes](notes.md) — all\n", "notes.md": text})


def test_a_long_passage_of_two_agents_is_told_once(tmp_path: Path, home: Path) -> None:
    store(tmp_path, "reviewer", f"One.\n\n{LONG}\n")
    store(tmp_path, "writer", f"Two.\n\n{LONG}\n")
    assert across(tmp_path, home) == [("D005", "writer/notes.md")]


def test_what_many_stores_hold_is_a_template(tmp_path: Path, home: Path) -> None:
    for agent in ("a", "b", "c", "d"):
        store(tmp_path, agent, f"{agent}\n\n{LONG}\n")
    assert across(tmp_path, home) == []


def test_copies_of_one_agents_store_are_a_matter_of_their_own(tmp_path: Path, home: Path) -> None:
    store(tmp_path, "reviewer", LONG)
    store(tmp_path, "reviewer", LONG, "agent-memory-local")
    assert across(tmp_path, home) == []


def test_two_projects_have_nothing_to_do_with_each_other(tmp_path: Path, home: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / ".git").mkdir(parents=True)
        store(tmp_path / name, name, f"{name}\n\n{LONG}\n")
    assert across(tmp_path, home) == []


def test_the_users_own_instructions_count_for_the_users_stores(tmp_path: Path, home: Path) -> None:
    write(home / ".claude", {"CLAUDE.md": "- Always answer in short and simple sentences.\n"})
    write(
        home / ".claude" / "agent-memory" / "writer",
        {"MEMORY.md": "- Always answer in short and simple sentences.\n- x\n"},
    )
    assert across(tmp_path, home) == [("D004", "writer/MEMORY.md")]


def test_instructions_count_up_to_the_repository(tmp_path: Path, home: Path) -> None:
    inner = tmp_path / "repo" / "packages" / "shop"
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    write(tmp_path, {"CLAUDE.md": "- Rules outside of the repository say nothing here.\n"})
    write(tmp_path / "repo", {"AGENTS.md": "- Always run the linter before you commit anything.\n"})
    text = "- Rules outside of the repository say nothing here.\n"
    text += "- Always run the linter before you commit anything.\n"
    store(inner, "reviewer", text)
    assert across(inner, home) == [("D004", "reviewer/notes.md")]


def test_a_note_that_says_more_than_the_instruction_is_shown_and_stays(tmp_path: Path, home: Path) -> None:
    write(tmp_path, {"CLAUDE.md": "- Always run the linter before you commit anything.\n"})
    store(tmp_path, "reviewer", "- Always run the fast linter before you commit anything.\n- x\n- y\n")
    report = check_found(discover(Places(home, home / ".claude"), cwd=tmp_path), RULES)
    assert [(each.code, each.fix) for each in report.diagnostics] == [("D004", None)]
