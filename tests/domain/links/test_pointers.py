import pytest

from memoryd.domain.links.names import Names
from memoryd.domain.links.pointers import is_leading, leads
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

STORE = Store("/s/m", Scope.USER, "m", "/s", CLAUDE_AGENT)


@pytest.mark.parametrize(
    "line",
    [
        "- [x](x.md)",
        "  * [x](x.md) — note",
        "1. **[x](x.md)**",
        "- [ ] [x](x.md)",
        "2) ~~[x](x.md)~~",
    ],
)
def test_an_item_that_begins_with_a_link_is_a_pointer(line: str) -> None:
    document = parse("MEMORY.md", f"{line}\n".encode())
    (link,) = document.links
    assert is_leading(document, link)


@pytest.mark.parametrize("line", ["[x](x.md)", "- see [x](x.md)", "- `a` [x](x.md)", "# [x](x.md)"])
def test_a_link_elsewhere_is_none(line: str) -> None:
    document = parse("MEMORY.md", f"{line}\n".encode())
    assert [is_leading(document, link) for link in document.links] in ([False], [])


def test_an_entry_leads_where_it_names_another_document() -> None:
    index = parse("MEMORY.md", b"- [x](x.md)\n- see x.md\n- nothing\n- [self](MEMORY.md)\n\nx.md\n")
    snapshot = Snapshot(STORE, {"MEMORY.md": index, "x.md": parse("x.md", b"# X\n")})
    names = Names(snapshot)
    assert [leads(index, entry, names) for entry in index.entries] == [True, True, False, False, False]
