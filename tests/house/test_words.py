"""The form of docstrings and the words of the house, package by package."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from house.imports import PACKAGE

# Packages whose words are still to do. The list may only shrink.
TO_DO: set[str] = set()
NO_PHRASE = {"what", "whether", "where", "that", "how", "when", "who"}
NO_VERB = NO_PHRASE | {"the", "a", "an", "all", "those", "one", "every", "each", "no", "none", "as", "if"}
WORDS = re.compile(r"\b(?:mend(?:s|ed|ing)?|anew|of which|but for|nobody|somebody)\b", re.IGNORECASE)
MODULES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not any(path.relative_to(PACKAGE).as_posix().startswith((f"{each}/", each)) for each in TO_DO)
]


def is_no_action(node: ast.FunctionDef) -> bool:
    """Whether it is a property, or a rule, whose docstring is its page."""
    return any(re.search(r"property|rule\(", ast.unparse(each)) for each in node.decorator_list)


def complaints(source: str) -> Iterator[str]:
    module = ast.parse(source)
    first = (ast.get_docstring(module) or "").partition("\n")[0]
    if len(first.split()) > 10 or first.split(" ")[0].lower() in NO_PHRASE:
        yield f"module: {first}"
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and (said := ast.get_docstring(node)):
            is_verb = isinstance(node, ast.FunctionDef) and not is_no_action(node)
            if re.split(r"\W", said)[0].lower() in (NO_VERB if is_verb else NO_PHRASE):
                yield f"{node.name}: {said.partition(chr(10))[0]}"


def prose(path: Path) -> Iterator[str]:
    """Comments and docstrings."""
    with path.open("rb") as file:
        yield from (each.string for each in tokenize.tokenize(file.readline) if each.type == tokenize.COMMENT)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_docstrings_have_their_form(path: Path) -> None:
    assert list(complaints(path.read_text())) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_riddles(path: Path) -> None:
    assert [found[0] for text in prose(path) for found in WORDS.finditer(text)] == []


def test_what_is_still_to_do_exists() -> None:
    assert {each for each in TO_DO if not (PACKAGE / each).exists()} == set()


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('"""A noun phrase."""', 0),
        ('"""What it is."""', 1),
        ('"""One two three four five six seven eight nine ten eleven."""', 1),
        ('def f():\n    """Return the line."""', 0),
        ('def f():\n    """The line."""', 1),
        ('def f():\n    """Whether it is one."""', 1),
        ('@property\ndef f():\n    """The line."""', 0),
        ('class A:\n    """How it is."""', 1),
    ],
)
def test_the_form_is_judged(source: str, wrong: int) -> None:
    assert len(list(complaints(source))) == wrong
