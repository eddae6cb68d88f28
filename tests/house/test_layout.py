"""The layout of the house, executed: no cycles, short folders, one name for one thing."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from house.imports import MODULES, PACKAGE, cycles, import_graph
from support import REPOSITORY

# Exceptions by name. The lists below may only shrink.
LONG_FOLDERS = {"memoryd/cli/commands", "memoryd/rules"}  # one module a command; families of rules
NOUNS = {
    *(
        "agents",
        "checks",
        "compaction",
        "completion",
        "daemon",
        "dates",
        "doctor",
        "duplicates",
        "edits",
        "forgetting",
    ),
    *("git", "history", "hooks", "limits", "links", "markdown", "removal", "search", "service", "staleness"),
    *("security", "setup", "status", "stores", "text", "trust", "usage"),
    *("merging", "sync", "report"),
}
# Words that end like participles and are nouns.
NOUNS_IN_ING = {"Finding", "Heading", "Misreading", "Setting"}
TO_BE_REMOVED = {"Moved"}  # with the old compaction
PARTICIPLE = re.compile(
    r"[A-Z][a-z]+(?:ed|ing)|Found|Gone|Held|Kept|Known|Left|Made|Meant|Read|Seen|Sent|Shown|Told|Written"
)


def test_modules_import_each_other_in_one_direction() -> None:
    assert cycles(import_graph()) == []


def test_the_search_for_cycles_finds_one() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert cycles(graph) == [{"b", "c"}]


def test_folders_are_short() -> None:
    counts = Counter(path.parent.relative_to(REPOSITORY).as_posix() for path in PACKAGE.rglob("*.py"))
    assert {folder for folder, count in counts.items() if count > 15} == LONG_FOLDERS


def public_classes() -> Iterator[tuple[str, str]]:
    """Yield the module and the name of every public class."""
    for module, path in MODULES.items():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield module, node.name


def test_public_class_names_are_unique() -> None:
    counts = Counter(name for _, name in public_classes())
    assert {name for name, count in counts.items() if count > 1} == set()


def test_no_public_class_is_named_by_a_participle_alone() -> None:
    found = {name for _, name in public_classes() if PARTICIPLE.fullmatch(name)}
    assert found - NOUNS_IN_ING <= TO_BE_REMOVED


def test_a_noun_has_one_name_in_every_layer() -> None:
    layers = [PACKAGE / layer for layer in ("domain", "services", "adapters", "cli/output")]
    named = {path.stem for layer in layers for path in layer.iterdir() if path.stem != "__pycache__"}
    assert named - {"__init__", "terminal", "progress", "report_file"} - NOUNS == set()


def test_a_noun_with_one_module_is_that_module() -> None:
    for layer in ("domain", "services", "adapters"):
        for package in (path for path in (PACKAGE / layer).iterdir() if (path / "__init__.py").exists()):
            assert len(list(package.iterdir())) > 1, package
