from pathlib import Path

from mcp_client import Client


def test_memory_files_are_resources(reader: Client, project: Path) -> None:
    store = project / ".claude/agent-memory/reviewer"
    (store / "with space.md").write_text("- ü\n")
    found = reader.ask("resources/list")["result"]["resources"]
    assert [each["name"] for each in found] == [
        "reviewer/MEMORY.md",
        "reviewer/deploy.md",
        "reviewer/with space.md",
    ]
    (content,) = reader.ask("resources/read", uri=found[2]["uri"])["result"]["contents"]
    assert content["text"] == "<memory-data>\n- ü\n</memory-data>"


def test_many_come_in_pages(reader: Client, project: Path) -> None:
    store = project / ".claude/agent-memory/reviewer"
    for number in range(300):
        (store / f"t{number}.md").write_text("")
    names: list[str] = []
    cursor: dict[str, object] = {}
    while True:
        page = reader.ask("resources/list", **cursor)["result"]
        names += [each["name"] for each in page["resources"]]
        if "nextCursor" not in page:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert len(names) == len(set(names)) == 302
    assert len(reader.ask("resources/list", cursor="nonsense")["result"]["resources"]) == 200


def test_other_files_are_none(reader: Client, project: Path) -> None:
    for uri in (f"file://{project}/README.md", "file:///etc/passwd", "http://x/", "", "file://%00"):
        assert reader.ask("resources/read", uri=uri)["error"]["code"] == -32602
