"""Only the destination changes: everything else is read as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.links.relink import destination_of, relinked
from memoryd.domain.markdown.document import Document, parse


def read(text: str) -> Document:
    return parse("topics/a.md", text.encode())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a](old.md)", "[a](new.md)"),
        ("![a](old.md 'title')", "![a](new.md 'title')"),
        ("[a]( <old.md> )", "[a]( new.md )"),
        ("[a](\n  old.md\n)", "[a](\n  new.md\n)"),
        (r"[a](o\ld.md)", None),  # is another name
        (r"[a](old\.md)", "[a](new.md)"),
        ("[a](old&period;md)", "[a](new.md)"),
        ("[a](old(1).md)", "[a](new.md)"),
        ("[`](x)`](old.md)", "[`](x)`](new.md)"),
        ("[a](old.md 'a](b')", "[a](new.md 'a](b')"),
        ("[a][b]\n\n[B]: old.md 'x'\n[c]: old.md", "[a][b]\n\n[B]: new.md 'x'\n[c]: old.md"),
        ("[c]\n\n[b]: old.md\n[C]: <old.md>", "[c]\n\n[b]: old.md\n[C]: new.md"),
        ("[c][]\n\n[c]:\nold.md", "[c][]\n\n[c]:\nnew.md"),
        ("<a title='old.md' href=old.md>x</a>", "<a title='old.md' href=new.md>x</a>"),
        ('<img src="old.md">', '<img src="new.md">'),
        ("|a|\n|-|\n|[x](old.md)|", "|a|\n|-|\n|[x](new.md)|"),
        ("> - [x](old.md)\r\n> - b", "> - [x](new.md)\r\n> - b"),
        ("\ufeff---\nname: x\n---\n目 [x](old.md) 次", "\ufeff---\nname: x\n---\n目 [x](new.md) 次"),
        ("[![b](c.png)](old.md)", "[![b](c.png)](new.md)"),
    ],
)
def test_every_form_of_link(text: str, wanted: str | None) -> None:
    document = read(text)
    link = next(each for each in document.links if "old" in each.destination or "ld.md" in each.destination)
    changed = relinked(document, link, "new.md")
    assert (changed.decode() if changed and wanted else None) == wanted


def test_what_is_not_utf_8_is_not_touched() -> None:
    document = parse("a.md", b"[a](old.md) \xff")
    assert relinked(document, document.links[0], "new.md") is None


PIECES = [
    *"()[]<>\\`*_~|&!#\"'",
    "[a](old.md)",
    "![b](<old.md> 't')",
    "[c]",
    "\n\n[c]: old.md\n\n",
    "<a href='old.md'>",
]
PIECES += ["\n", "\n\n", " ", "    ", "- ", "> ", "# ", "`", "é", "x", "](", "| a |\n|---|\n"]


@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.sampled_from(["new.md", "a%20b.md#x", "../é.md"]),
)
def test_nothing_else_changes(text: str, destination: str) -> None:
    document = read(text)
    for number, link in enumerate(document.links):
        changed = relinked(document, link, destination)
        if changed is None or link.destination != "old.md":
            continue
        after = parse("topics/a.md", changed)
        assert after.links[number].destination == destination
        assert len(after.links) == len(document.links)
        for one, other in zip(document.links, after.links, strict=True):
            assert other.text == one.text
            assert other.destination in {one.destination, destination}
        assert [each.text for each in after.headings] == [each.text for each in document.headings]
        assert [each.kind for each in after.blocks] == [each.kind for each in document.blocks]
        assert after.anchors == document.anchors


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(
    st.lists(NAMES.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=3),
    st.sampled_from(["/p/", "/p/s/"]),
)
def test_a_destination_leads_to_its_place_whatever_it_is_called(names: list[str], above: str) -> None:
    place = above + "/".join(names)
    destination = destination_of("topics/a.md", place, "/p/s", "")
    [link] = parse("topics/a.md", f"[x]({destination})".encode()).links
    assert absolute("/p/s", "topics/a.md", file_paths(link.destination)[0]) == place


@pytest.mark.parametrize(
    ("place", "like", "wanted"),
    [
        ("/s/topics/b.md", "old.md", "b.md"),
        ("/s/topics/b.md", "./old.md", "./b.md"),
        ("/s/b.md", "./old.md#part", "../b.md#part"),
        ("/s/topics/b.md", "old.md?raw=1#L3", "b.md?raw=1#L3"),
        ("/s/topics/b", "old/", "b/"),
        ("/s/topics/a:b.md", "old.md", "./a:b.md"),
        ("/s/topics/a b(1).md", "old.md#a b", "a%20b%281%29.md#a%20b"),
    ],
)
def test_what_the_destination_said_beside_the_path_stays(place: str, like: str, wanted: str) -> None:
    assert destination_of("topics/a.md", place, "/s", like) == wanted
