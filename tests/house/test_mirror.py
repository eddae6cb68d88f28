"""Tests mirror the package: each module over 40 lines has a test file of its name."""

import re

import pytest
from house.imports import MODULES, PACKAGE
from support import REPOSITORY

TESTS = REPOSITORY / "tests"
LONG = 40  # lines
CASES = {"memoryd.rules"}  # golden cases and examples of docstrings test rules: `tests/cases`, `tests/rules`
# Modules that only tests of others reach. The list may only shrink.
UNTESTED = {
    "memoryd.adapters.forgetting",
    "memoryd.adapters.git.user",
    "memoryd.adapters.search.differences",
    "memoryd.adapters.search.schema",
    "memoryd.adapters.service.systemd",
    "memoryd.adapters.stores.discovery.disk",
    "memoryd.cli.output.stores",
    "memoryd.domain.agents.roster",
    "memoryd.domain.checks.rule",
    "memoryd.domain.compaction.draft",
    "memoryd.domain.compaction.parts.atoms",
    "memoryd.domain.compaction.parts.splits",
    "memoryd.domain.compaction.parts.status_words",
    "memoryd.domain.compaction.prepare",
    "memoryd.domain.compaction.proof",
    "memoryd.domain.compaction.ranking",
    "memoryd.domain.compaction.topics.arrange",
    "memoryd.domain.compaction.topics.pointer_lines",
    "memoryd.domain.compaction.topics.themes",
    "memoryd.domain.doctor",
    "memoryd.domain.duplicates.files.copies",
    "memoryd.domain.duplicates.files.join",
    "memoryd.domain.duplicates.passages",
    "memoryd.domain.duplicates.vocabulary",
    "memoryd.domain.forgetting.removable",
    "memoryd.domain.git.evidence",
    "memoryd.domain.limits.client_lists",
    "memoryd.domain.markdown.model",
    "memoryd.domain.markdown.parts",
    "memoryd.domain.search.facts",
    "memoryd.domain.staleness.dangling",
    "memoryd.domain.staleness.named_paths",
    "memoryd.domain.staleness.outdated",
    "memoryd.domain.stores.surroundings",
    "memoryd.runtime",
    "memoryd.services.checks.judge",
    "memoryd.services.daemon.lookout",
    "memoryd.services.doctor.trust",
    "memoryd.services.duplicates",
    "memoryd.services.forgetting.forget",
    "memoryd.services.git",
    "memoryd.services.history.look_up",
    "memoryd.services.search.verify",
    "memoryd.services.staleness",
    "memoryd.services.stores.read_instructions",
    "memoryd.services.trust",
}


def has_tests(module: str) -> bool:
    """Whether there is `test_<module>.py` or `test_<module>_*.py` in the mirrored folder."""
    path = MODULES[module].relative_to(PACKAGE)
    if path.stem == "__init__":
        name, folders = path.parent.name, (path.parent, path.parent.parent)
    else:
        name, folders = path.stem, (path.parent, path.parent / path.stem)
    wanted = re.compile(rf"test_{re.escape(name.strip('_'))}(_\w+)?\.py")
    return any(
        wanted.fullmatch(file.name)
        for folder in folders
        if (TESTS / folder).is_dir()
        for file in (TESTS / folder).iterdir()
    )


def untested() -> set[str]:
    return {
        module
        for module, path in MODULES.items()
        if len(path.read_text().splitlines()) > LONG
        and module.rpartition(".")[0] not in CASES
        and not has_tests(module)
    }


def test_each_module_has_a_test_file_of_its_name() -> None:
    new = untested() - UNTESTED
    assert new == set(), "write tests/<layer>/<noun>/test_<module>.py"


def test_the_list_of_modules_without_one_only_shrinks() -> None:
    assert UNTESTED - untested() == set(), "it has tests now, or is gone: remove it from the list"


@pytest.mark.parametrize(
    "module", ["memoryd.domain.dates.moments", "memoryd.config", "memoryd.cli.commands.help"]
)
def test_a_module_with_tests_is_known_to_have_them(module: str) -> None:
    assert has_tests(module)
