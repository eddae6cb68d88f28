"""No safe fix links to a file that another finding doubts."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

TOPIC = "# Ship\n\nShip the shop on Mondays, with two people, and never on Fridays.\n"
CONFLICT = "<<<<<<< HEAD\n- ship on Mondays\n=======\n- ship on Fridays\n>>>>>>> feature\n"


def found(root: Path, files: Mapping[str, str | bytes]) -> list[Diagnostic]:
    for name, text in files.items():
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(check([agent_store(str(root), user=False)], ALL_RULES).diagnostics)


DOUBTED: list[str | bytes] = [b"caf\xe9 with two people\n", CONFLICT]


@pytest.mark.parametrize("text", DOUBTED)
def test_an_unlisted_file_with_another_finding_gets_no_index_line(tmp_path: Path, text: str | bytes) -> None:
    files = {
        "MEMORY.md": "- [Ship](ship.md) — on Mondays\n",
        "ship.md": TOPIC,
        "new.md": "New.\n",
        "bad.md": text,
    }
    fixes = {Path(each.path).name: each.fix for each in found(tmp_path, files) if each.code == "L004"}
    assert fixes["bad.md"] is None
    assert fixes["new.md"]


@pytest.mark.parametrize("text", DOUBTED)
def test_no_index_file_is_written_that_links_to_such_a_file(tmp_path: Path, text: str | bytes) -> None:
    [missing] = [each for each in found(tmp_path, {"ship.md": TOPIC, "bad.md": text}) if each.code == "F006"]
    assert missing.fix is None


def test_an_unlisted_copy_of_another_file_gets_no_index_line(tmp_path: Path) -> None:
    text = TOPIC + "".join(f"\n- rule number {number} of the shop holds on each day\n" for number in range(4))
    files = {"MEMORY.md": "- [Ship](ship.md) — on Mondays\n", "ship.md": text, "shipping.md": text}
    [unlisted] = [each for each in found(tmp_path, files) if each.code == "L004"]
    assert unlisted.fix is None


def test_a_copy_left_by_synchronization_has_one_finding(tmp_path: Path) -> None:
    note = f"---\nname: ship\ndescription: Ship.\ntype: project\n---\n\n{TOPIC}"
    files = {
        "MEMORY.md": "- [Ship](ship.md) — on Mondays\n",
        "ship.md": note,
        "ship 2.md": note,
        "ship - Kopie.md": f"{note}\nAsk Ann.\n",
        "Copie de ship.md": note.replace("Mondays", "Fridays"),
    }
    assert [each.code for each in found(tmp_path, files)] == ["F011"] * 3


def test_a_file_that_says_where_its_content_went_is_not_unlisted(tmp_path: Path) -> None:
    files = {
        "MEMORY.md": "- [Ship](ship.md) — on Mondays\n",
        "ship.md": TOPIC,
        "old.md": "# Shipping\n\nMoved to [ship](ship.md).\n",
        "alt.md": "Veraltet, siehe ship.md.\n",
    }
    assert [each.code for each in found(tmp_path, files)] == []


def test_a_safe_fix_leaves_a_copy_alone_that_another_program_left(tmp_path: Path) -> None:
    note = "---\nname: ship\ndescription: Ships: on Mondays\n---\n\n" + TOPIC
    files = {"MEMORY.md": "- [Ship](ship.md) — on Mondays\n", "ship.md": note, "ship 2.md": note}
    fixes = {Path(each.path).name: each.fix for each in found(tmp_path, files) if each.code == "F001"}
    assert fixes["ship.md"]
    assert fixes["ship 2.md"] is None


def test_a_safe_fix_closes_no_front_matter_of_a_copy(tmp_path: Path) -> None:
    note = "---\nname: ship\ndescription: Ships\n\n" + TOPIC
    files = {"MEMORY.md": "- [Ship](ship.md) — on Mondays\n", "ship.md": note, "ship (1).md": note}
    fixes = {Path(each.path).name: each.fix for each in found(tmp_path, files) if each.code == "F014"}
    assert fixes["ship.md"]
    assert fixes["ship (1).md"] is None
