"""Every rule's page holds examples; here they are true."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from memoryd.domain.lint import Rule
from memoryd.domain.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.check import check, read

_HEADS = {"Found in:": True, "Silent in:": False}
_REPEATED = re.compile(r"(\d+) × (.*)")


@dataclass(frozen=True)
class Example:
    rule: Rule
    number: int
    found: bool
    files: dict[str, bytes]


def line_bytes(line: str) -> bytes:
    """A line, repeated where it says so; its escapes stand for bytes."""
    repeated = _REPEATED.fullmatch(line)
    count, line = (int(repeated[1]), repeated[2]) if repeated else (1, line)
    content = line.encode().decode("unicode_escape").encode("latin-1") if r"\x" in line else line.encode()
    return (content + b"\n") * count


def files_of(lines: list[str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    path = ""
    for line in lines:
        if line.startswith("--- "):
            path = line.removeprefix("--- ")
            files[path] = b""
        else:
            files[path] += line_bytes(line)
    return files


def blocks(page: str) -> Iterator[tuple[bool, list[str]]]:
    """Blocks of four-space indented lines below one of the heads."""
    found: bool | None = None
    lines: list[str] = []
    for line in [*page.split("\n"), "end"]:
        if found is not None and (line.startswith("    ") or not line):
            lines.append(line[4:])
            continue
        if found is not None:
            while lines and not lines[-1]:
                lines.pop()
            yield found, lines
        found, lines = _HEADS.get(line), []


EXAMPLES = [
    Example(rule, number, found, files_of(lines))
    for rule in ALL_RULES
    for number, (found, lines) in enumerate(blocks(rule.page), 1)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.rule.code}-{each.number}")
def test_the_example_is_true(example: Example, tmp_path: Path) -> None:
    root = tmp_path / ".claude" / "agent-memory" / "reviewer"
    for path, content in example.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    store = agent_store(str(root), user=False)
    assert read(store).documents.keys() == example.files.keys()
    report = check([store], (example.rule,))
    assert not report.unread
    assert {each.code for each in report.diagnostics} == ({example.rule.code} if example.found else set())


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_page_shows_both_sides(rule: Rule) -> None:
    assert {example.found for example in EXAMPLES if example.rule is rule} == {True, False}


def test_examples_can_repeat_lines_and_hold_any_byte() -> None:
    lines = ["--- MEMORY.md", "2 × - a", "", r"caf\xe9", r"a \ b", "--- a/b.md"]
    assert files_of(lines) == {"MEMORY.md": b"- a\n- a\n\ncaf\xe9\na \\ b\n", "a/b.md": b""}
