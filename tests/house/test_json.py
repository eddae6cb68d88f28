"""Keys that `--json` really prints, compared with the help topic `json`."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli.program import Done, called, make_store, memoryd, project_store
from house.documentation import coded, rows, section
from services.sync.machines import make
from services.usage.records import record
from support import REPOSITORY, needs_git

from memoryd.adapters.daemon.process import only_instance
from memoryd.adapters.daemon.status_file import write_status
from memoryd.cli.output.stores import ROW
from memoryd.config.locations import locate
from memoryd.domain.daemon.state import DaemonStatus, EnforcementState, PolledDirectory, Trouble
from memoryd.domain.service import ServiceState

CHANGED = ("MEMORY.md", "- [Gone](gone.md)\n- [Here](here.md)\n- [Here again](here.md)\n")
LONG = "# Memory\n" + "".join(f"- fact {number}: the build needs cache {number}\n" for number in range(260))


def keys(value: object, above: str = "") -> Iterator[str]:
    """Yield the path of every key of a value; `[]` for the members of a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{above}.{key}" if above else key
            yield path
            yield from keys(inner, path)
    elif isinstance(value, list):
        for inner in value:
            yield f"{above}[]"
            yield from keys(inner, f"{above}[]")


def documented(heading: str) -> set[str]:
    """Return the keys of a section, and the objects and lists in which they are."""
    named = {key for row in rows(section("json", heading), "| key | means |") for key in coded(row[0])}
    whole = set()
    for key in named:
        parts = re.findall(r"\[\]|\.?[^.\[]+", key)
        whole |= {"".join(parts[: count + 1]) for count in range(len(parts))}
    return whole


def demand(heading: str, *outputs: Done, empty: tuple[str, ...] = ()) -> None:
    """Compare the keys of all outputs, and those in lists that stay empty, with a section."""
    values = [json.loads(done.out) for done in outputs]
    assert all(next(iter(value.items())) == ("version", 1) for value in values)
    seen = {path for value in values for path in keys(value)} - {"version"}
    told = documented(heading)
    seen |= {path for path in told if path.startswith(empty)} if empty else set()
    assert seen == told, (
        f"only printed: {sorted(seen - told)}; only in memoryd/docs/json.md: {sorted(told - seen)}"
    )


def status(pid: int) -> DaemonStatus:
    now = datetime.now(UTC).isoformat()
    trouble, polled = Trouble("failed", now, "no room"), PolledDirectory("/mnt", "no watches left")
    enforced = EnforcementState("/mnt/store", "waiting", now)
    return DaemonStatus(
        1, pid, now, now, "polling", 1, 1, 0, now, trouble, (polled,), (enforced,), 7, "on", ("/mnt",)
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store in which there is something of everything, a compaction and two lost updates included."""
    definition = {"reviewer.md": "---\nname: reviewer\nmemory: project\n---\n"}
    make_store(tmp_path / ".claude" / "agents", definition)
    topics = {"here.md": "# Here\n\nWhat is here.\n", "late.md": "# Late\n"}
    root = project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n- b\n", **topics})
    (root / "MEMORY.md").write_text(LONG)
    memoryd("compact", "--apply", cwd=tmp_path)
    (root / "MEMORY.md").write_text("- a\n- b\n")
    for text in ("- a\n- b\n- the cache key holds the locale\n", "- a\n- b\n- ask Ann about billing\n"):
        memoryd("log", cwd=tmp_path)
        (root / "MEMORY.md").write_text(text)
    memoryd("log", cwd=tmp_path)
    (root / "MEMORY.md").write_text(CHANGED[1] + LONG + "- [Late](late.md)\n")
    os.mkfifo(root / "fifo.md")
    return root


def test_keys_of_checks_and_changes(store: Path, tmp_path: Path) -> None:
    demand(
        "Checks and changes",
        memoryd("check", "--json", cwd=tmp_path),
        memoryd("check", "--json", "--diff", cwd=tmp_path),
        memoryd("dedupe", "--json", cwd=tmp_path),
        memoryd("prune", "--json", cwd=tmp_path),
        memoryd("compact", "--json", "--apply", cwd=tmp_path),
        memoryd("undo", "--json", cwd=tmp_path),
        memoryd("restore", "--json", str(store / "MEMORY.md"), cwd=tmp_path),
        memoryd("add", "reviewer", "one more", "--topic", "late", "--json", cwd=tmp_path),
    )


@pytest.mark.usefixtures("store")
def test_keys_of_room_for_one_more_line(tmp_path: Path) -> None:
    demand("Room for one more line", memoryd("check", "--adding", "- x", "--json", cwd=tmp_path))


@pytest.mark.usefixtures("store")
def test_keys_of_one_store(tmp_path: Path) -> None:
    shown = memoryd("show", "reviewer", "--json", cwd=tmp_path)
    demand("One store", shown)
    (row,) = json.loads(memoryd("status", "--json", cwd=tmp_path).out)["stores"]
    page = json.loads(shown.out)
    assert list(row) == list(ROW) == list(page)[1:]
    assert row | {"findings": None} == {key: page[key] for key in row} | {"findings": None}


def test_keys_of_usage(store: Path, tmp_path: Path, home: Path) -> None:
    calls = (("Read", store / "here.md"), ("Write", store / "late.md"))
    record(home / ".claude/projects/-p/s.jsonl", *calls, agent="reviewer", cwd=str(tmp_path))
    os.utime(store / "here.md", (0, 0))
    os.utime(store / "late.md", (0, 0))
    demand("Usage", memoryd("usage", "--json", "--since", "9y", cwd=tmp_path), empty=("stores[].unread[]",))


def test_keys_of_the_report(store: Path, tmp_path: Path) -> None:
    (tmp_path / ".claude/agents/odd.md").write_text("---\nname: odd\nmemory: nowhere\n---\n")
    (store / "topic.md").write_text("- [x](missing.md)\n- the build of the shop needs cache 7\n" * 2)
    (store / "MEMORY.md").write_text(LONG + "- [Here](here.md)\n")
    demand("Report", memoryd("report", "--json", cwd=tmp_path))


@pytest.mark.usefixtures("store")
def test_keys_of_status(tmp_path: Path) -> None:
    places = locate(os.environ)
    with only_instance(places.lock):
        write_status(places.status, status(os.getpid()))
        done = memoryd("status", "--json", cwd=tmp_path)
    value = json.loads(done.out)
    rows_seen = {path for row in value["stores"] for path in keys(row)}
    assert rows_seen == documented("One store")
    value["stores"] = [None]
    lists = ("not_followed[]", "skipped[]")
    demand("Status", Done(done.code, json.dumps(value), done.err), empty=lists)


@pytest.mark.usefixtures("store")
def test_keys_of_stores_and_configuration(tmp_path: Path) -> None:
    demand("Stores", memoryd("ls", "--json", cwd=tmp_path))
    done = memoryd("config", "--json", cwd=tmp_path)
    value = json.loads(done.out)
    value["values"] = [each | {"value": None} for each in value["values"]]
    demand("Configuration", Done(done.code, json.dumps(value), done.err))


def test_keys_of_search_and_log(store: Path, tmp_path: Path) -> None:
    demand("Search", memoryd("search", "cache", "--json", cwd=tmp_path))
    index = store / "MEMORY.md"
    for text in ("- a\n- b\n- c\n", "- a\n- b\n", "- a\n- b\n- c\n- d\n"):  # the last one brings a line back
        index.write_text(text)
        memoryd("log", cwd=tmp_path)
    demand("Log", memoryd("log", "--json", cwd=tmp_path))
    demand("Dismissed alarms", memoryd("dismiss", "--all", "--json", cwd=tmp_path))


@needs_git
def test_keys_of_forget(tmp_path: Path) -> None:
    files = {"MEMORY.md": "- [Ann](ann-example.md)\n- [B](b.md)\n", "ann-example.md": "[c](c.md)\n"}
    project_store(tmp_path, "reviewer", {**files, "b.md": "# B\n", "c.md": "# C\n"})
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "one")):
        own = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", "-C", tmp_path, *own, *words], check=True)
    refused = project_store(tmp_path, "writer", {"MEMORY.md": "- Ann Example\n", "x.md": "# X\n"})
    found = memoryd("forget", "Ann Example", "--json", cwd=tmp_path)
    os.link(refused / "MEMORY.md", tmp_path / "second-name")
    problem = memoryd("forget", "Ann Example", "--json", cwd=tmp_path)
    os.unlink(tmp_path / "second-name")
    purged = memoryd("forget", "Ann Example", "--purge", "--apply", "--json", cwd=tmp_path)
    demand("Forget", found, problem, purged, empty=("proof.remaining[]",))


@needs_git
def test_keys_of_sync_and_of_forgetting_on_several_machines(tmp_path: Path) -> None:
    one, two = make(tmp_path, 2, 1)
    one.edit(0)
    for each in (one, two):
        each.call("sync", "init", str(tmp_path / "r"))
    two.call("sync", "key", one.call("sync", "key").stdout.strip())
    two.call("sync")
    (words,) = sorted(one.added)[:1]
    one.call("forget", words.removeprefix("- "), "--purge", "--apply")
    one.call("sync")
    status = one.call("forget", "--status", "--json")
    done = two.call("sync", "--json")
    lists = ("held[]", "problems[]", "ignored[]", "operations[]")
    demand("Sync", Done(done.returncode, done.stdout, done.stderr), empty=lists)
    demand("Forgetting on several machines", Done(status.returncode, status.stdout, status.stderr))


def test_keys_of_doctor(tmp_path: Path) -> None:
    demand("Doctor", memoryd("doctor", "--json", cwd=tmp_path))


def test_every_key_of_the_service_is_documented() -> None:
    assert documented("Service") == {"files", "files[]", *(each.name for each in fields(ServiceState))}


def test_only_one_place_prints_json_objects() -> None:
    """So that none is without its version."""
    printing = [
        path.relative_to(REPOSITORY).as_posix()
        for path in sorted((REPOSITORY / "memoryd" / "cli").rglob("*.py"))
        if re.search(r"json\.dumps|json_text\(", path.read_text())
    ]
    assert printing == ["memoryd/cli/output/terminal.py"]


def test_errors_and_the_version_are_documented(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("settel = 1\nrescn = 2\n")
    wrong = memoryd("check", "--json", cwd=tmp_path, MEMORYD_CONFIG=str(tmp_path / "config.toml"))
    demand("Errors", wrong)
    demand("Version", memoryd("version", "--json", cwd=tmp_path))


def test_keys_of_rules_history_and_index(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    memoryd("log", cwd=tmp_path)
    demand("Rules", called("rule", "S001", "--json", cwd=tmp_path), called("rule", "--json", cwd=tmp_path))
    words = (("history", "size"), ("history", "verify"), ("index", "verify"))
    outputs = [called(*each, "--json", cwd=tmp_path) for each in words]
    demand("History and index", *outputs, empty=("problems[]", "faults[]"))
