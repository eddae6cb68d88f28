from domain.compaction.compacting import (
    LINK_INDEX,
    LINKS,
    compacted,
    index_text,
    snapshot,
)

from memoryd.domain.limits.budget import band, budget_of
from memoryd.domain.links.names import reachable
from memoryd.domain.stores.profiles import CLAUDE_AGENT

LEAST, MOST = band(CLAUDE_AGENT)


def test_an_index_of_links_becomes_a_short_index_with_groups() -> None:
    after = compacted(snapshot({"MEMORY.md": LINK_INDEX, **LINKS}))
    budget = budget_of(after)
    assert budget is not None
    assert LEAST <= budget.used <= MOST
    groups = [path for path in after.documents if path not in LINKS and path != "MEMORY.md"]
    assert groups == ["feedback_notes.md"], "by type, in the store's spelling"
    assert reachable(after).keys() >= LINKS.keys()
    assert index_text(after).split("\n")[-2] == LINK_INDEX.split("\n")[-2], "the newest entry stays"


def test_compacting_a_grouped_index_again_appends_to_its_groups() -> None:
    grouped = compacted(snapshot({"MEMORY.md": LINK_INDEX, **LINKS}))
    more = {f"project_x{number:03}.md": f"---\ntype: project\n---\nText {number}.\n" for number in range(80)}
    text = index_text(grouped) + "".join(f"- [{path[:-3]}]({path}) — hook\n" for path in more)
    again = compacted(
        snapshot({**{p: d.raw for p, d in grouped.documents.items()}, **more, "MEMORY.md": text})
    )
    assert index_text(again).count("(feedback_notes.md)") == 1
    path = "feedback_notes.md"
    assert again.documents[path].raw.startswith(grouped.documents[path].raw)
