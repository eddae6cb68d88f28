"""Topics on a terminal: every word is shown, and no line is longer than it need be."""

import os
import re

import pytest
from house.documentation import TOPICS, text_of

from memoryd.cli.output import markdown

COLUMNS = 80


def shown(text: str) -> str:
    """Render on a terminal of 80 columns without colours."""
    master, slave = os.openpty()
    try:
        with open(slave, "w", encoding="utf-8") as terminal, pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", str(COLUMNS))
            patch.setenv("NO_COLOR", "1")
            patch.setattr("sys.stdout", terminal)
            return markdown.render(text)
    finally:
        os.close(master)


def words(text: str) -> list[str]:
    """Words, without what makes the form of a text."""
    text = re.sub(r"^```.*$|^\|[-|]+$|^#+ |(?<!\\)\|", " ", text, flags=re.MULTILINE)
    return text.replace("\\|", "|").split()


@pytest.mark.parametrize("topic", TOPICS)
def test_no_word_is_lost_and_lines_fit(topic: str) -> None:
    text = text_of(topic)
    result = shown(text)
    assert sorted(words(result)) == sorted(words(text))
    fenced = [
        line for block in re.findall(r"```\w+\n(.*?)```", text, re.DOTALL) for line in block.split("\n")
    ]
    code = {*re.findall(r"^ {4}.*$", text, re.MULTILINE), *(f"    {line}" for line in fenced)}
    long = [line for line in result.splitlines() if len(line) > COLUMNS and line not in code]
    unbreakable = re.compile(r"\s*(`[^`]+`|\S+)\S*")  # code keeps its spaces
    assert [line for line in long if not unbreakable.fullmatch(line)] == []


def test_a_table_that_is_too_wide_puts_its_last_column_below() -> None:
    key = "k" * (COLUMNS - 10)
    table = f"| key | means |\n|---|---|\n| `{key}` | a word and another |\n"
    assert shown(table) == f"key\n    means\n`{key}`\n    a word and another\n"


def test_code_is_not_broken_and_items_hang() -> None:
    text = "- " + "word " * 14 + "`some code that is long` end"
    assert shown(text) == "- " + "word " * 13 + "word\n  `some code that is long` end\n"
