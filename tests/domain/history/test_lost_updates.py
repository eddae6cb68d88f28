"""What counts as a lost update, and what does not."""

import pytest

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_lines import standing
from memoryd.domain.history.lost_updates import stale_writes
from memoryd.domain.history.versions import Version

ROOT = "/s"
ONE, TWO, THREE = "- deploys run on Mondays", "- the cache key holds the locale", "- ask Ann about billing"


def lost(*steps: tuple[float, str, str | None, int | None]) -> list[tuple[str, ...]]:
    """Entries of each loss in a store: minute, file, content and operation of each version."""
    contents = {
        number: text.encode() if text is not None else None for number, (_, _, text, _) in enumerate(steps, 1)
    }
    versions = [
        Version(number, minute * 60, ROOT, f"{ROOT}/{name}", None if text is None else text, None, operation)
        for number, (minute, name, text, operation) in enumerate(steps, 1)
    ]
    by_path = {path: [each for each in versions if each.path == path] for path in {v.path for v in versions}}
    read = {version: contents[version.id] for version in versions}.__getitem__
    found = [loss for each in by_path.values() for loss in stale_writes(each, LineReader(read))]
    found.sort(key=lambda loss: loss.dropped_by.id)
    return [loss.entries for loss in standing(found, versions, read)]


def seen(*contents: str | None, every: float = 10) -> list[tuple[float, str, str | None, int | None]]:
    return [(number * every, "MEMORY.md", content, None) for number, content in enumerate(contents)]


def test_a_full_write_from_an_old_reading_is_a_loss() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}")) == [(TWO,)]


def test_all_that_was_added_since_the_reading_counts() -> None:
    more = f"{ONE}\n{TWO}\n- a third thing"
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", more, f"{ONE}\n{THREE}")) == [(TWO, "- a third thing")]


def test_what_was_brought_back_is_no_loss() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}", f"{ONE}\n{THREE}\n{TWO}")) == []


def test_what_was_brought_back_and_taken_away_again_is_somebodys_will() -> None:
    back = f"{ONE}\n{THREE}\n{TWO}"
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}", back, f"{ONE}\n{THREE}")) == []


def test_what_moved_to_another_file_is_no_loss() -> None:
    steps = seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}")
    assert lost(*steps, (21, "topic.md", f"# {TWO}", None)) == []


def test_one_who_knew_some_of_it_had_read_it() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}\n- another thing", f"{ONE}\n- another thing\n{THREE}")) == []


def test_a_note_in_other_words_is_no_loss() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n- the cache key holds the user's locale")) == []


def test_a_note_that_was_said_again_later_in_other_words_is_no_loss() -> None:
    again = f"{ONE}\n{THREE}\n- the cache key holds the user's locale"
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}", again)) == []


def test_an_index_line_that_leads_to_the_same_file_is_the_same_note() -> None:
    old, new = "- [Cache](cache.md) - keys", "- [How responses are kept](cache.md): all of it"
    assert lost(*seen(ONE, f"{ONE}\n{old}", f"{ONE}\n{new}")) == []


def test_a_correction_that_is_written_over_with_the_old_words_is_a_loss() -> None:
    right = ONE.replace("Mondays", "Tuesdays")
    assert lost(*seen(f"{ONE}\n{TWO}", f"{right}\n{TWO}", f"{ONE}\n{TWO}\n{THREE}")) == [(right,)]


def test_a_rewrite_is_not_made_from_an_old_reading() -> None:
    rewritten = "# Memory\n- [Notes](notes.md) of all kinds"
    assert lost(*seen(f"{ONE}\n{TWO}", f"{ONE}\n{TWO}\n{THREE}", rewritten)) == []


def test_what_was_lost_of_a_file_that_is_gone_by_now_is_not_missed() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}", None)) == []


def test_going_back_to_an_earlier_version_is_somebodys_will() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", ONE)) == []


def test_what_had_stood_for_longer_than_an_hour_is_no_lost_update() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}", every=61)) == []
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}", every=59)) == [(TWO,)]


def test_what_memoryd_does_itself_is_none() -> None:
    first, second, (minute, name, content, _) = seen(ONE, f"{ONE}\n{TWO}", f"{ONE}\n{THREE}")
    assert lost(first, second, (minute, name, content, 7)) == []


def test_an_agent_that_overwrites_a_compaction_is_one() -> None:
    first, (minute, name, _, _), _ = seen("", "", "")
    compacted = f"{ONE}\n- [cache](cache.md)"
    steps = [
        (0.0, name, f"{ONE}\n{TWO}", None),
        (minute, name, compacted, 7),
        (20.0, name, f"{ONE}\n{TWO}\n{THREE}", None),
    ]
    assert first[1] == name
    assert lost(*steps) == [("- [cache](cache.md)",)]


@pytest.mark.parametrize("noise", ["", "\n---\n", "\n\n  \n"])
def test_lines_that_say_nothing_are_not_missed(noise: str) -> None:
    assert lost(*seen(ONE, f"{ONE}\n{noise}", f"{ONE}\n{THREE}")) == []


def test_a_file_that_is_deleted_or_comes_back_is_none() -> None:
    assert lost(*seen(ONE, f"{ONE}\n{TWO}", None, f"{ONE}\n{THREE}")) == []
