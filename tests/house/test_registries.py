"""Registries: each table of the package equals its tests and its documentation."""

import re

import pytest
import typer
from house.imports import PACKAGE
from support import REPOSITORY

from memoryd.config import variables
from memoryd.config.locations import LOCATIONS
from memoryd.reporters import REPORTERS

TESTS = REPOSITORY / "tests"
TOPICS = sorted((PACKAGE / "docs").glob("*.md"))
DOCUMENTATION = "\n".join(path.read_text() for path in (REPOSITORY / "README.md", *TOPICS))
BUILT_FOR_TYPER = "0.29"  # the version whose private parts `cli/program.py` uses


@pytest.mark.parametrize("name", REPORTERS)
def test_a_format_is_tested_and_documented(name: str) -> None:
    assert (TESTS / "reporters" / f"test_{name}.py").exists()
    (row,) = re.findall(r"^\|[^|]*`--format`.*$", DOCUMENTATION, re.MULTILINE)
    assert f"`{name}`" in row


def test_every_reporter_is_in_the_table() -> None:
    modules = {path.stem for path in (PACKAGE / "reporters").glob("*.py")}
    assert modules - {"__init__", "statistics"} == set(REPORTERS)


def test_every_environment_variable_is_documented() -> None:
    named = set(re.findall(r"MEMORYD_[A-Z_]+[A-Z]", DOCUMENTATION))
    assert named == variables()
    rows = [line for line in DOCUMENTATION.splitlines() if line.startswith("|")]
    for location in LOCATIONS.values():
        if location.variable in named:
            place = f"`${location.base}/memoryd/"
            assert any(place in row and f"`{location.variable}`" in row for row in rows), location
        else:
            assert f"`{location.variable}`" in DOCUMENTATION, location


def test_a_message_names_no_other_variable_than_those_of_the_tables() -> None:
    named = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"\bMEMORYD_[A-Z_]*[A-Z]\b", path.read_text())
    }
    assert named - variables() == set()


def test_the_command_line_was_written_for_this_typer() -> None:
    minor = ".".join(typer.__version__.split(".")[:2])
    assert minor == BUILT_FOR_TYPER, (
        f"`cli/program.py` uses private parts of Typer {BUILT_FOR_TYPER}: compare them with those of "
        f"{typer.__version__}, then change this test and the bound in pyproject.toml"
    )
    assert f'"typer>={BUILT_FOR_TYPER},<0.30"' in (REPOSITORY / "pyproject.toml").read_text()
