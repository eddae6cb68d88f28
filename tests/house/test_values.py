"""Values stay values: few fields in a snapshot, and no cache in what is frozen."""

import ast
from dataclasses import fields

import pytest
from house.imports import MODULES

from memoryd.domain.stores.snapshot import Snapshot

CACHED = """
@dataclass(frozen=True, slots=True)
class Frozen:
    name: str
    known: dict[str, int] = field(default_factory=dict, init=False, compare=False)
"""


def caches(source: str) -> list[str]:
    """Return the fields of frozen dataclasses that are filled later and left out of comparisons."""
    return [
        f"{node.name}.{ast.unparse(each.target)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and any("frozen=True" in ast.unparse(d) for d in node.decorator_list)
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.value, ast.Call) and is_cache(each.value)
    ]


def is_cache(call: ast.Call) -> bool:
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    return given.get("default_factory") in {"dict", "list", "set"} and given.get("compare") == "False"


def test_a_snapshot_is_a_store_its_documents_and_little_more() -> None:
    assert len(fields(Snapshot)) <= 5


@pytest.mark.parametrize("module", sorted(name for name in MODULES if ".domain." in name))
def test_no_cache_is_a_field_of_a_frozen_value(module: str) -> None:
    assert caches(MODULES[module].read_text()) == []


def test_the_search_for_caches_finds_one() -> None:
    assert caches(CACHED) == ["Frozen.known"]
    assert caches(CACHED.replace(", compare=False", "")) == []
