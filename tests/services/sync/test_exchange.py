"""Memory on several machines: real homes, real git, a repository on disk."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from services.sync.machines import STORE, demand_same, make, settle, started
from support import needs_git

pytestmark = needs_git
ROOT = Path(__file__).parents[3]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return tmp_path / "remote.git"


def test_changes_of_two_machines_come_together_and_can_be_undone(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    assert two.index.read_bytes() == one.index.read_bytes()
    one.edit(1)
    two.edit(1)
    before = two.index.read_bytes()
    assert one.call("sync").stdout.startswith("sent 1 file, received 0 files")
    assert two.call("sync").stdout.startswith("sent 1 file, received 1 file (undo: memoryd undo ")
    merged = two.index.read_bytes()
    assert two.call("undo", "--user").returncode == 0
    assert two.index.read_bytes() == before
    two.index.write_bytes(merged)
    settle([one, two])
    demand_same([one, two])
    assert one.call("sync").stdout == "sent 0 files, received 0 files\n"


def test_topic_files_and_deletions_travel(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    topic = "deep dir/tøpic.md"
    (one.home / STORE / "deep dir").mkdir()
    (one.home / STORE / topic).write_text("# T\n\nText.\n")
    settle([one, two])
    assert (two.home / STORE / topic).read_text() == "# T\n\nText.\n"
    (two.home / STORE / topic).unlink()
    settle([two, one])
    assert not (one.home / STORE / topic).exists()


def test_what_vanishes_as_a_whole_comes_back(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    shutil.rmtree(one.home / STORE)
    settle([one, two])
    demand_same([one, two])


def test_offline_is_normal(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    remote.rename(tmp_path / "away")
    one.edit(1)
    done = one.call("sync")
    assert (done.returncode, "offline: cannot fetch from" in done.stderr) == (1, True)
    two.edit(1)
    (tmp_path / "away").rename(remote)
    settle([one, two])
    demand_same([one, two])


def test_a_repository_that_was_rewritten_or_replaced_loses_nothing(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    shutil.copytree(remote, tmp_path / "older")
    one.edit(1)
    settle([one, two])
    shutil.rmtree(remote)
    (tmp_path / "older").rename(remote)
    done = one.call("sync")
    assert "the repository lacks what it had before" in done.stderr
    two.removed -= one.removed  # it stands in the older copy, and both sides stay
    one.removed.clear()
    settle([two, one])
    assert one.index.read_bytes() == two.index.read_bytes()
    assert one.added <= set(one.lines())
    shutil.rmtree(remote)
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    settle([one, two])
    assert one.index.read_bytes() == two.index.read_bytes()


def test_a_damaged_repository_of_its_own_is_made_again(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    own = two.home / ".local/state/memoryd/sync/repository.git"
    for pack in own.glob("objects/*/*"):
        pack.chmod(0o600)
        pack.write_bytes(b"")
    one.edit(1)
    two.edit(1)
    settle([one, two])
    demand_same([one, two])
    (own / "HEAD").unlink()
    two.edit(2)
    settle([two, one])
    demand_same([one, two])


def test_a_secret_stays_on_its_machine(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    secret = "ghp_" + "0123456789abcdefghijklmnopqrstuvwxyz"[:30] + "2HKJPs"
    (one.home / STORE / "keys.md").write_text(f"Staging: https://deploy:kX7vbQ2mLt9@ci.acme.io {secret}\n")
    done = one.call("sync")
    assert "keys.md is not sent" in done.stderr
    settle([two])
    assert not (two.home / STORE / "keys.md").exists()


def test_auto_memory_finds_its_project_elsewhere(tmp_path: Path, remote: Path) -> None:
    one, two = make(tmp_path, 2, 1)
    roots = []
    for machine, place in ((one, "code/shop"), (two, "work/my shop")):
        project = machine.home / place
        project.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", str(project)], check=True)
        subprocess.run(
            ["git", "-C", str(project), "remote", "add", "origin", "git@example.com:me/shop.git"], check=True
        )
        slug = (
            machine.home
            / ".claude/projects"
            / "".join(char if char.isalnum() else "-" for char in str(project))
        )
        slug.mkdir(parents=True)
        (slug / "s.jsonl").write_text(f'{{"cwd": "{project}"}}\n')
        roots.append(slug / "memory")
    roots[0].mkdir()
    (roots[0] / "MEMORY.md").write_text("- a note on the shop\n")
    for machine in (one, two):
        assert machine.call("sync", "init", str(remote)).returncode == 0
    assert (roots[1] / "MEMORY.md").read_text() == "- a note on the shop\n"
    assert "projects/example.com/me/shop" in two.call("sync", "status").stdout


def test_before_a_repository_is_chosen(tmp_path: Path) -> None:
    (one,) = make(tmp_path, 1, 1)
    for words in ((), ("status",), ("name", ".", "x")):
        done = one.call("sync", *words)
        assert (done.returncode, "memoryd sync init REMOTE" in done.stderr) == (2, True)


def test_three_machines_with_random_edits(tmp_path: Path, remote: Path) -> None:
    simulate(tmp_path, remote, machines=3, rounds=5, seed=7)


def test_a_disk_that_fills_up_is_one_sentence(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    note = "".join(f"- {number} {random.Random(number).random()}\n" for number in range(20_000))  # noqa: S311
    (one.home / STORE / "long.md").write_text(note)
    command = ["bash", "-c", f"ulimit -f 100; exec {sys.executable} -m memoryd sync"]
    environment = {"HOME": str(one.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=one.home, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {1, 2}, done.stdout
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    settle([one, two])
    assert (two.home / STORE / "long.md").read_text() == note


def test_a_store_waits_while_git_merges_around_it(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    subprocess.run(["git", "init", "-q", str(two.home / ".claude")], check=True)
    (two.home / ".claude/.git/MERGE_HEAD").write_text("0" * 40)
    one.edit(1)
    one.call("sync")
    before = two.index.read_bytes()
    done = two.call("sync")
    assert (done.returncode, "reviewer waits: a git merge is under way" in done.stderr) == (1, True)
    assert two.index.read_bytes() == before
    (two.home / ".claude/.git/MERGE_HEAD").unlink()
    settle([one, two])
    demand_same([one, two])


def test_the_first_exchange_can_be_undone_after_a_later_one(tmp_path: Path, remote: Path) -> None:
    one, two = started(tmp_path, remote, 2)
    one.edit(1)
    settle([one, two])
    for _ in range(2):
        assert two.call("undo", "--user").returncode == 0
    assert not two.index.exists()
    settle([two, one])  # what vanishes as a whole comes back
    assert two.index.read_bytes() == one.index.read_bytes()
    done = two.call("undo", "1")
    assert (done.returncode, "was created by it, and changed since" in done.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_five_machines_with_kills_and_partitions(tmp_path: Path, remote: Path, seed: int) -> None:
    """`pytest -m slow -s tests/services/sync` prints the counts."""
    print(simulate(tmp_path, remote, machines=5, rounds=60, seed=seed, kills=True))  # noqa: T201


def simulate(  # noqa: PLR0913  # all that a simulation consists of
    directory: Path, remote: Path, *, machines: int, rounds: int, seed: int, kills: bool = False
) -> dict[str, int]:
    """Edit and exchange at random, then check that all machines have the same."""
    rng = random.Random(seed)  # noqa: S311  # the same each time
    all_of_them = started(directory, remote, machines, seed)
    killed = 0
    for number in range(1, rounds + 1):
        machine = rng.choice(all_of_them)
        machine.edit(number)
        is_away = rng.random() < 0.15
        if is_away:
            remote.rename(directory / "away")
        others = rng.sample(all_of_them, 2)
        if kills and rng.random() < 0.4:
            killed += others[0].call("sync", kill_after=rng.uniform(0.05, 1.5)).returncode == -9
        else:
            others[0].call("sync")
        if is_away:
            (directory / "away").rename(remote)
        others[1].call("sync")
    settle(all_of_them)
    return demand_same(all_of_them) | {"killed": killed}
