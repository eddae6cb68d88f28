"""Two topics made one: no line, link or way to a file is lost, and what is not certain is not done."""

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.document import Snapshot
from memoryd.domain.fixes import with_changes
from memoryd.domain.links import reachable
from memoryd.domain.markdown import parse
from memoryd.domain.merging import merge_fix
from memoryd.domain.store import agent_store

ROOT = "/p/.claude/agent-memory/reviewer"
SHARED = (
    "- Ship on Mondays after the second review.\n- Two people watch the dashboards.\n- Roll back at once.\n"
)


def store(files: dict[str, str]) -> Snapshot:
    documents = {path: parse(path, text.encode()) for path, text in sorted(files.items())}
    return Snapshot(agent_store(ROOT, user=False), documents)


def merged(
    files: dict[str, str], kept: str = "deploy.md", gone: str = "shipping.md"
) -> dict[str, str] | None:
    snapshot = store(files)
    fix = merge_fix(snapshot, snapshot.documents[kept], snapshot.documents[gone])
    if fix is None:
        return None
    after = with_changes(snapshot, {change.path: change for change in fix.changes})
    return {path: document.raw.decode() for path, document in after.documents.items()}


FILES = {
    "MEMORY.md": "- [Deploy](deploy.md) — when\n- [Shipping](./shipping.md#rules)\n- `shipping.md` too\n",
    "deploy.md": f"---\nname: deploy\ndescription: when we ship\n---\n{SHARED}\n- Tell support.\n",
    "shipping.md": "---\nname: shipping\ndescription: how we ship\n---\n"
    f"{SHARED}\n## Rules\n\n- Fixes at once.\n",
    "people.md": "See [rules](shipping.md#rules), [[shipping]], [[shipping|the rules]] and [x][y].\n\n"
    "[y]: shipping.md\n",
}


def test_links_wiki_links_and_mentions_lead_to_what_stays() -> None:
    after = merged(FILES)
    assert after is not None
    assert after.keys() == FILES.keys() - {"shipping.md"}
    assert after["people.md"] == (
        "See [rules](deploy.md#rules), [[deploy]], [[deploy|the rules]] and [x][y].\n\n[y]: deploy.md\n"
    )
    assert after["MEMORY.md"] == "- [Deploy](deploy.md) — when\n- `deploy.md` too\n"


def test_every_line_that_differs_stays_once() -> None:
    after = merged(FILES)
    assert after is not None
    assert after["deploy.md"] == FILES["deploy.md"] + "\nhow we ship\n\n## Rules\n\n- Fixes at once.\n"


def test_the_only_index_line_leads_to_what_stays() -> None:
    after = merged(FILES | {"MEMORY.md": "- [Shipping](shipping.md) — rules\n"})
    assert after is not None
    assert after["MEMORY.md"] == "- [Shipping](deploy.md) — rules\n"


def test_line_ends_and_the_missing_final_one_are_kept() -> None:
    after = merged(FILES | {"deploy.md": SHARED.replace("\n", "\r\n") + "- Tell support."})
    assert after is not None
    assert after["deploy.md"].count("\n") == after["deploy.md"].count("\r\n")
    added = "- Tell support.\r\n\r\nhow we ship\r\n\r\n## Rules\r\n\r\n- Fixes at once.\r\n"
    assert after["deploy.md"].endswith(added)


def test_what_cannot_be_merged_for_certain_is_left_alone() -> None:
    for change in (
        {"shipping.md": SHARED + "\n[y]: x.md\n"},
        {"shipping.md": SHARED + "\nA note.[^1]\n\n[^1]: where\n"},
        {"notes/shipping.md": SHARED},
    ):
        files = FILES | change
        gone = "notes/shipping.md" if "notes/shipping.md" in files else "shipping.md"
        assert merged(files, gone=gone) is None


def test_the_index_file_is_no_topic() -> None:
    assert merged(FILES, gone="MEMORY.md") is None
    assert merged(FILES, kept="MEMORY.md") is None


LINES = st.lists(
    st.sampled_from(
        ["- one thing", "- another thing", "## Part", "Some text.", "", "  - below", "```", "> said",
         "1. first",
         "| a | b |", "[[deploy]]", "[x](people.md)", "[[shipping]]", "<!-- note -->", "Title\n====="]
    ),
    max_size=12,
)  # fmt: skip


@given(LINES, LINES)
def test_whatever_the_files_hold_no_line_and_no_way_is_lost(kept: list[str], gone: list[str]) -> None:
    files = FILES | {"deploy.md": "\n".join(kept), "shipping.md": "\n".join(gone)}
    after = merged(files)
    if after is not None:
        text = "\n".join((*kept, *gone)).replace("[[shipping]]", "[[deploy]]")
        there = after["deploy.md"].replace("[[shipping]]", "[[deploy]]")
        assert {line.strip() for line in text.split("\n")} - {""} <= {
            line.strip() for line in there.split("\n")
        }
        assert set(reachable(store(files))) - {"shipping.md"} <= set(reachable(store(after)))
