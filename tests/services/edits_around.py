"""Edits of two stores of a project, and of what is around them."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st
from support import write_tree

FACT = "Run all of the tests before each commit to this repository."
LINES = (
    "- [build](build.md) and [deploy](notes/deploy.md#when)\n",
    "- Frozen (valid until 2026-01-31)\n",
    "- See [the source](../../../src/main.py) and [a guide](../../../docs/guide.md#steps)\n",
    "- [gone](gone.md), [[tester-notes]] and `lost.md`\n",
    "- [out](../../../../beyond.md)\n",
    "<!-- memoryd: ignore L001, A003 -->\n- [gone](gone.md)\n",
    "<!-- memoryd: ignore L002 -->\n",
    "---\nname: tester-notes\n---\n",
    "## When\n",
    "- a secret sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ\n",
    "- filler\n" * 250,
    f"- {FACT}\n",
)
NOTES = ("MEMORY.md", "build.md", "notes/deploy.md")
AROUND = (
    ("src/main.py", "print()\n"),
    ("docs/guide.md", "# Guide\n\n## Steps\n"),
    ("CLAUDE.md", f"Read .claude/agent-memory/reviewer/build.md first.\n\n{FACT}\n"),
    (".gitignore", "src/\nbuild.md\n"),
    (".memoryd.toml", 'ignore = ["F"]\n'),
    (".claude/agent-memory/reviewer/.memoryd.toml", '[levels]\nP001 = "error"\nL003 = "warning"\n'),
    (".claude/agents/reviewer.md", "---\nname: reviewer\nmemory: user\nisolation: worktree\n---\n"),
    (".claude/settings.json", '{"autoMemoryEnabled": false}\n'),
    ("../beyond.md", "# Beyond\n"),
)

Move = Callable[[Path], None]


def write(path: str, text: str) -> Move:
    def move(root: Path) -> None:
        (root / path).unlink(missing_ok=True)  # rather than what a link leads to
        write_tree(root, {path: text})

    return move


def remove(path: str) -> Move:
    return lambda root: (root / path).unlink(missing_ok=True)


def link(path: str) -> Move:
    def move(root: Path) -> None:
        (root / path).unlink(missing_ok=True)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(root / "docs/guide.md")

    return move


def mode(path: str, mode: int) -> Move:
    return lambda root: (root / path).chmod(mode) if (root / path).exists() else None


def moves() -> st.SearchStrategy[Move]:
    note = st.tuples(st.sampled_from(("reviewer", "tester")), st.sampled_from(NOTES)).map(
        lambda each: f".claude/agent-memory/{each[0]}/{each[1]}"
    )
    text = st.lists(st.sampled_from(LINES), max_size=4).map("".join)
    around = st.sampled_from(AROUND)
    return st.one_of(
        st.builds(write, note, text),
        st.builds(write, note, text),
        st.builds(remove, note),
        around.map(lambda each: write(*each)),
        around.map(lambda each: remove(each[0])),
        st.builds(link, note),
        st.builds(mode, note | st.just(".claude/agent-memory/reviewer"), st.sampled_from((0o700, 0o777))),
    )
