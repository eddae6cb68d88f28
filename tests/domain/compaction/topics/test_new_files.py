from domain.compaction.compacting import compacted, index_text, snapshot


def section(title: str, count: int, fact: str = "a fact that is worth knowing about it") -> str:
    return f"\n## {title}\n" + "".join(f"- {fact}, number {number} of {title}\n" for number in range(count))


def new_files(files: dict[str, str]) -> list[str]:
    after = compacted(snapshot(dict(files)))
    return sorted(after.documents.keys() - files.keys())


def test_small_sections_share_a_file_that_is_called_after_the_biggest() -> None:
    titles = ("Zebra crossing", "Kettle descaling", "Lantern oil", "Winter tyres", "Harbor fees")
    text = "# Notes\n" + "".join(section(title, 9) for title in titles) + section("Today", 150)
    paths = new_files({"MEMORY.md": text})
    assert "earlier-notes.md" not in paths
    after = compacted(snapshot({"MEMORY.md": text}))
    (pointer,) = [line for line in index_text(after).split("\n") if "](zebra" in line or "](kettle" in line]
    assert ", " in pointer[: pointer.index("]")], "two of them are named"


def test_a_little_more_than_a_big_theme_does_not_get_a_file_of_its_own() -> None:
    text = "# Notes\n" + section("Kettle descaling", 2) + section("Zebra crossing", 90) + section("Now", 110)
    paths = new_files({"MEMORY.md": text})
    assert paths == ["zebra-crossing.md"]
    assert "descaling" in compacted(snapshot({"MEMORY.md": text})).documents[paths[0]].text


def test_sections_whose_titles_say_nothing_are_earlier_notes() -> None:
    text = "# Notes\n" + "".join(section(f"Part {part}", 14) for part in range(15))
    assert new_files({"MEMORY.md": text}) == ["earlier-notes.md"]


def test_paths_are_short_and_end_at_a_word() -> None:
    text = "# Notes\n" + section("Timeline node properties and their interpolation keys", 110)
    text += section("Now", 110)
    (path,) = new_files({"MEMORY.md": text})
    assert path == "timeline-node-properties.md"


def test_at_most_five_new_files() -> None:
    titles = [
        f"{word} department rules" for word in ("Zebra", "Kettle", "Lantern", "Winter", "Harbor", "Ferry")
    ]
    text = "# Notes\n" + "".join(section(title, 40) for title in titles) + section("Now", 150)
    assert 1 < len(new_files({"MEMORY.md": text})) <= 5


def test_a_second_compaction_finds_the_file_of_the_first() -> None:
    old = "".join(section(title, 30) for title in ("Zebra crossing", "Kettle descaling"))
    first = compacted(snapshot({"MEMORY.md": "# Notes\n" + old + section("Now", 160)}))
    files = {path: document.raw for path, document in first.documents.items()}
    grown = index_text(first).replace(
        "## Now", section("Kettle descaling", 30, "one more thing") + "\n## Now"
    )
    second = compacted(snapshot({**files, "MEMORY.md": grown + section("Later", 60)}))
    (kettle,) = [
        path
        for path, each in second.documents.items()
        if "one more thing" in each.text and path != "MEMORY.md"
    ]
    assert kettle in files
