import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.program import called, project_store
from services.usage.records import record

HEAD = "AGENT SCOPE STARTS READS WRITES A START A DAY A MONTH NEVER READ SAVED"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def store(tmp_path: Path, home: Path) -> Path:
    """A store that an agent read yesterday."""
    root = project_store(tmp_path, "reviewer", {"MEMORY.md": "- [a](a.md)\n", "a.md": "x\n", "b.md": "y\n"})
    os.utime(root / "b.md", (0, 0))
    yesterday = str(TODAY - timedelta(days=1))
    path = home / ".claude/projects/-p/s.jsonl"
    record(path, ("Read", root / "a.md"), agent="reviewer", cwd=str(tmp_path), day=yesterday)
    return root


@pytest.mark.usefixtures("store")
def test_each_store_has_its_cost(tmp_path: Path) -> None:
    done = called("usage", cwd=tmp_path)
    assert done.code == 0
    head, row = done.out.splitlines()[:2]
    assert " ".join(head.split()) == HEAD
    assert " ".join(row.split()) == "reviewer project 1 1 0 ~4 ~2 ~60 1 of 1 (100%) –"
    assert "~ is an estimate" in done.out


@pytest.mark.usefixtures("store")
def test_one_store_has_its_files(tmp_path: Path) -> None:
    lines = called("usage", "reviewer", "--since", "30d", cwd=tmp_path).out.splitlines()
    yesterday = str(TODAY - timedelta(days=1))
    rows = [line.split() for line in lines if ".md" in line]
    assert rows == [
        ["a.md", "0", "1", "0", "0", yesterday],
        ["MEMORY.md", "1", "0", "0", "0", "never"],
        ["b.md", "0", "0", "0", "0", "never"],
    ]


@pytest.mark.usefixtures("store")
def test_json_has_the_same_numbers(tmp_path: Path) -> None:
    found = json.loads(called("usage", "--json", "--since", "2d", cwd=tmp_path).out)
    assert (found["since"], found["until"]) == (str(TODAY - timedelta(days=1)), str(TODAY))
    (store,) = found["stores"]
    assert (store["starts"], store["tokens_per_start"], store["tokens_per_day"]) == (1, 4, 2)
    assert (store["older_topics"], store["unread"]) == (1, ["b.md"])
    assert [file["path"] for file in store["files"]] == ["MEMORY.md", "a.md", "b.md"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("since", ["soon", "1h", "2026-01-01"])
def test_a_period_is_some_days(tmp_path: Path, since: str) -> None:
    done = called("usage", "--since", since, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert f'--since: "{since}" is not an age of a day or more' in done.err


def test_without_a_store_it_says_so(tmp_path: Path) -> None:
    assert "no memory store found" in called("usage", cwd=tmp_path).out
    assert 'there is no agent or path "nobody"' in called("usage", "nobody", cwd=tmp_path).err
