from domain.compaction.compacting import snapshot

from memoryd.domain.compaction.draft import draft_of
from memoryd.domain.compaction.topics.portions import EARLIER, portions_of, title_section
from memoryd.domain.history.past import UNKNOWN


def titles(text: str, files: dict[str, str] | None = None) -> list[tuple[str, int]]:
    draft = draft_of(snapshot({"MEMORY.md": text, **(files or {})}), UNKNOWN)
    assert draft is not None
    return [(portion.title, len(portion.atoms)) for portion in portions_of(draft, list(draft.atoms))]


def test_entries_of_one_outermost_section_are_one_portion() -> None:
    text = "# T\n\n- a\n\n## One\n- b\n\n### Inner\n- c\n\n## Two\n- d\n"
    assert titles(text) == [(EARLIER, 1), ("One", 2), ("Two", 1)]


def test_pointers_below_no_heading_are_sorted_by_the_type_of_their_topics() -> None:
    files = {
        f"{kind}_{at}.md": f"---\ntype: {kind}\n---\n" for kind in ("user", "project") for at in range(3)
    }
    text = "".join(f"- [{path}]({path})\n" for path in files)
    assert titles(text, files) == [("User notes", 3), ("Project notes", 3)]


def test_a_title_is_the_only_heading_of_its_level_at_the_start() -> None:
    for text, is_title in (
        ("# T\n- a\n\n## B\n- b\n", True),
        ("# T\n- a\n\n# B\n- b\n", False),
        ("## T\n- a\n", False),
    ):
        draft = draft_of(snapshot({"MEMORY.md": text}), UNKNOWN)
        assert draft is not None
        assert (title_section(draft) is not None) == is_title
