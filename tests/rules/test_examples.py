"""Every rule's page holds examples; here they are true.

Their files are those of one store, or, where one of them begins with a dot or a tilde, those of a
project and of the home directory. `--- name -> target` is a symbolic link, `--- name (gone)` a file
that was committed once and is gone.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from memoryd.adapters.stores.discovery import FoundStores, Places, discover
from memoryd.domain.checks.rule import Rule
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check_found, read

_HEADS = {"Found in:": True, "Silent in:": False}
OF_PERMISSIONS = {"X005", "X006"}  # which a page cannot write
_GONE = " (gone)"
_REPEATED = re.compile(r"(\d+) × (.*)")
COMMIT = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m"]


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


def lay_out(files: dict[str, bytes], root: Path) -> None:
    for entry, content in files.items():
        name, _, target = entry.partition(" -> ")
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if target:
            path.symlink_to(target)
        else:
            path.write_bytes(content)


def commit_and_remove(files: dict[str, bytes], root: Path) -> None:
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    lay_out(files, root)
    remove = ["rm", "-q", "-r", "."]
    for arguments in (["init", "-q"], ["add", "."], [*COMMIT, "one"], remove, [*COMMIT, "two"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    root.mkdir(exist_ok=True)


def found_in_store(files: dict[str, bytes], root: Path) -> FoundStores:
    lay_out(files, root)
    store = agent_store(str(root), user=False)
    assert read(store).documents.keys() == files.keys()
    return FoundStores((store,))


def found_in_project(files: dict[str, bytes], root: Path, home: Path) -> FoundStores:
    at_home = {name: content for name, content in files.items() if name.startswith("~/")}
    lay_out({name.removeprefix("~/"): content for name, content in at_home.items()}, home)
    here = {name: content for name, content in files.items() if name not in at_home}
    gone = {name.removesuffix(_GONE): content for name, content in here.items() if name.endswith(_GONE)}
    if gone:
        commit_and_remove(gone, root)
    lay_out({name: content for name, content in here.items() if not name.endswith(_GONE)}, root)
    if ".gitignore" in files:
        if not shutil.which("git"):
            pytest.skip("git is not installed")
        subprocess.run(["git", "init", "-q", root], check=True)
    return discover(Places(home, home / ".claude"), cwd=root)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.rule.code}-{each.number}")
def test_the_example_is_true(example: Example, tmp_path: Path, home: Path) -> None:
    if any(name.startswith((".", "~/")) or ".claude/" in name for name in example.files):
        found = found_in_project(example.files, tmp_path, home)
        assert found.stores or found.definitions
    else:
        found = found_in_store(example.files, tmp_path / ".claude" / "agent-memory" / "reviewer")
    report = check_found(found, (example.rule,))
    assert not report.unread
    assert {each.code for each in report.diagnostics} == ({example.rule.code} if example.found else set())


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_page_shows_both_sides(rule: Rule) -> None:
    sides = {False} if rule.code in OF_PERMISSIONS else {True, False}
    assert {example.found for example in EXAMPLES if example.rule is rule} == sides


def test_examples_can_repeat_lines_and_hold_any_byte() -> None:
    lines = ["--- MEMORY.md", "2 × - a", "", r"caf\xe9", r"a \ b", "--- a/b.md"]
    assert files_of(lines) == {"MEMORY.md": b"- a\n- a\n\ncaf\xe9\na \\ b\n", "a/b.md": b""}
