from pathlib import Path

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.edits.plan import Applicability
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

RULES = tuple(rule for rule in ALL_RULES if rule.code.startswith("D"))
UPLOADS = "Upload failures are retried three times.\n"


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())


def found(root: Path, files: dict[str, str]) -> list[Diagnostic]:
    write(root, files)
    return list(check([agent_store(str(root), user=False)], RULES).diagnostics)


def removed(diagnostic: Diagnostic) -> bytes:
    assert diagnostic.fix
    [change] = diagnostic.fix.changes
    assert change.after is not None
    return change.after


def test_a_comment_keeps_its_note(root: Path) -> None:
    note = "- run the whole suite first"
    [diagnostic] = found(root, {"a.md": f"{note}\n{note} <!-- asked by Ann, 2025 -->\n- x\n"})
    assert (diagnostic.code, diagnostic.fix) == ("D001", None)


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


def test_what_a_note_says_on_a_condition_takes_no_other_note_away(root: Path) -> None:
    one = "- Deploy the shop from the main branch of the repository"
    for more, goes in (("", True), (" only", False), (" when Ann agrees", False)):
        [diagnostic] = found(root, {"a.md": f"{one}.\n{one} to production{more}.\n- x\n"})
        assert bool(diagnostic.fix) is goes, more


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
