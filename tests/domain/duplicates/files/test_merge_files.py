"""Two topics made one: no line, link or way to a file is lost, and what is not certain is not done."""

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.checks.rule import context_of
from memoryd.domain.duplicates.files.merge_files import merge_fix
from memoryd.domain.edits.combine import with_changes
from memoryd.domain.links.names import reachable
from memoryd.domain.links.pointers import pointers
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store

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
    fix = merge_fix(
        snapshot, pointers(context_of(snapshot).links), snapshot.documents[kept], snapshot.documents[gone]
    )
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


def merged_with(
    kept: str, gone: str, index: str = "- [Deploy](deploy.md)\n- [Shipping](shipping.md)\n"
) -> str | None:
    after = merged({"MEMORY.md": index, "deploy.md": kept, "shipping.md": gone})
    return after["deploy.md"] if after else None


def test_what_contradicts_below_the_same_heading_is_never_merged() -> None:
    ports = (
        "\n## Staging\n- the port of the service is {}\n\n## Production\n- the port of the service is {}\n"
    )
    assert merged_with(SHARED + ports.format(8080, 9090), SHARED + ports.format(9090, 8080)) is None
    timeout = "- The API times out after {} s.\n"
    assert merged_with(SHARED + timeout.format(30), SHARED + timeout.format(60)) is None


def test_the_same_line_below_another_heading_says_something_else() -> None:
    kept = f"{SHARED}\n## Client\n\n- Ask twice.\n\n## Server\n\n- Ask never.\n"
    assert (
        merged_with(kept, f"{SHARED}\n## Server\n\n- Ask twice.\n") == f"{kept}\n## Server\n\n- Ask twice.\n"
    )


def test_an_item_is_known_with_its_children_only() -> None:
    kept = f"{SHARED}- for tests use\n  - the blue key\n- for builds use\n  - the red key\n"
    assert (
        merged_with(kept, f"{SHARED}- for tests use\n  - the red key\n")
        == f"{kept}\n- for tests use\n  - the red key\n"
    )


def test_the_order_of_code_and_of_steps_counts() -> None:
    code = "```sh\nstop\nmigrate\n```\n", "```sh\nmigrate\nstop\n```\n"
    assert merged_with(f"{SHARED}\n{code[0]}", f"{SHARED}\n{code[1]}") == f"{SHARED}\n{code[0]}\n{code[1]}"
    steps = "1. stop\n2. migrate\n", "1. migrate\n2. stop\n"  # one behind the other they would be one list
    assert merged_with(f"{SHARED}\n{steps[0]}", f"{SHARED}\n{steps[1]}") is None


def test_a_line_that_opens_a_list_is_part_of_what_it_says() -> None:
    long = SHARED + "- And then go home, all of you, for the day is done.\n"
    after = merged_with(f"{long}\nNever:\n\n- push to main\n", f"{long}\nAlways:\n\n- push to main\n")
    assert after == f"{long}\nNever:\n\n- push to main\n\nAlways:\n\n- push to main\n"


def test_what_stands_below_no_heading_comes_before_the_first_one() -> None:
    after = merged_with(f"# T\n\n{SHARED}\n## Part\n\nText.\n", f"# T\n\n{SHARED}- Tell support.\n")
    assert after == f"# T\n\n{SHARED}\n- Tell support.\n\n## Part\n\nText.\n"


def test_no_empty_heading_and_no_blank_lines_are_left_behind() -> None:
    assert merged_with(f"# A\n\n{SHARED}", f"# B\n\n{SHARED}\n\n") == f"# A\n\n{SHARED}\nB\n"
    assert merged_with(f"# A\n\n{SHARED}", f"# A\n\n{SHARED}\n## Empty one\n") is None


def test_files_with_little_in_common_below_the_same_headings_stay_two() -> None:
    assert merged_with(SHARED, f"# B\n\n## Set-up\n\n{SHARED}") is None


FRONT = "---\nname: {}\n{}---\n" + SHARED


def test_what_is_protected_otherwise_stays() -> None:
    plain = FRONT.format("deploy", "type: project\n")
    for keys in (
        "type: feedback\n",
        "metadata:\n  type: project\n",
        "type: project\nowner: Ann\n",
        "type: project\nexpires: 2030-01-01\n",
        "type: project\ntags:\n- a\n",
    ):
        assert merged_with(plain, FRONT.format("shipping", keys)) is None, keys
    assert merged_with(FRONT.format("deploy", "expires: 2030-01-01\n"), FRONT.format("shipping", "")) is None
    assert merged_with(plain, FRONT.format("shipping", "type: project\nmodified: 2026-01-01\n")) == plain


def test_pins_and_directives_stay_where_they_are() -> None:
    pin = "<!-- memoryd: pin -->\n"
    assert merged_with(SHARED, f"# B\n{pin}\n{SHARED}") is None
    assert merged_with(f"# B\n{pin}\n{SHARED}", SHARED) is None
    assert merged_with(SHARED, f"<!-- memoryd: ignore-file[D003] -->\n\n{SHARED}") is None
    index = "- [Deploy](deploy.md)\n- [Shipping](shipping.md) <!-- memoryd: pin -->\n"
    assert merged_with(SHARED, SHARED, index) is None


def test_what_the_index_says_of_the_other_file_is_kept() -> None:
    lines = "- [Deploy](deploy.md) — when.\n- [Shipping](shipping.md) — read it before deploys\n"
    files = {"MEMORY.md": lines, "deploy.md": SHARED, "shipping.md": SHARED}
    after = merged(files)
    assert after == {
        "MEMORY.md": "- [Deploy](deploy.md) — when; read it before deploys\n",
        "deploy.md": SHARED,
    }
    long = "read it " + "again and again " * 12
    after = merged(files | {"MEMORY.md": f"- [Deploy](deploy.md)\n- [Shipping](shipping.md) — {long}\n"})
    assert after == {"MEMORY.md": "- [Deploy](deploy.md)\n", "deploy.md": f"{SHARED}\n{long.strip()}\n"}


def test_a_link_between_the_two_is_text_and_one_to_a_part_leads_there() -> None:
    kept = f"{SHARED}\nSee [rules](shipping.md#rules), [it](shipping.md) and [[shipping]].\n"
    after = merged_with(kept, f"{SHARED}\n## Rules\n\n- See [[deploy]], [this](shipping.md).\n")
    assert after == (f"{SHARED}\nSee [rules](#rules), it and shipping.\n\n## Rules\n\n- See deploy, this.\n")


def test_a_link_to_a_heading_that_would_be_gone_keeps_the_file() -> None:
    files = {"MEMORY.md": "- [x](shipping.md#b) and [Deploy](deploy.md)\n", "deploy.md": f"# A\n\n{SHARED}"}
    assert merged(files | {"shipping.md": f"# B\n\n{SHARED}"}) is None


def test_other_files_of_that_name_are_left_alone() -> None:
    other = "[x](n/shipping.md), docs/shipping.md, https://x.example/shipping.md, `reviewer/shipping.md`\n"
    files = {"MEMORY.md": "- [Deploy](deploy.md)\n- [o](o.md)\n- [x](n/shipping.md)\n", "o.md": other,
             "deploy.md": SHARED, "shipping.md": SHARED, "n/shipping.md": "Text.\n"}  # fmt: skip
    after = merged(files)
    assert after is not None
    assert after["o.md"] == other.replace("reviewer/shipping.md", "reviewer/deploy.md")


LINES = st.lists(
    st.sampled_from(
        ["- one thing", "- another thing", "## Part", "Some text.", "", "  - below", "```", "> said",
         "1. first",
         "| a | b |", "[[deploy]]", "[x](people.md)", "[[shipping]]", "<!-- note -->", "Title\n====="]
    ),
    max_size=12,
)  # fmt: skip


def _said(line: str) -> str:
    """What a line says: a title may have become text, and so has what led from the one to the other."""
    for link in ("deploy", "shipping"):
        line = line.replace(f"[[{link}]]", link)
    return "" if set(line) == {"="} else line.strip().replace("deploy", "shipping")


@given(LINES, LINES)
def test_whatever_the_files_hold_no_line_and_no_way_is_lost(kept: list[str], gone: list[str]) -> None:
    files = FILES | {"deploy.md": "\n".join(kept), "shipping.md": "\n".join(gone)}
    after = merged(files)
    if after is not None:
        lines, there = (
            {_said(line) for line in text.split("\n")}
            for text in ("\n".join((*kept, *gone)), after["deploy.md"])
        )
        assert lines <= there | {""}
        assert set(reachable(store(files))) - {"shipping.md"} <= set(reachable(store(after)))
