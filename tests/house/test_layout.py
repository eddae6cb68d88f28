"""The layout of the house, executed: no cycles, short folders, one name for one thing."""

import ast
from collections import Counter, defaultdict

from house.imports import MODULES, PACKAGE, cycles, import_graph
from support import REPOSITORY

# Exceptions by name. The lists below may only shrink.
LONG_FOLDERS = {"memoryd/cli/commands"}  # one module a command
CYCLES = [
    {
        "memoryd.domain.markdown.document",
        "memoryd.domain.markdown.frontmatter",
        "memoryd.domain.markdown.layout",
        "memoryd.domain.links.names",
        "memoryd.domain.markdown.parts",
        "memoryd.domain.markdown.fast_links",
        "memoryd.domain.links.targets",
    },
    {"memoryd.cli.confirm", "memoryd.cli.checking", "memoryd.cli.output.checks"},
]
SHARED_CLASS_NAMES = {
    "Asked",
    "Daemon",
    "Found",
    "Judgement",
    "Known",
    "Moved",
    "Outline",
    "Passage",
    "Place",
    "Proof",
    "Unit",
}


def test_modules_import_each_other_in_one_direction() -> None:
    assert sorted(map(sorted, cycles(import_graph()))) == sorted(map(sorted, CYCLES))


def test_the_search_for_cycles_finds_one() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert cycles(graph) == [{"b", "c"}]


def test_folders_are_short() -> None:
    counts = Counter(path.parent.relative_to(REPOSITORY).as_posix() for path in PACKAGE.rglob("*.py"))
    assert {folder for folder, count in counts.items() if count > 15} == LONG_FOLDERS


def test_public_class_names_are_unique() -> None:
    homes = defaultdict(list)
    for module, path in MODULES.items():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module)
    assert {name for name, modules in homes.items() if len(modules) > 1} == SHARED_CLASS_NAMES
