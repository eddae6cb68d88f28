"""What a command imports before it does anything: most of a short command's time."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, ROOT, memoryd, project_store
from support import unmeasured

NEVER = {"rich", "structlog", "watchdog", "asyncio", "importlib.metadata", "sqlite_utils"}
if sys.platform == "linux":
    NEVER |= {"platformdirs"}
NO_PYDANTIC = NEVER | {"pydantic", "pydantic_core", "tomllib"}
NO_DATABASE = NO_PYDANTIC | {"sqlite3"}
QUICK = NO_DATABASE | {"memoryd.adapters.git", "memoryd.rules"}
NO_RULES = {"memoryd.rules", "memoryd.services.checks.check", "memoryd.domain.duplicates.words"}


MAIN = ("-m", "memoryd")
_AT_ONCE = """
from memoryd.domain.stores import listing

listing.RACY_NS = 0
from memoryd.__main__ import main

main()
"""
AT_ONCE = ("-c", _AT_ONCE)  # what changed just now may be kept

MODULES = {  # of memoryd that a command may import; each takes a tenth of a millisecond and more
    "--version": 1,
    "--help": 70,
    "__complete": 85,
    "check": 255,
    "compact": 200,
    "history": 110,
    "link-check": 165,
    "log": 145,
    "rule": 75,
    "search": 150,
    "show": 290,
    "status": 275,
}


def imported(*arguments: str, cwd: Path, main: tuple[str, ...] = MAIN) -> set[str]:
    """All modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *main, *arguments],
        cwd=cwd,
        env={**unmeasured(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    lines = (line for line in done.stderr.decode().splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT})
    memoryd("log", cwd=tmp_path)  # the history is made once
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (
            ["--version"],
            NO_DATABASE | NO_RULES | {"typer", "yaml", "pyromark", "re", "dataclasses", "memoryd.cli"},
        ),
        (["--help"], NO_DATABASE | {"memoryd.rules", "yaml", "pyromark", "platformdirs"}),
        (["check", "--help"], NO_DATABASE | NO_RULES | {"yaml", "pyromark", "platformdirs"}),
        (["__complete", "fish", "check", "--select", ""], QUICK | {"yaml", "pyromark"}),
        (["__complete", "fish", "show", "rev"], QUICK),
        (["rule", "L001"], NO_DATABASE | {"memoryd.config"}),
        (["check"], NO_DATABASE),
        (["check", ".", "--format", "github", "--fail-on", "error", "--scope", "project"], NO_DATABASE),
        (["link-check", "--select", "L001", "--json"], NO_DATABASE),
        (["show", "reviewer", "--loaded"], NO_DATABASE | NO_RULES),
        (["show", "reviewer"], NO_PYDANTIC),
        (["status"], NO_PYDANTIC),
        (["status", "--json", "--agent", "reviewer"], NO_PYDANTIC),
        (["compact", "--diff"], NO_PYDANTIC),
        (["log", "-n", "5"], NO_PYDANTIC | NO_RULES | {"memoryd.domain.security.secrets"}),
        (["history", "path"], NO_DATABASE | NO_RULES | {"hashlib", "pyromark"}),
        (["history", "verify"], NO_PYDANTIC | NO_RULES),
        (["search", "fact", "--limit", "5"], NO_PYDANTIC | NO_RULES),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, list) else "",
)
def test_a_command_imports_only_what_it_needs(project: Path, arguments: list[str], absent: set[str]) -> None:
    found = imported(*arguments, cwd=project)
    assert "memoryd" in found
    assert found & absent == set()
    own = [each for each in found if each.partition(".")[0] == "memoryd"]
    assert len(own) <= MODULES[arguments[0]]


def test_a_plain_configuration_is_read_without_pydantic(project: Path, home: Path) -> None:
    (home / ".config" / "memoryd").mkdir(parents=True)
    (home / ".config" / "memoryd" / "config.toml").write_text("settle = 5\n")
    assert {"pydantic", "pydantic_core"} & imported("status", cwd=project) == set()


def test_a_check_of_unchanged_files_imports_no_rule(project: Path) -> None:
    memoryd("check", cwd=project)
    found = imported("check", cwd=project)
    catalogue = {name for name in found if name.startswith("memoryd.rules.")}
    assert catalogue | {name for name in found if "compaction" in name or "duplicates" in name} == set()


def test_nothing_is_searched_for_garbage_at_the_end(project: Path) -> None:
    script = (
        "import atexit, gc, sys; atexit.register(lambda: print(gc.get_freeze_count()));"
        "sys.argv = ['memoryd', 'path']; from memoryd.__main__ import main; main()"
    )
    command = [sys.executable, "-c", script]
    environment = {**unmeasured(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, check=False)
    assert int(done.stdout.split()[-1]) > 0, done.stderr.decode()


def test_a_check_where_nothing_changed_imports_no_parser(project: Path) -> None:
    imported("check", cwd=project, main=AT_ONCE)
    found = imported("check", cwd=project, main=AT_ONCE)
    assert "memoryd.services.checks.verdicts" in found
    needless = (
        "pyromark",
        "_hashlib",
        "memoryd.services.checks.check",
        "memoryd.services.stores",
        "memoryd.domain.links",
    )
    assert {name for name in found if name.startswith(needless)} <= {
        "memoryd.services.stores",
        "memoryd.services.stores.read_instructions",
    }
