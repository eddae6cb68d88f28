from pathlib import Path

import pytest
from domain.compaction.compacting import (
    BrokenLink,
    applied,
    bare_lines,
    broken_targets,
    compact,
    context,
    snapshot,
)
from hypothesis import given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.proof import prove
from memoryd.domain.edits.plan import Fix
from memoryd.domain.history.past import Past
from memoryd.domain.limits.budget import NEAR, budget_of
from memoryd.domain.links.names import reachable
from memoryd.domain.markdown.frontmatter import read as read_front_matter
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, Profile
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.rules.links_index import unlisted_topic

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"

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


def is_proved(before: Snapshot, fix: Fix, *, whole_blocks: bool) -> bool:
    try:
        return prove(before, fix.changes, Past(), whole_blocks=whole_blocks) == fix.proof
    except CannotCompactError:
        return False


def broken_in_index_or_same_file(store: Snapshot, fix: Fix) -> set[BrokenLink]:
    """Broken links; those of files that lines move to count as if the lines were still in the index file."""
    changed = {change.path.removeprefix("/s/reviewer/") for change in fix.changes}
    broken = broken_targets(store)
    return {each._replace(file="MEMORY.md") if each.file in changed else each for each in broken}


def judge(before: Snapshot) -> bool:
    """Judge one compaction by all laws; False where there was nothing to compact."""
    try:
        fix = compact(before)
    except CannotCompactError as error:
        if not any(reason in str(error) for reason in ("pinned", "newest entries")):
            raise  # a file whose newest entries do not fit beside what is pinned is left alone
        return False
    if fix is None:
        return False
    after = applied(before, fix)
    budget = budget_of(after)
    assert budget is not None
    assert not budget.is_over
    assert fix.proof is not None
    assert any(is_proved(before, fix, whole_blocks=each) for each in (False, True))
    assert bare_lines(before).keys() <= bare_lines(after).keys(), "every line is still there"
    assert reachable(before).keys() <= reachable(after).keys()
    assert after.documents.keys() - {"MEMORY.md"} - before.documents.keys() <= reachable(after).keys()
    assert budget.used < NEAR or compact(after) is None, "compacting again changes nothing"
    for change in fix.changes:
        assert change.path.endswith("/MEMORY.md") or (change.after or b"").startswith(change.before or b"")
        if change.before is None:
            front_matter = read_front_matter(change.after or b"")
            assert front_matter is None or front_matter.problem is None
    assert broken_in_index_or_same_file(after, fix) <= broken_in_index_or_same_file(before, fix)
    assert len(list(unlisted_topic.run(context(after)))) <= len(list(unlisted_topic.run(context(before))))
    assert compact(before) == fix, "the same plan each time"
    return True


@hypothesis_settings(max_examples=10)
@given(index_files(), st.sampled_from([CLAUDE_AGENT, CLAUDE_AUTO]), st.booleans())
def test_laws_hold_for_generated_index_files(raw: bytes, profile: Profile, with_topics: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
    note(raw.decode()[:3000])
    judge(snapshot({"MEMORY.md": raw, **(TOPICS if with_topics else {})}, profile))


def test_comments_at_the_end_of_a_section_stay_there() -> None:
    """They were taken for a part of the pointer that came below them, and moved the next time."""
    text = "see [deploy](<deploy.md>) in prose\n"
    comment = "<!-- a comment\nover lines -->\n"
    pinned = "* [[deploy]] -- {0}\n- 0 <!-- memoryd: pin --> {0}\n" + 2 * text
    entries = "".join(pinned.format(number) for number in range(15))
    raw = f"{16 * (text + comment)}{48 * comment}## Two\n{entries}".encode()
    assert judge(snapshot({"MEMORY.md": raw}))


TABLE = "| a | b |\n|---|---|\n| {} | 2 |\n"
EMPTY_HEADINGS = "".join(f"#\n{TABLE.format(number)}see [a][ref]\n[ref]: deploy.md\n" for number in range(50))
HEADING_LIKE_ENTRIES = (
    "".join(f"x {number}\n\nsee [-b][ref]\n\n" for number in range(60))
    + "see [-b][ref]\n===\n\n"
    + "".join(f"- y {number}\n  z\n\n" for number in range(80))
    + "[ref]: x.md\n"
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(125 * "see [a](<x.md>) in prose\n[ref]: y.md\n", id="a definition that is none"),
        pytest.param(EMPTY_HEADINGS, id="headings without words"),
        pytest.param(HEADING_LIKE_ENTRIES, id="a heading with the text of entries"),
    ],
)
def test_laws_hold_for_what_was_found_by_chance(text: str) -> None:
    assert judge(snapshot({"MEMORY.md": text.encode(), **TOPICS}))


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real memory is not beside this clone")
def test_laws_hold_for_every_version_of_real_index_files() -> None:
    versions = sorted(path for path in (CORPUS / "_history").rglob("*.md") if path.is_file())
    judged = sum(judge(snapshot({"MEMORY.md": path.read_bytes()})) for path in versions)
    assert judged > 100
