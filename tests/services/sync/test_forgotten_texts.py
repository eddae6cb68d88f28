"""A text that one machine forgets leaves all of them, and the repository between them."""

import json
import os
import random
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from services.sync.machines import STORE, Machine, make
from support import needs_git

pytestmark = needs_git
TEXT = "sk-live-4242SECRET"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return tmp_path / "remote.git"


def started(directory: Path, remote: Path, count: int) -> list[Machine]:
    """Machines with the key, all of which have the text."""
    machines = make(directory, count, 1)
    machines[0].index.parent.mkdir(parents=True)
    machines[0].index.write_text(f"# Memory\n\n- the build needs cache 7\n- the token is {TEXT}\n- ask Ann\n")
    key = ""
    for machine in machines:
        assert machine.call("sync", "init", str(remote), "--machine", machine.home.name).returncode == 0
        if key:
            assert machine.call("sync", "key", key).returncode == 0
        key = key or machine.call("sync", "key").stdout.strip()
    return machines


def exchange(*machines: Machine) -> list[str]:
    told = []
    for machine in machines:
        done = machine.call("sync")
        assert done.returncode == 0, done.stderr
        told.append(done.stdout + done.stderr)
    return told


def forget(machine: Machine) -> None:
    done = machine.call("forget", TEXT, "--purge", "--apply")
    assert done.returncode == 0, done.stderr
    assert "other machines forget it at their next `memoryd sync`, after yours" in done.stderr


def everything(directory: Path) -> dict[str, bytes]:
    """All bytes of all files below a directory, objects of git decompressed."""
    found = {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    for git in directory.rglob("HEAD"):
        command = ["git", f"--git-dir={git.parent}", "cat-file", "--batch-all-objects", "--batch"]
        found[f"{git}!"] = subprocess.run(command, capture_output=True, check=True).stdout
    return found


def places(directory: Path) -> list[str]:
    return [path for path, raw in everything(directory).items() if TEXT.encode() in raw]


def make_old(directory: Path) -> None:
    """Let all files of a repository have been written an hour ago."""
    for path in directory.rglob("*"):
        os.utime(path, (time.time() - 3600,) * 2)


def test_it_leaves_every_machine_and_the_repository(tmp_path: Path, remote: Path) -> None:
    one, two, three = started(tmp_path, remote, 3)
    exchange(one, two, three)
    forget(one)
    exchange(one)
    assert "waiting" in one.call("forget", "--status").stdout
    three.index.write_text(three.index.read_text() + "- new on three\n")
    (told,) = exchange(two)
    assert "forgot a text that m0 has forgotten: removed from 1 file" in told
    status = json.loads(one.call("forget", "--status", "--json").stdout)
    assert [len(each["answered"]) for each in status["texts"]] == [1]
    make_old(remote)
    (told,) = exchange(three)
    assert "all machines have forgotten a text: the history of the repository was removed" in told
    exchange(one, two)
    assert "forgotten everywhere" in two.call("forget", "--status").stdout
    assert one.lines() == two.lines() == three.lines()
    assert one.lines()[-2:] == ["- ask Ann", "- new on three"]
    assert places(tmp_path) == []
    log = subprocess.run(["git", "-C", remote, "rev-list", "main"], capture_output=True, check=True).stdout
    assert 1 <= len(log.split()) <= 3
    two.index.write_text(two.index.read_text() + "- goes on\n")
    exchange(two, one)
    assert one.lines()[-1] == "- goes on"
    assert "undo" not in "".join(exchange(one, two, three)[:2])


def test_a_machine_that_was_away_and_edited_the_text_does_not_bring_it_back(
    tmp_path: Path, remote: Path
) -> None:
    one, two = started(tmp_path, remote, 2)
    forget(one)
    two.index.write_text(
        two.index.read_text().replace("the token", "our own token") + f"- {TEXT} again\n- x\n"
    )
    exchange(one, two, one)
    assert one.lines() == two.lines() == ["# Memory", "", "- the build needs cache 7", "- ask Ann", "- x"]
    assert not [path for path in places(tmp_path) if "remote" not in path]
    make_old(remote)
    exchange(one)
    assert places(tmp_path) == []


def test_what_a_machine_without_the_key_edits_is_not_taken(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    (two.home / ".local/state/memoryd/sync/key").unlink()
    forget(one)
    two.index.write_text(two.index.read_text().replace("the token", "our own token"))
    exchange(two, one)
    assert TEXT not in one.index.read_text()
    (told,) = exchange(two)
    assert "this machine does not learn what others forget" in told
    assert TEXT not in two.index.read_text()
    status = one.call("forget", "--status").stdout
    assert re.search("m1  has not answered since .*it has no key: memoryd sync key", status)


@pytest.mark.slow
def test_a_machine_that_is_gone_is_dropped_and_may_come_back(tmp_path: Path, remote: Path) -> None:
    one, two, three = started(tmp_path, remote, 3)
    exchange(one, two, three)
    forget(one)
    exchange(one, two)
    assert re.search(r"^m2 +[0-9a-f]{16}", one.call("sync", "status").stdout, re.MULTILINE)
    assert one.call("sync", "drop", "m9").returncode == 2
    assert one.call("sync", "drop", "m2").returncode == 0
    (told,) = exchange(one)
    assert "history of the repository was removed" in told
    exchange(two)
    (told,) = exchange(three)
    assert "forgot a text that m0 has forgotten: removed from" in told
    assert TEXT not in three.index.read_text()
    assert "m2" in one.call("sync", "status").stdout or exchange(one)
    assert places(three.home) == []


def test_whoever_can_push_makes_no_machine_forget(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "-b", "main", remote, clone], check=True)
    forget(one)
    exchange(one)
    git = ["git", "-C", str(clone), "-c", "user.name=x", "-c", "user.email=x"]
    subprocess.run([*git, "pull", "-q"], check=True)
    (path,) = clone.glob("forgotten/*/tombstone.json")
    value = json.loads(path.read_text())
    assert TEXT not in path.read_text()
    other = clone / "forgotten" / ("e" * 16) / "tombstone.json"
    other.parent.mkdir()
    other.write_text(path.read_text())
    path.write_text(json.dumps(value | {"forms": [["written", 3, 0, "0" * 32]]}))
    (clone / "machines" / f"{'d' * 16}.json").write_text("[" * 5000)
    (clone / "machines" / f"{'c' * 16}.json").symlink_to("/etc/passwd")
    big = clone / "user/claude/agent-memory/reviewer/memory/big.md"
    big.write_text("- big\n" * 400_000)
    for words in (("add", "."), ("commit", "-qm", "x"), ("push", "-q", "origin", "HEAD:main")):
        subprocess.run([*git, *words], check=True)
    done = two.call("sync")
    assert done.returncode == 1
    assert "ignored in the repository, since no machine with the key wrote it: forgotten/" in done.stderr
    assert "big.md of other machines is larger than 1 MiB" in done.stderr
    assert "Traceback" not in done.stderr
    assert (two.home / STORE / "MEMORY.md").read_text() == one.index.read_text()


def test_what_is_in_very_many_lines_waits_and_nothing_is_sent(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    forget(one)
    exchange(one)
    two.index.write_text("".join(f"- {TEXT} {number}\n" for number in range(40)))
    done = two.call("sync")
    assert (done.returncode, "is in 40 lines here" in done.stderr) == (2, True)
    assert "memoryd sync --forget" in done.stderr
    done = two.call("sync", "--forget", "--json")
    value = json.loads(done.stdout)
    assert value["forgotten"][0]["files"] == 1
    assert TEXT not in two.index.read_text()


@pytest.mark.slow
def test_a_repository_that_refuses_to_be_rewritten_keeps_its_history(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    subprocess.run(["git", "-C", remote, "config", "receive.denyNonFastForwards", "true"], check=True)
    forget(one)
    exchange(one)
    (told,) = exchange(two)
    assert "the repository keeps its history: cannot push to" in told
    assert two.lines() == one.lines()
    subprocess.run(["git", "-C", remote, "config", "receive.denyNonFastForwards", "false"], check=True)
    (told,) = exchange(one)
    assert "history of the repository was removed" in told


@pytest.mark.slow
def test_an_older_copy_of_a_rewritten_repository_is_not_followed(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    forget(one)
    exchange(one, two, one)
    shutil.copytree(remote, tmp_path / "older")
    one.index.write_text(one.index.read_text() + "- later\n")
    exchange(one, two)
    shutil.rmtree(remote)
    (tmp_path / "older").rename(remote)
    (told, _) = exchange(one, two)
    assert "the repository lacks what it had before" in told
    assert one.lines()[-1] == two.lines()[-1] == "- later"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_five_machines_with_kills_answer_and_the_text_is_nowhere(
    tmp_path: Path, remote: Path, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311  # the same each time
    machines = started(tmp_path, remote, 5)
    for number in range(1, 25):
        machine = rng.choice(machines)
        machine.edit(number)
        if number == 8:
            forget(machines[0])
        kill = rng.uniform(0.1, 1.5) if rng.random() < 0.3 else None
        rng.choice(machines).call("sync", kill_after=kill)
        rng.choice(machines).call("sync")
    for _ in range(3):
        make_old(remote)
        exchange(*machines)
    (text,) = json.loads(machines[0].call("forget", "--status", "--json").stdout)["texts"]
    assert (len(text["answered"]), text["missing"], text["done"]) == (5, [], True)
    assert len({machine.index.read_bytes() for machine in machines}) == 1
    lines = set(machines[0].lines())
    removed = set().union(*(machine.removed for machine in machines))
    assert set().union(*(machine.added for machine in machines)) - removed <= lines
    assert [path for path in places(tmp_path) if "/objects/" not in path] == []
