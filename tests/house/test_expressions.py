"""No regular expression can read a text in exponentially many ways."""

import ast
import gc
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from house.ambiguity import endless_repeats
from support import REPOSITORY

from memoryd.values import regex

ALLOWED: frozenset[str | bytes] = frozenset()
"""Ambiguous expressions for which another test proves that their time is linear."""

_CALLS = frozenset({"compile", "sub", "subn", "search", "match", "fullmatch", "findall", "finditer", "split"})

_Expression = tuple[str | bytes, int]  # a pattern, and its flags


@pytest.mark.parametrize(
    ("pattern", "ambiguous"),
    [
        (r"(a+)+", True),
        (r"(?:a*b*)*", True),
        (r"(?:\w+\s?)*", True),
        (r"(?:\s*\w+\s*)*", True),
        (r"(?:[./]+\w*)*", True),
        (r"(?:\w|[a-c]x)*", True),
        (r"(?i:[A-Z]|[a-c]x)*", True),
        (r"(?:a{1,60})*", True),
        (r"x(?:(?:\d+|t)[\W_]*)+", True),
        (r"(?:[^\"\n]|'\w)+\"", True),
        (rb"(?:[\x80-\xff]+|\n)*", True),
        (r"(?:-[^\W_-]+)*", False),
        (r"(?:a|ab)*", False),
        (r"(?:\w+\s+)*", False),
        (r"(?:\w|[a-c]-)*", False),
        (r"(?: {0,3}x)*", False),
        (r"(?:a{1,60}b)*", False),
        (r"(?:a++|\n)*", False),
        (r"(?>(?:\w+\s?)*)", False),
        (r"(?:\w+\s?)*+", False),
        (r"(?>\w+\s?)*", False),
        (r"[^*]*", False),
    ],
)
def test_what_is_ambiguous(pattern: str | bytes, *, ambiguous: bool) -> None:
    assert any(endless_repeats(pattern)) is ambiguous


def test_no_expression_is_ambiguous() -> None:
    found = {*_compiled_later(), *_written_in_calls()}
    assert len(found) > 400
    ambiguous = {pattern for pattern, flags in found if any(endless_repeats(pattern, flags))}
    assert ambiguous - ALLOWED == set(), "it takes exponential time on some text"
    assert ALLOWED - ambiguous == set(), "it is no longer ambiguous: remove it from the list"


def _modules() -> Iterator[tuple[ModuleType, Path]]:
    for path in sorted((REPOSITORY / "memoryd").rglob("*.py")):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        if parts[-1] != "__main__":
            yield importlib.import_module(".".join(parts).removesuffix(".__init__")), path


def _compiled_later() -> Iterator[_Expression]:
    """Yield the expressions that modules hold, in tables too."""
    kept = list(_modules())
    yield from (each._given for each in gc.get_objects() if type(each) is regex)
    del kept


def _written_in_calls() -> Iterator[_Expression]:
    """Yield the expressions that are arguments of functions of `re`; what is put into them counts as “x”."""
    for module, path in _modules():
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "re." in text else ():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if ast.unparse(node.func.value) == "re" and node.func.attr in _CALLS:
                pattern = _pattern(node.args[0], module)
                yield pattern, _flags(node)


def _flags(call: ast.Call) -> int:
    given = [ast.unparse(each) for each in (*call.args, *(each.value for each in call.keywords))]
    names = re.findall(r"\bre\.([A-Z]+)\b", " ".join(given[1:]))
    return sum(int(getattr(re, name)) for name in set(names))


def _pattern(node: ast.expr, module: ModuleType) -> str | bytes:
    """Return the text of an expression in a call."""
    text: str | bytes = "x"
    if isinstance(node, ast.BinOp):
        text = _pattern(node.left, module)
        if isinstance(node.op, ast.Add):
            text = _joined([text, _pattern(node.right, module)])
    elif isinstance(node, ast.JoinedStr):
        text = _joined([_pattern(each, module) for each in node.values])
    elif isinstance(node, ast.FormattedValue):
        text = _pattern(node.value, module)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        text = node.value
    elif isinstance(node, ast.Name) and isinstance(known := getattr(module, node.id, None), str | bytes):
        text = known
    return text


def _joined(parts: list[str | bytes]) -> str | bytes:
    if any(isinstance(each, bytes) for each in parts):
        return b"".join(each if isinstance(each, bytes) else each.encode() for each in parts)
    return "".join(each for each in parts if isinstance(each, str))
