import os
from collections.abc import Callable
from pathlib import Path

import pytest

from memoryd.adapters.security import scan
from memoryd.errors import MemorydError

OLD = """#!/bin/sh
[ "$1" = dir ] || exit 2
cat "$2/1.md" # is not shown
printf '[{"RuleID": "odd", "Secret": "s3cr3t-%s", "File": "%s/1.md"}]' "$TOKEN" "$2" > "$6"
"""
NEW = """#!/bin/sh
[ "$1" = auto ] || exit 1
row='{"rule_id": "odd", "match": {"value": "s3cr3t-"}, "location": {"path": "x/0.md"}}'
printf '{"findings": [%s]}' "$row" > "$4"
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    def put(name: str, script: str) -> None:
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        monkeypatch.setenv("TOKEN", "of the user")

    return put


def test_a_report_is_read_in_both_of_its_forms(
    install: Callable[[str, str], None], capfd: pytest.CaptureFixture[str]
) -> None:
    install("gitleaks", OLD)
    (old,) = scan("gitleaks", [b"one", b"two"])
    assert (old.number, old.rule, old.value) == (1, "odd", b"s3cr3t-")  # and nothing of the environment
    install("betterleaks", NEW)
    (new,) = scan("betterleaks", [b"one"])
    assert (new.number, new.rule, new.value) == (0, "odd", b"s3cr3t-")
    install("betterleaks", OLD)
    assert scan("betterleaks", [b"one", b"two"]) == (old,)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("#!/bin/sh\nexit 3\n", "gitleaks failed: exit code 3"),
        ("#!/bin/sh\nexit 0\n", "gitleaks failed: exit code 0"),
        ("#!/bin/sh\necho '{' > $6\n", "the report of gitleaks cannot be read"),
        ("#!/bin/sh\necho '[{\"a\": 1}]' > $6\n", "the report of gitleaks cannot be read"),
    ],
)
def test_a_scanner_that_fails_is_named(install: Callable[[str, str], None], script: str, why: str) -> None:
    install("gitleaks", script)
    with pytest.raises(MemorydError, match=why):
        scan("gitleaks", [b"one"])


def test_a_scanner_is_looked_for_in_absolute_directories_only(
    tmp_path: Path, install: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("gitleaks", OLD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([".", ""]))
    with pytest.raises(MemorydError, match="gitleaks is not installed"):
        scan("gitleaks", [])
