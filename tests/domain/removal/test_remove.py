import re
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.domain.edits.combine import with_changes
from memoryd.domain.links.names import reachable
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span
from memoryd.domain.removal.remove import Removal, RemovalResult, remove, without_files
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


def test_nothing_goes_without_which_something_is_out_of_reach() -> None:
    files = {"MEMORY.md": "- [A](a.md)\n- [B](b.md)\n", "a.md": "[C](c.md)\n", "b.md": "B\n", "c.md": "C\n"}
    removed = remove(snapshot_of(files), [Removal("a.md"), Removal("b.md")])
    assert removed.kept == {Removal("a.md"): "nothing else leads to c.md"}
    assert contents(removed) == {"MEMORY.md": "- [A](a.md)\n", "b.md": None}
    assert not remove(snapshot_of(files), [Removal("a.md"), Removal("c.md")]).kept


def test_of_two_that_lead_somewhere_both_cannot_go() -> None:
    files = {
        "MEMORY.md": "- [A](a.md)\n- [B](b.md)\n",
        "a.md": "[C](c.md)\n",
        "b.md": "[C](c.md)\n",
        "c.md": "C\n",
    }
    assert remove(snapshot_of(files), [Removal("a.md")]).kept == {}
    removed = remove(snapshot_of(files), [Removal("a.md"), Removal("b.md")])
    assert "c.md" in reachable(
        with_changes(snapshot_of(files), {each.path: each for each in removed.changes})
    )


def test_a_pointer_that_alone_leads_somewhere_stays() -> None:
    files = {"MEMORY.md": "- [x] [A](a.md)\n- [x] done\n", "a.md": "A\n"}
    removed = remove(
        snapshot_of(files), [Removal("MEMORY.md", Span(0, 16)), Removal("MEMORY.md", Span(16, 27))]
    )
    assert contents(removed) == {"MEMORY.md": "- [x] [A](a.md)\n"}
    assert list(removed.kept.values()) == ["nothing else leads to a.md"]


def test_a_topic_of_which_nothing_is_left_goes() -> None:
    files = {"MEMORY.md": "- [A](a.md)\n- b\n", "a.md": "---\nname: a\n---\n# A\n\n## Tasks\n\n- [x] done\n"}
    assert after(files, Removal("a.md", Span(31, 42))) == {"MEMORY.md": "- b\n", "a.md": None}


def test_what_is_pinned_or_no_text_or_the_index_stays() -> None:
    files = {"MEMORY.md": "- a <!-- memoryd: pin -->\n- b\n"}
    assert remove(snapshot_of(files), [Removal("MEMORY.md", Span(0, 26))]).kept
    assert remove(snapshot_of(files), [Removal("MEMORY.md")]).kept
    bad = Snapshot(STORE, {"MEMORY.md": parse("MEMORY.md", b"- a \xff\n- b\n")})
    assert remove(bad, [Removal("MEMORY.md", Span(0, 8))]).kept


def test_nothing_is_removed_that_would_make_the_rest_front_matter() -> None:
    files = {"MEMORY.md": "- old\n\n---\nkey: value\n\n---\n- b\n"}
    removed = remove(snapshot_of(files), [Removal("MEMORY.md", Span(0, 6))])
    assert removed.changes == ()
    assert list(removed.kept.values()) == ["it cannot be removed without changing the meaning of MEMORY.md"]


NAMES = ("a", "b", "c", "d")
links = st.sampled_from([f"[{name}]({name}.md)" for name in NAMES] + [f"[[{name}]]" for name in NAMES])
words = st.sampled_from(["two cores", "ship on Mondays", "[x] done", "ask Ann"])
lines = st.one_of(
    st.builds("- {}\n".format, st.one_of(links, words)),
    st.builds("- {}, see {}\n".format, links, links),
    st.builds("  - {}\n".format, words),
    st.builds("\n{} and {}\n\n".format, words, links),
    st.sampled_from(["# M\n", "\n## A\n\n", "### B\n", "\n", "\r\n", "| x |\n|---|\n| [a](a.md) |\n"]),
)
texts = st.lists(lines, max_size=9).map("".join)
stores = st.fixed_dictionaries({f"{name}.md": texts for name in ("MEMORY", *NAMES)})


def wanted(snapshot: Snapshot, choose: st.DataObject) -> list[Removal]:
    every = [Removal(f"{name}.md") for name in NAMES]
    for path, document in snapshot.documents.items():
        every += [Removal(path, entry.span) for entry in document.entries]
    return choose.draw(st.lists(st.sampled_from(every), max_size=5))


@settings(max_examples=60, deadline=None)
@given(stores, st.data())
def test_whatever_goes_nothing_else_is_lost(files: dict[str, str], choose: st.DataObject) -> None:
    snapshot = snapshot_of(files)
    removals = wanted(snapshot, choose)
    removed = remove(snapshot, removals)
    pending = {change.path: change for change in removed.changes}
    then = with_changes(snapshot, pending)
    gone = {change.path[3:] for change in removed.changes if change.after is None}
    assert reachable(snapshot).keys() - gone <= reachable(then).keys()
    back = with_changes(then, {change.path: change.inverse for change in removed.changes})
    assert {path: each.raw for path, each in back.documents.items()} == {
        path: each.raw for path, each in snapshot.documents.items()
    }
    for path, document in then.documents.items():  # every line was there, in this order, but for dead links
        old = iter([_bare(line) for line in snapshot.documents[path].text.split("\n")])
        assert all(any(_bare(line) == other for other in old) for line in document.text.split("\n"))
    for one, other in combinations(removed.changes, 2):
        assert one.path != other.path


def _bare(line: str) -> str:
    """A line without the marks of links."""
    return re.sub(r"\[\[(.*?)\]\]|\[(\w)\]\(\w\.md\)", r"\1\2", line).strip()


def test_a_pinned_line_keeps_the_topic_that_it_points_at() -> None:
    files = {"MEMORY.md": "- [A](a.md) <!-- memoryd: pin -->\n- b\n", "a.md": "A\n"}
    removed = remove(snapshot_of(files), [Removal("a.md")])
    assert (removed.changes, list(removed.kept.values())) == ((), ["it is pinned in MEMORY.md"])


def test_a_topic_that_only_led_to_one_that_goes_goes_too() -> None:
    files = {"MEMORY.md": "- [A](a.md)\n- [B](b.md)\n- c\n", "a.md": "A\n", "b.md": "# B\n\n- [A](a.md)\n"}
    assert after(files, Removal("a.md")) == {"MEMORY.md": "- c\n", "a.md": None, "b.md": None}


def test_what_must_go_goes_whatever_hangs_on_it() -> None:
    files = {
        "MEMORY.md": "- [A](a.md) — hook\n- [B](b.md), see [A](a.md)\n- [[a]] <!-- memoryd: pin -->\n- x\n\n"
        "See [the *A*](./a.md#p) too.\n\n| [A](a.md) | a |\n|---|---|\n| [A](a.md) | a |\n",
        "a.md": "[C](c.md)\n",
        "b.md": 'B, and <a href="a.md">a</a>\n',
        "c.md": "C\n",
    }
    assert contents(RemovalResult(without_files(snapshot_of(files), ["a.md"]))) == {
        "MEMORY.md": "- [B](b.md), see A\n- x\n\nSee the *A* too.\n\n| A | a |\n|---|---|\n",
        "a.md": None,
    }
