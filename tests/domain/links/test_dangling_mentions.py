import pytest

from memoryd.domain.links.dangling_mentions import mentions
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store

FILES = {"here.md": b"x\n", "h two.md": b"x\n", "topics/style.md": b"x\n"}


def found(text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    files = FILES | {"MEMORY.md": raw}
    documents = {path: parse(path, content) for path, content in files.items()}
    index = documents["MEMORY.md"]
    listed = list(mentions(Snapshot(agent_store("/s", user=False), documents)))
    assert all(index.slice(each.span).strip() == each.path for each in listed)
    return [each.path for each in listed]


@pytest.mark.parametrize(
    "text",
    [
        "- {}",
        "- {} — hook",
        "- {} -- hook",
        "- {} - hook",
        "- {}: hook",
        "- {} (hook)",
        "- {} → hook",
        "* `{}` — hook",
        "1. {} — hook",
        "- [ ] {} — hook",
        "- **{}** — hook",
        "- **`{}`** — hook",
        "- @{}",
        "- ./{} — hook",
        "a\n\n- b\n  - {} — hook",
        "| {} | hook |\n|---|---|\n| a | b |",
        "| a | b |\n|---|---|\n| x | `{}` |",
        "| a | b |\n|---|---|\n| **{}** | x |",
        "- topics/{} — hook",
        "# Индекс\n\n- {} — заметка",
        "# 索引\n\n- {}：说明".replace("：", ":"),
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "---\nname: x\n---\n"])
def test_missing_files_are_found(text: str, eol: str, start: str) -> None:
    for name in ("gone.md", "gone-two_3.md", "заметка.md", "会议.md"):
        whole = f"{start}{text.format(name)}\n".replace("\n", eol)
        assert [each.removeprefix("./").removeprefix("topics/") for each in found(whole)] == [name]
    assert found(f"{start}{text.format('here.md')}\n".replace("topics/here", "here").replace("\n", eol)) == []


def test_links_that_fail_for_a_space_are_found() -> None:
    assert found("- [G](gone three.md) — hook, [H](h two.md), see [I](gone too.md)\n") == [
        "gone three.md",
        "gone too.md",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- The steps were in gone.md once.",
        "- see gone.md for more, or here.md",
        "gone.md is a paragraph.",
        "- [x](gone.md) — a link",
        "- [gone.md](here.md) — a link",
        "- [[gone.md]] — a wiki link",
        "- docs/gone.md — in another folder",
        "- ../gone.md — outside",
        "- ~/gone.md — at home",
        "- https://example.com/gone.md",
        "- README.md — of the repository",
        "- `CLAUDE.md`: instructions",
        "- MEMORY.md",
        "- file.md — a placeholder",
        "- <name>.md — a placeholder",
        "- `<name>.md` — a placeholder",
        "- YYYY-MM-DD.md — one a day",
        "- *.md — all",
        "- gone.mdx — another ending",
        "- gone.md.bak",
        "- 详见gone.md — joined to a word",
        "```\n- gone.md — hook\n```",
        "    - gone.md — hook",
        "<!-- - gone.md — hook -->",
        "<!--\n- gone.md — hook\n-->",
        "> - gone.md — quoted",
        "---\nlist:\n- gone.md\n---",
        "- style.md — in a folder",
        "- topics/style.md — in a folder",
        "- a here.md",
        "## Docs in docs/mobile\n\n- gone.md — hook",
        "## Docs\n\n- Located in `docs/Mobile Conversion/`\n- `gone.md` — hook",
        "# Docs of web/\n\n## Guides\n\n- gone.md — hook",
    ],
)
def test_what_is_no_mention_of_a_missing_file(text: str) -> None:
    assert found(text + "\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "## Topics, see docs/ too\n\n- here.md — hook\n- gone.md — hook",
        "## Topics in memory/\n\n- [x](here.md)\n- gone.md — hook",
        "Code is in src/.\n\n## Topics\n\n- gone.md — hook",
        "## Topics\n\n- gone.md — hook\n- Code is in src/.",
    ],
)
def test_folders_elsewhere_do_not_hide_mentions(text: str) -> None:
    assert found(text + "\n") == ["gone.md"]


def test_undecodable_bytes_do_no_harm() -> None:
    assert found(b"- \xff\xfe\n- gone.md\n") == ["gone.md"]
