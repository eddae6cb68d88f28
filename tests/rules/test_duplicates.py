"""What the rules D say and would do, beyond their golden cases."""

from pathlib import Path

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

LABELLED = Path(__file__).parents[1] / "data"
RULES = tuple(rule for rule in ALL_RULES if rule.code.startswith("D"))
SUITE = "- Ran the whole suite before the release.\n"
WHY = "**Why:** the team was surprised by it once.\n"
HOOK = "— how we deploy the shop to production\n"
OPENING = "Run it like this when nothing else helps you:\n\n"


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


def test_a_text_that_speaks_of_the_code_beside_it_stays(root: Path) -> None:
    text = "Run it.\n\n```sh\none\n```\n\nRun it.\n\n```sh\ntwo\n```\n\nRun it.\n"
    assert [each.fix for each in found(root, {"a.md": text})] == [None]


def test_many_go_at_one_time_but_those_that_are_silenced(root: Path) -> None:
    silenced = "- make it run <!-- memoryd: ignore[D001] twice -->\n"
    text = "".join(f"- make it run\n- note number {number} of this list\n" for number in range(200))
    diagnostics = found(root, {"a.md": f"# A\n{text}{silenced}"})
    repeated = [each for each in diagnostics if each.code == "D001"]
    assert len(repeated) == 1
    assert removed(repeated[0]).count(b"make it run\n") == 1
    assert silenced.encode() in removed(repeated[0])


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


def test_a_finding_can_be_silenced_where_it_stands(root: Path) -> None:
    assert codes(root, {"a.md": "- make it run\n- make it run <!-- memoryd: ignore[D001] twice -->\n"}) == []
