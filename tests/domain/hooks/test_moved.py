from memoryd.domain.hooks.moved import moved_lines, moved_text


def test_the_files_with_most_lines_are_named() -> None:
    counts = {"a.md": 5, "b.md": 3, "c.md": 1, "d.md": 1, "e\u202e.md": 1}
    assert moved_lines("MEMORY.md", {}) == moved_text("MEMORY.md", {}) == ""
    assert (
        moved_lines("MEMORY.md", {"a.md": 1}) == "memoryd: 1 line that you saw in MEMORY.md is in a.md now."
    )
    assert moved_lines("MEMORY.md", counts).endswith(
        "11 lines that you saw in MEMORY.md are in a.md, b.md, c.md and 2 more now."
    )
    assert moved_text("MEMORY.md", counts).endswith("but in a.md: edit it there.")
