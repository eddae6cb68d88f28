"""The texts for people: the README and the help topics."""

import re
from pathlib import Path

from support import REPOSITORY

TOPICS = {path.stem: path for path in sorted((REPOSITORY / "memoryd" / "docs").glob("*.md"))}
README = REPOSITORY / "README.md"
TEXTS = {"README": README, **TOPICS}


def text_of(topic: str) -> str:
    """The Markdown of a topic, or of the README."""
    return TEXTS[topic].read_text()


def section(topic: str, heading: str) -> str:
    """What is below a heading of second level."""
    return text_of(topic).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(text: str, head: str) -> list[list[str]]:
    """Cells of the rows of the table that has this head, each without white space around."""
    table = text.partition(f"{head}\n")[2].partition("\n\n")[0]
    assert table, f"no table has the head {head}"
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[1:]]


def coded(text: str) -> list[str]:
    """What is between backticks."""
    return re.findall(r"`([^`]+)`", text)


def summary_of(path: Path) -> str:
    """The sentence below the title of a topic."""
    return path.read_text().split("\n")[2].removesuffix(".")
