from pathlib import Path

from support import long_index, store_of, write_tree

from memoryd.cli.output.setup import lines, next_lines
from memoryd.services.setup.survey import SetupSurvey, survey_setup


def survey(tmp_path: Path, long: int, short: int) -> SetupSurvey:
    names = [f"long{number}" for number in range(long)] + [f"short{number}" for number in range(short)]
    for name in names:
        write_tree(tmp_path / name, {"MEMORY.md": long_index() if "long" in name else "- a\n"})
    return survey_setup([store_of(tmp_path / name) for name in names], None)


def test_what_is_unseen_and_what_would_change_is_said(tmp_path: Path) -> None:
    said = lines(survey(tmp_path, 2, 1))
    assert said[0] == "3 memory stores found (3 user)."
    assert said[1].startswith("2 of them are over the limit: ")
    assert sum("entries unseen; now " in line for line in said) == 2
    assert said[-1].startswith("No line is lost")


def test_many_are_cut_to_a_screen(tmp_path: Path) -> None:
    said = lines(survey(tmp_path, 12, 0))
    assert len(said) < 24
    assert "  … and 4 more: memoryd compact --all --diff" in said


def test_where_all_is_seen_or_nothing_is_found_that_is_all(tmp_path: Path) -> None:
    assert lines(survey(tmp_path, 0, 1))[1] == "Every agent sees all of its memory today."
    assert lines(SetupSurvey((), ())) == ["0 memory stores found."]


def test_the_next_commands_are_about_what_is_there(tmp_path: Path) -> None:
    store = store_of(tmp_path / "reviewer")
    assert "memoryd show reviewer" in next_lines([(store, 1)], found=True)[2]
    assert "the 1 entry that reviewer does not see" in next_lines([(store, 1)], found=True)[2]
    assert not any("show" in line or "check" in line for line in next_lines([], found=False))
    assert any("memoryd init" in line for line in next_lines([], found=False))
