from pathlib import Path

import pytest
from cli.program import called
from mcp_client import Client

INDEX = ".claude/agent-memory/reviewer/MEMORY.md"
DEPLOY = ".claude/agent-memory/reviewer/deploy.md"


def test_a_note_is_added_and_the_addition_undone(client: Client, project: Path) -> None:
    before = (project / INDEX).read_text()
    found = client.call("memory_add", agent="reviewer", text="- the API times out after 60 s on staging")
    assert found.startswith("add a note to MEMORY.md: operation 1 (undo: memoryd undo 1)\nfits: ")
    assert 'contradicts ("30s" there, "60s" here)' in found
    assert (project / INDEX).read_text() == before + "- the API times out after 60 s on staging\n"
    assert called("undo", "1", cwd=project).code == 0
    assert (project / INDEX).read_text() == before


def test_a_dry_run_writes_nothing(client: Client, project: Path) -> None:
    before = (project / INDEX).read_text()
    found = client.call("memory_add", agent="reviewer", text="a walrus", topic="Zoo", dry_run=True)
    assert found.startswith("would add a note to zoo.md, a new topic file\n")
    assert (project / INDEX).read_text() == before
    client.call("memory_add", agent="reviewer", text="a walrus", topic="Zoo")
    assert "- a walrus" in (project / INDEX).with_name("zoo.md").read_text()
    assert "zoo.md" in (project / INDEX).read_text()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"agent": "tester", "text": "a"}, 'no agent "tester"'),
        ({"agent": "", "text": "a"}, "give one of them as agent"),
        ({"agent": "reviewer", "text": "  - "}, "the note is empty"),
        ({"agent": "reviewer", "text": "a\u202eb"}, "hidden characters"),
        (
            {"agent": "reviewer", "text": "The API times out after 30 s on staging."},
            "MEMORY.md:4 says the same",
        ),
        ({"agent": "reviewer", "text": "a", "topic": "../../x"}, ""),
    ],
)
def test_what_is_not_added_is_told(
    client: Client, project: Path, given: dict[str, object], told: str
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*.md")}
    if told:
        assert told in client.refused("memory_add", **given)
        assert {path: path.read_bytes() for path in project.rglob("*.md")} == before
    else:
        client.ask("tools/call", name="memory_add", arguments=given)
        assert {path.parent for path in project.rglob("*.md")} == {path.parent for path in before}


def test_a_note_that_would_not_be_seen_is_not_added(client: Client, project: Path) -> None:
    (project / INDEX).write_text("".join(f"- fact {number}\n" for number in range(200)))
    assert "would not see the note" in client.refused("memory_add", agent="reviewer", text="one more")


def test_a_note_is_forgotten_without_its_text(client: Client, project: Path) -> None:
    reference = client.ref("staging")
    found = client.call("memory_forget", ref=reference)
    assert found == "1 file changed: operation 1 (undo: memoryd undo 1)"
    assert "staging" not in (project / INDEX).read_text()
    assert "staging" not in called("log", cwd=project).out
    assert "was changed or removed" in client.refused("memory_forget", ref=reference)


def test_a_note_that_leads_to_a_topic_stays(client: Client, project: Path) -> None:
    before = (project / INDEX).read_bytes()
    found = client.call("memory_search", query="how releases are made", limit=20)
    (line,) = (each for each in found.split("\n") if "MEMORY.md:3" in each)
    assert "the note stays: nothing else leads to deploy.md" in client.refused(
        "memory_forget", ref=line.split()[0]
    )
    assert (project / INDEX).read_bytes() == before


def test_a_reader_changes_nothing(reader: Client) -> None:
    for tool in ("memory_add", "memory_forget"):
        assert reader.ask("tools/call", name=tool, arguments={})["error"]["code"] == -32602
