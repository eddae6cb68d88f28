from pathlib import Path

from mcp_client import Client

INDEX = ".claude/agent-memory/reviewer/MEMORY.md"


def test_room_and_likeness_are_told_and_nothing_is_written(reader: Client, project: Path) -> None:
    before = (project / INDEX).read_bytes()
    found = reader.call("memory_check", path=INDEX, text="- The API times out after 60 s on staging.")
    head, line = found.split("\n")
    assert head.startswith("fits: MEMORY.md would have 5 of 200 lines")
    assert head.endswith("1 note says that already or contradicts it")
    assert line.startswith('contradicts ("30s" there, "60s" here) MEMORY.md:4 ')
    text = "- Releases are made on Mondays with two people."
    assert "the same as deploy.md:3" in reader.call("memory_check", path=INDEX, text=text)
    assert (project / INDEX).read_bytes() == before


def test_what_would_leave_the_view_is_named(reader: Client, project: Path) -> None:
    (project / INDEX).write_text("".join(f"- fact {number}\n" for number in range(200)))
    found = reader.call("memory_check", path=INDEX, text="- one more\n- and another")
    assert found.startswith("does not fit: MEMORY.md would have 202 of 200 lines")
    assert "2 more entries not loaded; 0 notes" in found
    assert found.split("\n")[1:] == ['"one more"', '"and another"']


def test_a_topic_file_has_room(reader: Client) -> None:
    path = ".claude/agent-memory/reviewer/new.md"
    assert reader.call("memory_check", path=path, text="- hello").startswith("fits: new.md is a topic file")
    assert "not that of a memory file" in reader.refused("memory_check", path="README.md", text="a")
