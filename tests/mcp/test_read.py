from pathlib import Path

import pytest
from mcp_client import Client

STORE = ".claude/agent-memory/reviewer"


def test_a_note_is_read_by_its_reference(reader: Client) -> None:
    assert reader.call("memory_read", ref=reader.ref("staging")) == (
        f"{STORE}/MEMORY.md:4\n<memory-data>\n- The API times out after 30 s on staging.\n</memory-data>"
    )


def test_a_file_is_read_by_its_path(reader: Client, project: Path) -> None:
    found = reader.call("memory_read", path=f"{project}/{STORE}/deploy.md", lines="2-3")
    head, *rest = found.split("\n")
    assert head == f"{STORE}/deploy.md: lines 2-3 of 6"
    assert rest == ["<memory-data>", "", "Releases are made on Mondays with two people.", "</memory-data>"]
    assert "lines 6-6 of 6" in reader.call("memory_read", path=f"{STORE}/deploy.md", lines="6")
    assert "lines 5-6 of 6" in reader.call("memory_read", path=f"{STORE}/deploy.md", lines="5-")


def test_a_long_file_is_read_in_parts(reader: Client, project: Path) -> None:
    (project / STORE / "long.md").write_text("".join(f"- line {number} ü\n" for number in range(1, 20_001)))
    found = reader.call("memory_read", path=f"{STORE}/long.md")
    assert len(found.encode()) < 2200
    last = int(found.split("lines 1-")[1].split(" ")[0])
    assert f'(more with lines "{last + 1}-20000")' in found
    more = reader.call("memory_read", path=f"{STORE}/long.md", lines="1-20000")
    assert 40_000 < len(more) < 50_000
    (project / STORE / "line.md").write_text("x" * 100_000)
    assert len(reader.call("memory_read", path=f"{STORE}/line.md")) < 50_000


def test_an_empty_file_has_no_lines(reader: Client, project: Path) -> None:
    (project / STORE / "empty.md").write_text("")
    assert "lines 1-0 of 0" in reader.call("memory_read", path=f"{STORE}/empty.md")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "either ref or path"),
        ({"ref": "aaaaaa-bbbbbbbb", "path": f"{STORE}/deploy.md"}, "either ref or path"),
        ({"path": f"{STORE}/missing.md"}, "does not exist"),
        ({"path": f"{STORE}/deploy.md", "lines": "0-3"}, "must be a range"),
        ({"path": f"{STORE}/deploy.md", "lines": "7"}, "the file has 6"),
        ({"path": f"{STORE}/deploy.md", "lines": "3-2"}, "before the first"),
        ({"path": f"{STORE}/deploy.md", "lines": "all"}, "must be a range"),
        ({"path": "README.md"}, "not that of a memory file"),
    ],
)
def test_what_cannot_be_read_is_told(reader: Client, given: dict[str, object], told: str) -> None:
    assert told in reader.refused("memory_read", **given)
