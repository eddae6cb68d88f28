from memoryd.domain.markdown.document import parse
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


def test_with_a_topic_go_its_line_and_the_links_to_it() -> None:
    files = {
        "MEMORY.md": "# M\n\n- [A](a.md) — one\n  of it\n- [B](b.md), see [a](a.md)\n"
        "- `a.md`: again\n- [[a]]\n",
        "a.md": "A.\n",
        "b.md": 'See [the a](a.md "t"), [[a|that]], [r][x], [[a]] and a.md.\n\n[x]: a.md\n',
    }
    assert after(files, Removal("a.md")) == {
        "MEMORY.md": "# M\n\n- [B](b.md), see a\n",
        "a.md": None,
        "b.md": "See the a, that, r, a and a.md.\n\n[x]: a.md\n",
    }


def test_a_link_in_html_keeps_its_topic() -> None:
    files = {"MEMORY.md": "- [A](a.md)\n", "a.md": "A\n", "b.md": 'See <a href="a.md">a</a>.\n'}
    assert list(remove(snapshot_of(files), [Removal("a.md")]).kept.values()) == [
        "it is linked in HTML, or as a picture, in b.md"
    ]
