from pathlib import Path

from mcp_client import Client


def test_hits_have_counts_first_and_a_reference_each(reader: Client) -> None:
    head, hit = reader.call("memory_search", query="staging").split("\n")
    assert head == "1 hit"
    assert hit.endswith(
        "reviewer (project) .claude/agent-memory/reviewer/MEMORY.md:4 "
        '"- The API times out after 30 s on staging."'
    )
    assert reader.call("memory_search", query="nothing of the kind at all") == "0 hits"


def test_other_projects_are_not_searched(reader: Client) -> None:
    assert "another project" not in reader.call("memory_search", query="releases project")
    assert 'no agent "tester" has memory here' in reader.refused("memory_search", query="a", agent="tester")


def test_what_was_written_a_moment_ago_is_found(client: Client) -> None:
    assert client.call("memory_search", query="walrus") == "0 hits"
    client.call("memory_add", agent="reviewer", text="the mascot is a walrus")
    assert client.call("memory_search", query="walrus").startswith("1 hit")


def test_answers_are_short_unless_more_is_asked_for(reader: Client, project: Path) -> None:
    store = project / ".claude/agent-memory/reviewer"
    for number in range(40):
        (store / f"walrus-{number}.md").write_text(f"# Walrus {number}\n\n{'about the walrus ' * 20}\n")
    short = reader.call("memory_search", query="walrus")
    assert len(short.encode()) <= 2000
    assert short.startswith("10 hits")
    assert reader.call("memory_search", query="walrus", limit=40).count("\n") == 40
    assert reader.call("memory_search", query="walrus", limit=-5).startswith("1 hit")
