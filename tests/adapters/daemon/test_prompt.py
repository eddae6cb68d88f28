import os
import subprocess
import sys
import time
from pathlib import Path

from cli.program import memoryd
from support import REPOSITORY, unmeasured

from memoryd.adapters.daemon.process import only_instance
from memoryd.adapters.daemon.prompt import SILENT, read_prompt
from memoryd.config.locations import locate
from memoryd.domain.daemon.state import SILENT_AFTER

COSTLY = {"typer", "pydantic", "dataclasses", "pathlib", "re", "json", "memoryd.cli", "memoryd.config"}


def test_it_says_what_the_daemon_wrote_or_why_not(tmp_path: Path) -> None:
    assert read_prompt(str(tmp_path), time.time()) == "memoryd: no daemon"
    with only_instance(tmp_path / "lock"):
        assert read_prompt(str(tmp_path), time.time()) == "memoryd: starting"
        (tmp_path / "prompt").write_text("memory: 2 over the limit\n")
        assert read_prompt(str(tmp_path), time.time()) == "memory: 2 over the limit"
        assert read_prompt(str(tmp_path), time.time() + SILENT + 10) == "memoryd: no answer"
    assert read_prompt(str(tmp_path), time.time()) == "memoryd: no daemon"


def test_silence_is_as_long_as_in_status() -> None:
    assert SILENT_AFTER.total_seconds() == SILENT


def test_the_command_imports_next_to_nothing(tmp_path: Path) -> None:
    lock = locate(os.environ).lock
    with only_instance(lock):
        lock.with_name("prompt").write_text("memory ok\n")
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "memoryd", "status", "--short"],
            cwd=tmp_path,
            env={**unmeasured(), "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "memory ok\n"
        plain = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "this"],
            env=unmeasured(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert memoryd("status", "--short", "--color", "never", cwd=tmp_path).out == "memory ok\n"
    names = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    usual = {line.rpartition("|")[2].strip() for line in plain.stderr.splitlines()}
    assert names & COSTLY == set()
    built_in = {"atexit", "fcntl", "gc", "itertools"}  # written in C, and small
    assert {each for each in names - usual - built_in if not each.startswith("memoryd")} == set()
