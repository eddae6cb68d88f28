from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from memoryd.domain.checks.rule import RuleContext, context_of
from memoryd.domain.compaction.ages import UNKNOWN, Born
from memoryd.domain.compaction.moves import Move, carry_out
from memoryd.domain.compaction.shorten import CannotCompactError, compact, prove
from memoryd.domain.edits.plan import FileChange, Fix
from memoryd.domain.limits.budget import NEAR, TARGET, budget_of
from memoryd.domain.links.names import reachable
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.frontmatter import read as read_front_matter
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, Profile
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.rules.links import broken_link
from memoryd.rules.links_index import unlisted_topic

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


def snapshot(files: dict[str, str | bytes], profile: Profile = CLAUDE_AGENT) -> Snapshot:
    raw = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    store = Store("/s/reviewer", Scope.PROJECT, "reviewer", "/s", profile)
    documents = {path: parse(path, raw[path]) for path in sorted(raw)}
    return Snapshot(store, documents)


def context(store: Snapshot) -> RuleContext:
    names: dict[str, set[str]] = {}
    for path in store.documents:
        place = f"/s/reviewer/{path}"
        while place != "/s/reviewer":
            place, _, name = place.rpartition("/")
            names.setdefault(place, set()).add(name)
    listings = {place: frozenset(found) for place, found in names.items()}
    return context_of(store, Surroundings(listings=listings))


def applied(before: Snapshot, fix: Fix) -> Snapshot:
    documents = dict(before.documents)
    for change in fix.changes:
        path = change.path.removeprefix("/s/reviewer/")
        assert change.before == (documents[path].raw if path in documents else None)
        assert change.after is not None
        documents[path] = parse(path, change.after)
    return replace(before, documents=dict(sorted(documents.items())))


def compacted(before: Snapshot, times: Born = UNKNOWN) -> Snapshot:
    fix = compact(before, times)
    assert fix is not None
    return applied(before, fix)


def index_text(store: Snapshot) -> str:
    assert store.index is not None
    return store.index.text


def bare_lines(store: Snapshot) -> Counter[str]:
    """Written anew, so that a mistake in the program's own proof shows."""
    return Counter(
        stripped.lstrip("#").strip() if stripped.startswith("#") else stripped
        for document in store.documents.values()
        for line in document.text.removeprefix("\ufeff").split("\n")
        if (stripped := line.rstrip("\r")).strip()
    )


SECTIONED = "# Notes\n" + "".join(
    f"\n## Part {part}\n" + "".join(f"- fact {part}.{fact} is worth knowing\n" for fact in range(14))
    for part in range(15)
)
LINKS = {
    f"{kind}_{number:03}.md": f"---\nname: {kind}-{number}\ntype: {kind}\n---\nText {number}.\n"
    for number in range(231)
    for kind in (("project", "feedback", "user")[number % 3],)
}
LINK_INDEX = "# Memory index\n\n" + "".join(
    f"- [{path[:-3]}]({path}) — hook {path[:-3]}\n" for path in sorted(LINKS)
)


def test_an_index_within_limits_is_left_alone() -> None:
    assert compact(snapshot({"MEMORY.md": "- a fact\n" * 159})) is None
    assert compact(snapshot({"topic.md": "no index at all\n"})) is None


def test_an_index_that_is_not_utf8_is_left_alone_and_the_reason_told() -> None:
    with pytest.raises(CannotCompactError, match="byte 5 of its index file is not UTF-8"):
        compact(snapshot({"MEMORY.md": b"- caf\xe9\n" * 300}))


def test_whole_sections_move_and_leave_one_line_where_they_stood() -> None:
    before = snapshot({"MEMORY.md": SECTIONED})
    after = compacted(before)
    moved = [line for line in index_text(after).split("\n") if line.startswith("- [Part")]
    assert moved
    assert moved[0] == "- [Part 0](part-0.md) — fact 0.0 is worth knowing"
    assert "## Part 14\n- fact 14.0" in index_text(after), "of equal sections the newest stay"
    assert after.documents["part-0.md"].text.endswith(
        "# Part 0\n" + "".join(f"- fact 0.{fact} is worth knowing\n" for fact in range(14))
    )


def test_an_existing_topic_of_that_name_is_appended_to() -> None:
    old = "---\nname: part-0\n---\n# Part 0\nolder\n"
    after = compacted(snapshot({"MEMORY.md": SECTIONED, "Part-0.md": old}))
    text = after.documents["Part-0.md"].text
    assert text.startswith(old)
    assert "## Part 0\n- fact 0.0" in text
    assert "part-0.md" not in after.documents


def test_a_file_named_like_the_index_file_is_never_made() -> None:
    text = SECTIONED.replace("## Part 0", "## Memory")
    after = compacted(snapshot({"MEMORY.md": text}))
    assert "memory-notes.md" in after.documents
    assert {path.casefold() for path in after.documents} >= {"memory.md", "memory-notes.md"}
    assert "memory.md" not in after.documents


@pytest.mark.parametrize(
    "place", ["## Part 0\n<!-- memoryd: pin -->\n", "## Part 0 <!-- memoryd: pin why -->\n"]
)
def test_a_pinned_section_stays(place: str) -> None:
    text = SECTIONED.replace("## Part 0\n", place)
    after = compacted(snapshot({"MEMORY.md": text}))
    assert place + "- fact 0.0 is worth knowing\n" in index_text(after)
    assert "- fact 0.13 is worth knowing\n" in index_text(after)
    assert "part-0.md" not in after.documents


def test_a_pinned_entry_stays_while_others_move() -> None:
    lines = [f"- fact {number}" for number in range(230)]
    lines[3] += " <!-- memoryd: pin -->"
    after = compacted(snapshot({"MEMORY.md": "\n".join(lines) + "\n"}))
    assert lines[3] in index_text(after).split("\n")
    assert lines[2] not in index_text(after).split("\n")
    assert lines[229] in index_text(after).split("\n"), "the newest stay"


def test_what_is_pinned_altogether_is_not_compacted_but_explained() -> None:
    with pytest.raises(CannotCompactError, match="pinned"):
        compact(snapshot({"MEMORY.md": "# T\n<!-- memoryd: pin -->\n" + "- fact\n" * 250}))


def test_an_index_of_links_becomes_a_short_index_with_groups() -> None:
    after = compacted(snapshot({"MEMORY.md": LINK_INDEX, **LINKS}))
    budget = budget_of(after)
    assert budget is not None
    assert budget.used <= TARGET
    groups = [path for path in after.documents if path not in LINKS and path != "MEMORY.md"]
    assert groups == ["feedback_notes.md", "project_notes.md"], (
        "oldest first, by type, in the store's spelling"
    )
    assert reachable(after).keys() >= LINKS.keys()
    assert index_text(after).split("\n")[-2] == LINK_INDEX.split("\n")[-2], "the newest entry stays"


def test_compacting_a_grouped_index_again_appends_to_its_groups() -> None:
    grouped = compacted(snapshot({"MEMORY.md": LINK_INDEX, **LINKS}))
    more = {f"project_x{number:03}.md": f"---\ntype: project\n---\nText {number}.\n" for number in range(80)}
    text = index_text(grouped) + "".join(f"- [{path[:-3]}]({path}) — hook\n" for path in more)
    again = compacted(
        snapshot({**{p: d.raw for p, d in grouped.documents.items()}, **more, "MEMORY.md": text})
    )
    assert index_text(again).count("(project_notes.md)") == 1
    assert again.documents["project_notes.md"].raw.startswith(grouped.documents["project_notes.md"].raw)


def test_long_entries_leave_a_hook_and_go_to_the_topic_they_link() -> None:
    entry = "- [Deploy](deploy.md) — " + "how we ship and why it is done that way; " * 500
    other = "- " + "a very long note about queues without any topic file; " * 250
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n{other}\n", "deploy.md": "Ship it.\n"}))
    lines = index_text(after).split("\n")
    assert any(line.startswith("- [Deploy](deploy.md) — how we ship") and len(line) <= 150 for line in lines)
    assert after.documents["deploy.md"].text.startswith("Ship it.\n")
    assert entry.rstrip() in after.documents["deploy.md"].text


def test_repeated_entries_go_only_where_they_say_the_same() -> None:
    text = "# T\n\n## A\n" + "- enabled\n- enabled\n" + "\n## B\n- enabled\n" + "- fact\n" * 1 + "- x\n" * 180
    after = compacted(snapshot({"MEMORY.md": text}))
    assert index_text(after).count("- enabled\n") == 2
    assert index_text(after).count("- x\n") == 1


def test_new_files_and_lines_follow_the_style_of_the_store() -> None:
    flat = "---\nname: a_b\ndescription: d\ntype: project\n---\nText.\n"
    text = SECTIONED.replace("# Notes\n", "# Notes\n\n* [A B](a_b.md) -- what it is\n").replace("\n", "\r\n")
    after = compacted(snapshot({"MEMORY.md": text, "a_b.md": flat.replace("\n", "\r\n")}))
    topic = after.documents["part_0.md"]
    assert b"\n" not in topic.raw.replace(b"\r\n", b"")
    assert topic.front_matter is not None
    assert topic.front_matter.problem is None
    assert topic.front_matter.fields == {
        "name": "part_0",
        "description": "fact 0.0 is worth knowing",
        "type": "reference",
    }
    assert "* [Part 0](part_0.md) -- fact 0.0 is worth knowing\r\n" in index_text(after)


def test_a_store_without_front_matter_gets_none() -> None:
    after = compacted(snapshot({"MEMORY.md": SECTIONED, "old.md": "# Old\n", "older.md": "# Older\n"}))
    assert after.documents["part-0.md"].text.startswith("# Part 0\n")


def test_reference_definitions_follow_the_links_that_use_them() -> None:
    text = SECTIONED.replace("- fact 0.3", "- see [the guide][g] 0.3") + "\n[g]: guide.md\n"
    after = compacted(snapshot({"MEMORY.md": text, "guide.md": "# Guide\n"}))
    (link,) = [link for link in after.documents["part-0.md"].links if link.text == "the guide"]
    assert link.destination == "guide.md"


def test_known_ages_decide_which_of_equal_sections_stay() -> None:
    before = snapshot({"MEMORY.md": SECTIONED})
    born = {line.strip(): 100.0 for line in SECTIONED.encode().split(b"\n")}
    old = {line: 1.0 for line in born if b" 14" in line}
    after = compacted(before, born | old)
    assert "## Part 14" not in index_text(after), "the last section is the oldest here"


def test_a_giant_section_is_taken_apart_rather_than_moved_whole() -> None:
    parts = "".join(
        f"\n### Step {step}\n" + "".join(f"- fact {step}.{fact}\n" for fact in range(20))
        for step in range(11)
    )
    after = compacted(snapshot({"MEMORY.md": "# T\n\n## Everything\n" + parts}))
    budget = budget_of(after)
    assert budget is not None
    assert budget.used > 0.4
    assert "## Everything\n" in index_text(after)


def test_the_parts_of_a_chapter_move_each_under_its_own_name() -> None:
    parts = "".join(
        f"\n### Step {step}\n" + "".join(f"- fact {step}.{at}\n" for at in range(11)) for step in range(15)
    )
    after = compacted(snapshot({"MEMORY.md": "# T\n\n## Everything\n" + parts + "\n## Small\n- x\n"}))
    assert "## Everything\n" in index_text(after)
    assert {"step-0.md", "step-1.md"} - after.documents.keys() == {"step-0.md", "step-1.md"}, (
        "too vague alone"
    )
    assert "everything-step-0.md" in after.documents
    assert "### Step 14\n" in index_text(after)


def test_what_is_called_critical_moves_last() -> None:
    after = compacted(snapshot({"MEMORY.md": SECTIONED.replace("## Part 0", "## CRITICAL part 0")}))
    assert "## CRITICAL part 0\n" in index_text(after)
    assert "part-1.md" in after.documents


def test_blocks_that_move_together_stay_blocks_of_their_own() -> None:
    parts = [
        f"Paragraph {at}.\n\n| a | b |\n|---|---|\n| {at} | x |\n\nAfter {at}.\n\n- item {at}\n"
        for at in range(40)
    ]
    after = compacted(snapshot({"MEMORY.md": "# T\n\nIntro.\n\n" + "\n".join(parts)}))
    (topic,) = (document for path, document in after.documents.items() if path != "MEMORY.md")
    kinds = [entry.kind.value for entry in topic.entries]
    assert kinds[:4] == ["paragraph", "table", "paragraph", "list"]


def test_the_text_of_an_entry_never_moves_to_where_its_links_would_break() -> None:
    entry = "- [Deploy](sub/deploy.md) — " + "long text here, " * 2000
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n", "sub/deploy.md": "Ship it.\n"}))
    assert after.documents["sub/deploy.md"].text == "Ship it.\n"
    assert broken_targets(after) == set()


def test_the_line_that_stays_has_the_text_of_the_link_that_it_keeps() -> None:
    entry = "- [Site](https://example.com) runs [Deploy two](deploy2.md) — " + "long text here, " * 2000
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n", "deploy2.md": "Ship it.\n"}))
    assert "- [Deploy two](deploy2.md)" in index_text(after)


def test_labels_of_references_are_compared_as_markdown_does() -> None:
    text = SECTIONED.replace("- fact 0.3", "- see [the guide][Foo  Bar] 0.3") + "\n[foo bar]: guide.md\n"
    after = compacted(snapshot({"MEMORY.md": text, "guide.md": "# Guide\n"}))
    assert "guide.md" in [link.destination for link in after.documents["part-0.md"].links]


def test_a_link_that_would_change_its_target_stops_the_compaction() -> None:
    text = SECTIONED.replace("- fact 0.3", "- see [the guide][1] 0.3") + "\n[1]: new.md\n"
    files = {"part-0.md": "[older][1]\n\n[1]: old.md\n", "old.md": "o\n", "new.md": "n\n"}
    with pytest.raises(CannotCompactError, match="astray"):
        compact(snapshot({"MEMORY.md": text, **files}))


def test_proof_refuses_what_loses_a_line_a_topic_or_a_file() -> None:
    before = snapshot({"MEMORY.md": SECTIONED + "\n- [A](a.md)\n", "a.md": "alpha\n"})
    fix = compact(before)
    assert fix is not None
    (index,) = [change for change in fix.changes if change.path.endswith("MEMORY.md")]
    rest = tuple(change for change in fix.changes if change is not index)
    with pytest.raises(CannotCompactError, match="lose 15 lines"):
        prove(before, (index, *rest[1:]))
    unlinked = (index.after or b"").replace(b"- [A](a.md)\n", b"")
    hidden = FileChange(index.root, "/s/reviewer/note.md", None, b"- [A](a.md)\n")
    with pytest.raises(CannotCompactError, match="does not lead to"):
        prove(before, (replace(index, after=unlinked), *rest, hidden))
    with pytest.raises(CannotCompactError, match="deletes a file"):
        prove(before, (*fix.changes, FileChange(index.root, "/s/reviewer/a.md", b"alpha\n", None)))
    with pytest.raises(CannotCompactError, match="over the limit"):
        prove(before, ())


# Laws over index files of every style seen in the wild.

words = st.text(
    "abcdefghij klmnop ÄÖß漢字かなﻻ한글🎉👨‍👩‍👧—`*_[]()<>#|\\:.-0123456789", min_size=1, max_size=60
).map(lambda text: " ".join(text.split()) or "x")
topic_names = st.sampled_from(
    ["deploy", "project_api", "project_db", "feedback_tone", "user-role", "Über uns", "x"]
)


@st.composite
def entries(draw: st.DrawFn) -> str:
    text = draw(words)
    name = draw(topic_names)
    return draw(
        st.sampled_from(
            [
                f"- {text}\n",
                f"- [{name}](<{name}.md>) — {text}\n",
                f"* [[{name}]] -- {text}\n",
                f"- `{name}.md` – {text}\n",
                f"- {text}\n  more of it\n  - nested {text}\n\n    a second paragraph\n",
                f"- {text} <!-- memoryd: pin -->\n",
                f"1. {text}\n",
                "- ## same heading in an item\n",
                "- same item\n",
                f"see [{name}](<{name}.md>) in prose\n",
                f"{text}\n",
                f"| a | b |\n|---|---|\n| {text.replace('|', ' ')} | 2 |\n",
                f"```\n## no heading {text.replace('`', '')}\n- [no](link.md)\n<!-- memoryd: pin -->\n```\n",
                f"> {text}\n> quoted\n",
                "<!-- a comment\nover lines -->\n",
                f"see [{text.translate({91: None, 93: None})}][ref]\n",
                f"[ref]: {name if name.isascii() else 'x'}.md\n",
                "\n\n\n",
                f"- {text * 180}\n",
                "---\n",
            ]
        )
    )


@st.composite
def index_files(draw: st.DrawFn) -> bytes:
    block = st.tuples(
        st.sampled_from(["", "", "## {}\n", "### {}\n", "# {}\n", "{}\n---\n", "## {} ##\n"]),
        st.lists(entries(), max_size=6),
        st.integers(1, 60),
        st.booleans(),
    )
    text = draw(st.sampled_from(["", "# Title\n", "---\nname: x\n---\n# Title\n", "Intro:\n"]))
    for number, (heading, parts, times, blank) in enumerate(draw(st.lists(block, min_size=1, max_size=12))):
        text += heading.format(f"{draw(words)} {number}")
        for at in range(times):
            text += "".join(
                part.replace("\n", f" {at}\n", 1) if part.startswith(("-", "*")) else part for part in parts
            )
        text += "\n" if blank else ""
    text = text.removesuffix("\n") if draw(st.booleans()) else text
    text = text.replace("\n", "\r\n") if draw(st.booleans()) else text
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


TOPICS: dict[str, str | bytes] = {
    f"{name}.md": f"---\nname: {name}\ntype: project\n---\n# {name}\nText.\n"
    for name in ("deploy", "project_api", "project_db", "feedback_tone", "user-role", "Über uns", "x")
}


def broken_targets(store: Snapshot) -> set[str]:
    return {diagnostic.message.partition("”")[0] for diagnostic in broken_link.run(context(store))}


def judge(before: Snapshot) -> bool:
    """Judge one compaction by all laws; False where there was nothing to compact."""
    try:
        fix = compact(before)
    except CannotCompactError as error:
        if "pinned" not in str(error):
            raise
        return False
    if fix is None:
        return False
    after = applied(before, fix)
    budget = budget_of(after)
    assert budget is not None
    assert not budget.is_over
    assert fix.proof is not None
    assert prove(before, fix.changes) == fix.proof
    assert bare_lines(before).keys() <= bare_lines(after).keys(), "every line is still there"
    assert reachable(before).keys() <= reachable(after).keys()
    assert after.documents.keys() - {"MEMORY.md"} - before.documents.keys() <= reachable(after).keys()
    assert budget.used < NEAR or compact(after) is None, "compacting again changes nothing"
    for change in fix.changes:
        assert change.path.endswith("/MEMORY.md") or (change.after or b"").startswith(change.before or b"")
        if change.before is None:
            front_matter = read_front_matter(change.after or b"")
            assert front_matter is None or front_matter.problem is None
    assert broken_targets(after) <= broken_targets(before), "no link breaks"
    assert len(list(unlisted_topic.run(context(after)))) <= len(list(unlisted_topic.run(context(before))))
    assert compact(before) == fix, "the same plan each time"
    return True


def test_a_definition_after_what_moves_stays_one() -> None:
    before = snapshot({"MEMORY.md": b"# Title\n```\ncode\n```\n[ref]: x.md\n- [a][ref]\n"})
    assert before.index is not None
    (block, _) = before.index.entries
    after = carry_out(before, [Move((block.span,), "code.md", "Code", "a hook", 0)])
    index = parse("MEMORY.md", after["MEMORY.md"])
    assert [link.destination for link in index.links] == ["code.md", "x.md"]


@hypothesis_settings(max_examples=40)
@given(index_files(), st.sampled_from([CLAUDE_AGENT, CLAUDE_AUTO]), st.booleans())
def test_laws_hold_for_generated_index_files(raw: bytes, profile: Profile, with_topics: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
    note(raw.decode()[:3000])
    judge(snapshot({"MEMORY.md": raw, **(TOPICS if with_topics else {})}, profile))


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real memory is not beside this clone")
def test_laws_hold_for_every_version_of_real_index_files() -> None:
    versions = sorted(path for path in (CORPUS / "_history").rglob("*.md") if path.is_file())
    judged = sum(judge(snapshot({"MEMORY.md": path.read_bytes()})) for path in versions)
    assert judged > 100
