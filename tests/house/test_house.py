"""The rules of the house, executed."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import REPOSITORY, needs_git

MODULES = sorted((REPOSITORY / "memoryd").rglob("*.py"))
FORBIDDEN_ENDS = re.compile(
    r"(Manager|Runner|Coordinator|Provider|Handler|Helper|Util|Utils|Base|Impl|Factory)$"
)
SCRIPTS = Path(sys.executable).parent
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(module: Path) -> Iterator[Definition]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, Definition):
            yield node


def public(body: list[ast.stmt]) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


@pytest.mark.parametrize(
    "command",
    [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["lint-imports"]],
    ids=" ".join,
)
def test_tools_have_nothing_to_say(command: list[str], tmp_path: Path) -> None:
    program = shutil.which(command[0], path=f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    caches = {"RUFF_CACHE_DIR": str(tmp_path), "MYPY_CACHE_DIR": str(tmp_path)}
    no_cache = ["--no-cache"] if command[0] == "lint-imports" else []
    done = subprocess.run(
        [program, *command[1:], *no_cache],
        cwd=REPOSITORY,
        env={**os.environ, **caches},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_modules_are_short() -> None:
    lengths = {str(module): len(module.read_text().splitlines()) for module in MODULES}
    assert {module: length for module, length in lengths.items() if length > 300} == {}


def test_functions_are_short() -> None:
    long = [
        f"{module}:{node.lineno} {node.name}"
        for module in MODULES
        for node in definitions(module)
        if not isinstance(node, ast.ClassDef) and (node.end_lineno or 0) - node.lineno + 1 >= 50
    ]
    assert long == []


def test_everything_public_is_documented() -> None:
    silent = [
        f"{module}:{node.lineno} {node.name}"
        for module in MODULES
        for node in public(ast.parse(module.read_text()).body)
        if ast.get_docstring(node) is None
    ]
    assert silent == []


def test_no_class_is_named_after_its_place_in_a_pattern() -> None:
    named = [
        f"{module}:{node.lineno} {node.name}"
        for module in MODULES
        for node in definitions(module)
        if isinstance(node, ast.ClassDef) and FORBIDDEN_ENDS.search(node.name)
    ]
    assert named == []


@needs_git
def test_no_path_of_a_machine_is_in_any_file() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git repository")
    machine = re.compile(b"(?<![a-z.~])/(?:work|root)/")
    found = [
        name
        for name in filter(None, tracked.stdout.decode().split("\0"))
        if (REPOSITORY / name).is_file()
        and b"\0" not in (content := (REPOSITORY / name).read_bytes())
        and machine.search(content)
        and name != Path(__file__).relative_to(REPOSITORY).as_posix()
    ]
    assert found == []


def test_systemd_has_nothing_to_say_about_the_unit() -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    unit = REPOSITORY / "systemd" / "memoryd.service"
    done = subprocess.run([analyze, "verify", "--user", str(unit)], capture_output=True, check=False)
    assert (done.returncode, (done.stdout + done.stderr).decode()) == (0, "")


def test_no_group_is_repeated_possessively() -> None:
    """Before 3.11.5, Python keeps what a failed repetition of a group has consumed: `(?>(?:…)*)` is right."""
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if re.search(r"[^\\]\)[*+?]\+", line)
    ]
    assert found == []
