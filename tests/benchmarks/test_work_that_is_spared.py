"""Guards of speed without a clock, in the default run: how many functions a command calls, and what it opens.

`test_speed_table.py` measures processor time beside floors.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from benchmarks.grown import grow
from benchmarks.test_speed_of_index import stores_in
from support import REPOSITORY, count_calls, needs_git, python, unmeasured

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.checks.selection import Choice
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.judge import Terms
from memoryd.services.status.overview import overview

pytestmark = needs_git

NOTHING = Choice("", "/")
SPARED = 0.3  # of the calls of a first run, where nothing changed; 0.1 of them and less are measured
ONE_OF_MANY = 0.5  # where one of 40 files changed

_opened: list[str] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        _opened.append(str(arguments[0]))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, ...]:
    place = tmp_path_factory.mktemp("memory")
    return tuple(stores_in(grow(place, stores=2, files=40, language=True, tables=True).root))


@pytest.fixture(scope="module", autouse=True)
def _hook() -> None:
    sys.addaudithook(_note)  # for good: Python removes none


def check(stores: tuple[Store, ...], kept: KeptFiles) -> None:
    examination = Examination(FoundStores(stores), Terms(ALL_RULES, NOTHING, NOTHING, kept=kept))
    examination.report()
    examination.keep_facts()


def look(stores: tuple[Store, ...], kept: KeptFiles) -> None:
    overview(FoundStores(stores), ALL_RULES, kept=kept)


@pytest.mark.parametrize("command", [check, look], ids=["check", "status"])
def test_a_second_run_reads_what_changed(
    command: Callable[[tuple[Store, ...], KeptFiles], None],
    stores: tuple[Store, ...],
    tmp_path: Path,
) -> None:
    work = partial(command, stores, KeptFiles(tmp_path / "facts"))
    first = count_calls(work)
    _opened.clear()
    assert count_calls(work) <= SPARED * first
    assert not [path for path in _opened if path.endswith(".large")]


def test_a_file_that_changed_costs_little_more(stores: tuple[Store, ...], tmp_path: Path) -> None:
    work = partial(look, stores, KeptFiles(tmp_path / "facts"))
    first = count_calls(work)
    changed = Path(stores[0].root, "build-backup.md")
    changed.write_text(changed.read_text() + "\n- one more line\n")
    assert count_calls(work) <= ONE_OF_MANY * first


COUNTED = """
import atexit, json, sqlite3, sys
seen = {"texts": 0, "processes": 0, "statements": 0, "transactions": 0}
def note(event, arguments):
    seen["texts"] += event == "open" and str(arguments[0]).endswith(".md")
    seen["processes"] += event == "subprocess.Popen"
def said(statement):
    seen["statements"] += not statement.startswith("--")  # of the full-text index
    seen["transactions"] += statement.startswith("BEGIN")
def connect(*arguments, **options):
    made = opened(*arguments, **options)
    made.set_trace_callback(said)
    return made
opened, sqlite3.connect = sqlite3.connect, connect
sys.addaudithook(note)
atexit.register(lambda: print(json.dumps(seen)))
sys.argv[0] = "memoryd"
from memoryd.__main__ import main
main()
"""


def work_of(*arguments: str, cwd: Path) -> dict[str, int]:
    """Return what a command opens, asks the databases, and starts."""
    command = python("-c", COUNTED, *arguments)
    environment = {**unmeasured(), "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("line", "texts", "statements", "transactions"),
    [
        # There are 80 files, too fresh to be known by `stat`. To open the history is a transaction.
        ("search the", 80, 320, 6),
        ("log -n 5", 80, 160, 1),
        ("ls", 0, 0, 0),
    ],
)
def test_a_command_that_changes_nothing_asks_and_writes_little(
    stores: tuple[Store, ...], line: str, texts: int, statements: int, transactions: int
) -> None:
    project = Path(stores[0].base)
    work_of(*line.split(), cwd=project)
    work = work_of(*line.split(), cwd=project)
    assert work["processes"] == 0
    assert work["texts"] <= texts
    assert work["statements"] <= statements
    assert work["transactions"] <= transactions
