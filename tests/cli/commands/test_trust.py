"""`trust`, and what status, doctor and check tell of repositories that are not trusted."""

import json
import os
import shutil
from pathlib import Path

import pytest
from cli.program import memoryd
from support import write_tree


@pytest.fixture
def repository(tmp_path: Path, home: Path) -> Path:
    write_tree(home / "notes", {"MEMORY.md": "- a marker\n"})
    top = write_tree(tmp_path / "x", {".git/HEAD": "", ".claude/agent-memory/a/MEMORY.md": "- a fact\n"})
    (top / ".claude/agent-memory/vault").symlink_to(home / "notes")
    return top


def test_trust_is_given_withdrawn_and_listed(repository: Path) -> None:
    given = memoryd("trust", ".", cwd=repository / ".claude")
    assert (given.code, given.out) == (
        0,
        f"trusted: {repository} (undo: memoryd untrust {repository})\n",
    )
    assert "vault" in memoryd("status", cwd=repository).out
    assert "not followed" not in memoryd("status", cwd=repository).out
    assert memoryd("check", "--select", "A009", cwd=repository).code == 0
    assert "trusted to name paths" in memoryd("doctor", cwd=repository).out
    assert memoryd("trust", "--list", cwd=repository).out == f"{repository}\n"
    listed = json.loads(memoryd("trust", "--list", "--json", cwd=repository).out)
    assert listed["repositories"] == [{"path": str(repository), "device": os.stat(repository).st_dev}]
    assert memoryd("untrust", str(repository), cwd=repository).code == 0
    assert "not followed" in memoryd("status", cwd=repository).out
    again = memoryd("untrust", str(repository), cwd=repository)
    assert (again.code, again.err.partition("\n")[0]) == (2, f"error: {repository} is not trusted")


def test_trust_goes_by_the_real_path(repository: Path) -> None:
    link = repository.with_name("link")
    link.symlink_to(repository)
    assert memoryd("trust", str(link), cwd=repository).code == 0
    assert memoryd("trust", "--list", cwd=repository).out == f"{repository}\n"
    repository.rename(repository.with_name("away"))
    assert "no longer trusted" in memoryd("doctor", cwd=repository.parent).out
    assert memoryd("untrust", str(repository), cwd=repository.parent).code == 0


def follows(repository: Path) -> bool:
    return memoryd("check", "--select", "A009", cwd=repository).code == 0


def test_trust_stays_with_the_place_and_not_with_what_is_moved_or_copied(repository: Path) -> None:
    memoryd("trust", ".", cwd=repository)
    copy = repository.with_name("copy")
    shutil.copytree(repository, copy, symlinks=True)
    away = repository.with_name("away")
    repository.rename(away)
    assert (follows(copy), follows(away)) == (False, False)
    away.rename(repository)
    assert follows(repository)


def test_the_same_path_on_another_device_is_another_repository(repository: Path, home: Path) -> None:
    """Another disk is mounted there; what the ledger has is all that can be changed here."""
    memoryd("trust", ".", cwd=repository)
    (ledger,) = home.rglob("trusted.json")
    known = json.loads(ledger.read_text())
    known["repositories"][0]["device"] += 1
    ledger.write_text(json.dumps(known))
    assert not follows(repository)


def test_a_repository_below_a_trusted_one_is_not_trusted(repository: Path, home: Path) -> None:
    memoryd("trust", ".", cwd=repository)
    inner = write_tree(
        repository / "vendor/x", {".git/HEAD": "", ".claude/agent-memory/a/MEMORY.md": "- a fact\n"}
    )
    (inner / ".claude/agent-memory/vault").symlink_to(home / "notes")
    assert (follows(repository), follows(inner)) == (True, False)


@pytest.mark.parametrize("path", ["missing", ".git/HEAD", "/proc/self", "/", "~"])
def test_what_is_not_a_repository_cannot_be_trusted(repository: Path, home: Path, path: str) -> None:
    done = memoryd("trust", path.replace("~", str(home)), cwd=repository)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert memoryd("trust", "--list", cwd=repository).out == "no repository is trusted\n"


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--list", "."]])
def test_what_is_asked_wrongly_is_a_sentence(repository: Path, arguments: list[str]) -> None:
    assert memoryd("trust", *arguments, cwd=repository).code == 2


def test_a_ledger_that_is_damaged_trusts_nothing_and_doctor_says_so(repository: Path, home: Path) -> None:
    memoryd("trust", ".", cwd=repository)
    ledger = home / ".local/state/memoryd/trusted.json"
    ledger.write_bytes(b"{")
    assert "not followed" in memoryd("status", cwd=repository).out
    assert f"cannot read the trusted repositories in {ledger}" in memoryd(
        "doctor", cwd=repository, COLUMNS="200"
    ).out.replace("~", str(home))
    assert memoryd("trust", ".", cwd=repository).code == 2
    assert ledger.read_bytes() == b"{"
