from domain.compaction.compacting import SECTIONED, compacted, index_text, snapshot


def grown(by: int) -> str:
    """An index file a few lines over its limit, whose oldest lines are about kettles."""
    kettles = "".join(f"- kettle {number}: descale with `citric-acid`\n" for number in range(by))
    return f"# Notes\n\n## Assorted\n{kettles}" + "".join(f"- fact {number}\n" for number in range(157))


KETTLES = "---\nname: kettles\ndescription: Kettles, when to descale, `citric-acid`\n---\n# Kettles\n- old\n"
LAMPS = "---\nname: lamps\ndescription: Lamps and their oil\n---\n# Lamps\n- old\n"
LINKS = "\n## Topics\n- [Kettles](kettles.md) — descaling\n- [Lamps](lamps.md) — oil\n"


def test_a_few_lines_go_to_the_topic_whose_own_words_lead_to_them() -> None:
    before = snapshot({"MEMORY.md": grown(12) + LINKS, "kettles.md": KETTLES, "lamps.md": LAMPS})
    after = compacted(before)
    assert after.documents.keys() == before.documents.keys()
    assert "kettle 3" in after.documents["kettles.md"].text
    assert after.documents["lamps.md"].text == LAMPS


def test_a_few_lines_go_to_no_topic_about_something_else() -> None:
    before = snapshot(
        {"MEMORY.md": grown(12) + LINKS.replace("- [K", "- [k"), "kettles.md": LAMPS, "lamps.md": LAMPS}
    )
    after = compacted(before)
    assert after.documents["lamps.md"].text == LAMPS
    assert len(after.documents) == len(before.documents) + 1


def test_a_section_that_a_pointer_names_goes_to_its_topic() -> None:
    pointer = "- [Part 0](stuff.md) — Kettle descaling, harbor fees\n"
    text = SECTIONED.replace("# Notes\n", f"# Notes\n{pointer}").replace(
        "## Part 1\n", "## Kettle descaling\n"
    )
    after = compacted(snapshot({"MEMORY.md": text, "stuff.md": "# Stuff\n\nOther things.\n"}))
    assert "## Kettle descaling\n" in after.documents["stuff.md"].text
    assert pointer in index_text(after)
