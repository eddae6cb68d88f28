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
    "memoryd.adapters.doctor.sqlite",
    "memoryd.adapters.edits.directory",
    "memoryd.adapters.forgetting",
    "memoryd.adapters.git.user",
    "memoryd.adapters.search.differences",
    "memoryd.adapters.search.schema",
    "memoryd.adapters.service.systemd",
    "memoryd.adapters.stores.contents",
    "memoryd.adapters.stores.discovery.disk",
    "memoryd.cli.addition",
    "memoryd.cli.arguments",
    "memoryd.cli.checking",
    "memoryd.cli.confirm",
    "memoryd.cli.fresh_index",
    "memoryd.cli.options",
    "memoryd.cli.output.daemon",
    "memoryd.cli.output.doctor",
    "memoryd.cli.output.forgetting",
    "memoryd.cli.output.service",
    "memoryd.cli.output.stores",
    "memoryd.cli.output.trust",
    "memoryd.domain.agents.roster",
    "memoryd.domain.checks.rule",
    "memoryd.domain.compaction.ages",
    "memoryd.domain.compaction.groups",
    "memoryd.domain.compaction.long_entries",
    "memoryd.domain.compaction.moves",
    "memoryd.domain.compaction.sections",
    "memoryd.domain.compaction.tidy",
    "memoryd.domain.dates.relative",
    "memoryd.domain.doctor",
    "memoryd.domain.duplicates.across",
    "memoryd.domain.duplicates.copies",
    "memoryd.domain.duplicates.join",
    "memoryd.domain.duplicates.pairs",
    "memoryd.domain.duplicates.passages",
    "memoryd.domain.duplicates.repeated",
    "memoryd.domain.duplicates.spelling",
    "memoryd.domain.duplicates.vocabulary",
    "memoryd.domain.forgetting.removable",
    "memoryd.domain.forgetting.source_map",
    "memoryd.domain.git.evidence",
    "memoryd.domain.limits.client_lists",
    "memoryd.domain.links.guesses",
    "memoryd.domain.links.incoming",
    "memoryd.domain.links.index_lines",
    "memoryd.domain.links.pointers",
    "memoryd.domain.links.targets",
    "memoryd.domain.markdown.items",
    "memoryd.domain.markdown.model",
    "memoryd.domain.markdown.parts",
    "memoryd.domain.markdown.plain_text",
    "memoryd.domain.search.facts",
    "memoryd.domain.search.ranking",
    "memoryd.domain.search.segments",
    "memoryd.domain.search.snippet",
    "memoryd.domain.staleness.age",
    "memoryd.domain.staleness.dangling",
    "memoryd.domain.staleness.expiry",
    "memoryd.domain.staleness.named_paths",
    "memoryd.domain.staleness.outdated",
    "memoryd.domain.staleness.tasks",
    "memoryd.domain.stores.snapshot",
    "memoryd.domain.stores.surroundings",
    "memoryd.domain.trust",
    "memoryd.log",
    "memoryd.runtime",
    "memoryd.services.daemon.debounce",
    "memoryd.services.daemon.heartbeat",
    "memoryd.services.daemon.lookout",
    "memoryd.services.daemon.settings",
    "memoryd.services.doctor.trust",
    "memoryd.services.duplicates",
    "memoryd.services.forgetting.forget",
    "memoryd.services.git",
    "memoryd.services.history.look_up",
    "memoryd.services.search.verify",
    "memoryd.services.staleness",
    "memoryd.services.status",
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
