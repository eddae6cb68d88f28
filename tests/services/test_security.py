import json
from pathlib import Path

import pytest
from domain.security.samples import SAMPLES
from support import change_of, plan_of, store_of, write_tree

from memoryd.adapters.history import History
from memoryd.domain.security.found import named_secrets
from memoryd.errors import MemorydError
from memoryd.services.checks.check import read
from memoryd.services.edits import apply
from memoryd.services.security import scan_stores, secret_named

TOKEN = SAMPLES[0][1]
PASSWORD = dict(SAMPLES)["password in a URL"]
ODD = "q8Zx" + "3vLm"
ROWS = {"odd": ODD, "known": TOKEN, "gone": "not there", "made up": "xxxxxxxx"}
REPORT = json.dumps([{"RuleID": rule, "Secret": text, "File": "0.md"} for rule, text in ROWS.items()])
SCANNER = f"#!/bin/sh\ncat > $6 <<END\n{REPORT}\nEND\n"


def fingerprint(root: Path, name: str) -> str:
    (found,) = named_secrets((root / name).read_bytes(), f"{root}/{name}")
    return found.fingerprint


def test_a_scanner_adds_what_memoryd_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_tree(tmp_path / "m", {"MEMORY.md": f"- {TOKEN}\n- {ODD}\n- xxxxxxxx\n"})
    program = write_tree(tmp_path / "bin", {"gitleaks": SCANNER}) / "gitleaks"
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    found = scan_stores("gitleaks", [read(store_of(root))])
    ((path, secrets),) = found.items()
    assert path == f"{root}/MEMORY.md"
    assert [(each.kind, each.value) for each in secrets] == [("gitleaks: odd", ODD.encode())]


def test_a_secret_is_found_by_its_fingerprint(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "m", {"MEMORY.md": f"- {TOKEN}\n", "a.md": f"- {PASSWORD}\n"})
    stores = [store_of(root)]
    assert secret_named(fingerprint(root, "MEMORY.md"), stores, None) == TOKEN
    assert secret_named(fingerprint(root, "a.md"), stores, None) in PASSWORD
    with pytest.raises(MemorydError, match="no secret has the fingerprint 0123456789"):
        secret_named("0123456789", [*stores, store_of(tmp_path / "gone")], None)


def test_a_token_that_only_the_history_has_is_found(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "m", {"MEMORY.md": f"- {TOKEN}\n"})
    named = fingerprint(root, "MEMORY.md")
    with History(tmp_path / "history.db") as history:
        apply(plan_of(change_of(root, "MEMORY.md", b"- nothing\n")), history)
        assert secret_named(named, [store_of(root)], history) == TOKEN
