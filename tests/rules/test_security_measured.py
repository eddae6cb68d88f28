"""The table of `memoryd help security` is what is measured.

The column of memoryd is measured with every run. `WRITE_DOCS=1 pytest -m slow
tests/rules/test_security_measured.py` measures the others in one run, which have to be on PATH.
"""

import os
import re
import shutil
from pathlib import Path

import pytest
from house.documentation import TOPICS, rows, text_of
from rules.judged import CORPUS
from rules.measured import MEMORYD, OTHERS, REAL, SETS, real_texts, reported, reported_by

HEAD = f"| set | of | {MEMORYD} | {' | '.join(OTHERS)} |"
LEAST = {"secrets found": 0.95, "hidden text found": 1.0, "foreign instructions found": 0.95}
# Others look for secrets only
NOT_FOR_OTHERS = ("hidden text found", "foreign instructions found")


def written() -> dict[str, list[str]]:
    """The rows of the table by set."""
    return {row[0]: row[1:] for row in rows(text_of("security"), HEAD)}


def rewrite(name: str, column: int, values: list[str]) -> None:
    """Write values into a row of the table, from a column on."""
    path = TOPICS["security"]
    cells = written().get(name, ["–"] * (2 + len(OTHERS)))
    cells[column : column + len(values)] = values
    line = f"| {name} | {' | '.join(cells)} |"
    path.write_text(re.sub(rf"^\| {re.escape(name)} \|.*$", line, path.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("name", [*SETS, REAL])
def test_the_column_of_memoryd_is_what_it_finds(name: str) -> None:
    if name == REAL and not CORPUS.is_dir():
        pytest.skip("real memory lies in ../shared, which is absent here")
    texts = real_texts() if name == REAL else [text.encode() for text in SETS[name]]
    found = reported(texts)
    if name in LEAST:
        assert found >= LEAST[name] * len(texts)
    else:
        assert found <= 0.05 * len(texts)
    measured = [f"{len(texts):,}", f"{found:,}"]
    if os.environ.get("WRITE_DOCS"):
        rewrite(name, 0, measured)
    assert written()[name][:2] == measured


def test_errors_and_warnings_are_right() -> None:
    numbers = {name: int(row[1].replace(",", "")) for name, row in written().items()}
    right = sum(count for name, count in numbers.items() if name in LEAST)
    assert right >= 0.95 * sum(numbers.values())


@pytest.mark.slow
@pytest.mark.parametrize("other", OTHERS)
def test_the_columns_of_others_are_what_they_find(other: str, tmp_path: Path) -> None:
    if shutil.which(other) is None:
        pytest.skip(f"{other} is not on PATH")
    column = 2 + OTHERS.index(other)
    for name in (*SETS, *([REAL] if CORPUS.is_dir() else [])):
        directory = tmp_path / re.sub(r"\W", "-", name)
        directory.mkdir()
        texts = real_texts() if name == REAL else [text.encode() for text in SETS[name]]
        found = "–" if name in NOT_FOR_OTHERS else f"{reported_by(other)(texts, directory):,}"
        if os.environ.get("WRITE_DOCS"):
            rewrite(name, column, [found])
        assert written()[name][column] == found, name
