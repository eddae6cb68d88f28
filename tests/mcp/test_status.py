from pathlib import Path

from mcp_client import Client


def test_the_room_in_each_store_and_the_findings_are_told(reader: Client, project: Path) -> None:
    (project / ".claude/agent-memory/reviewer/deploy.md").write_text("[gone](gone.md)\n")
    head, line = reader.call("memory_status").split("\n")
    assert head == "1 store, 0 entries not loaded, 1 error"
    assert line == (
        "reviewer (project) .claude/agent-memory/reviewer: 4 of 200 lines, 97 of 25,000 UTF-16 units; "
        "broken-link 1"
    )
    index = project / ".claude/agent-memory/reviewer/MEMORY.md"
    index.write_text(index.read_text() + "".join(f"- fact {number}\n" for number in range(200)))
    head, line = reader.call("memory_status", agent="reviewer").split("\n")
    assert head.startswith("1 store, 4 entries not loaded, ")
    assert "204 of 200 lines" in line
    assert "4 entries not loaded, from line 201" in line
    index.unlink()
    assert "no MEMORY.md" in reader.call("memory_status")
