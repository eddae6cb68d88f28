import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span
from memoryd.domain.removal.cut import Replacement, cut
from memoryd.domain.removal.remove import Removal, RemovalResult, remove
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

STORE = Store("/s", Scope.PROJECT, "a", "/", CLAUDE_AGENT)


def snapshot_of(files: dict[str, str]) -> Snapshot:
    return Snapshot(STORE, {path: parse(path, text.encode()) for path, text in sorted(files.items())})


def after(files: dict[str, str], *removals: Removal) -> dict[str, str | None]:
    """What the changed files hold then."""
    return contents(remove(snapshot_of(files), removals))


def contents(removed: RemovalResult) -> dict[str, str | None]:
    return {
        change.path[3:]: change.after.decode() if change.after is not None else None
        for change in removed.changes
    }


def without(text: str, part: str) -> str:
    document = parse("t.md", text.encode())
    start = document.source.index(part.encode())
    return cut(document, [Replacement(Span(start, start + len(part.encode())))]).decode()


def test_a_line_of_a_table_goes_and_its_head_stays() -> None:
    files = {
        "MEMORY.md": "| file | what |\n|---|---|\n| [A](a.md) | one |\n| [B](b.md) | two |\n",
        "a.md": "A.\n",
        "b.md": "B.\n",
    }
    assert after(files, Removal("a.md"))["MEMORY.md"] == "| file | what |\n|---|---|\n| [B](b.md) | two |\n"


@pytest.mark.parametrize(
    ("text", "part", "rest"),
    [
        ("# M\n\n- a\n- b\n", "- a\n", "# M\n\n- b\n"),
        ("# M\n\n## A\n\n- a\n\n## B\n\n- b\n", "- a\n", "# M\n\n## B\n\n- b\n"),
        ("# M\n\n- b\n\n## A\n\n### C\n\n- a\n", "- a\n", "# M\n\n- b\n"),
        ("## A\n\n<!-- why -->\n\n- a\n", "- a\n", "## A\n\n<!-- why -->\n"),
        ("# M\n\n- a\n", "- a\n", "# M\n"),
        ("one\n\ntwo\n\nthree\n", "two\n", "one\n\nthree\n"),
        ("one\r\n\r\ntwo\r\n\r\nthree\r\n", "two\r\n", "one\r\n\r\nthree\r\n"),
        ("\ufeff- a\r\n- b", "- a\r\n", "\ufeff- b"),
        ("- b\n- a", "- a", "- b\n"),
        ("## A\n- a\n## B\n- b\n", "- b\n", "## A\n- a\n"),
    ],
)
def test_no_empty_heading_and_no_gap_is_left(text: str, part: str, rest: str) -> None:
    assert without(text, part) == rest


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("- [A](a.md) — one\n  - never on staging\n", "- A — one\n  - never on staging\n"),
        ("- [A](a.md) — one\n  - [again](a.md)\n", ""),
        ("- [A](a.md)\n  - [again](a.md)\n  - never\n", "- A\n  - never\n"),
        ("- [A](a.md) — one\n\n  A second paragraph.\n", "- A — one\n\n  A second paragraph.\n"),
        ("- [A](a.md) — one\n  ```\n  run\n  ```\n", "- A — one\n  ```\n  run\n  ```\n"),
    ],
)
def test_what_stands_below_a_line_that_goes_is_not_lost(line: str, left: str) -> None:
    files = {"MEMORY.md": f"- x\n{line}- y\n", "a.md": "A.\n"}
    assert after(files, Removal("a.md"))["MEMORY.md"] == f"- x\n{left}- y\n"
