import os
import subprocess
import sys
from pathlib import Path

from cli.program import ROOT, memoryd


def test_completion_completes_commands_and_options(tmp_path: Path) -> None:
    def completed(words: str, count: int) -> list[str]:
        asked = {"_MEMORYD_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}
        return memoryd(cwd=tmp_path, **asked).out.split()

    assert completed("memoryd st", 1) == ["status"]
    assert completed("memoryd history ve", 2) == ["verify"]
    assert completed("memoryd status --wa", 2) == ["--watch"]
    assert completed("memoryd check --scope l", 3) == ["local"]


def test_completion_is_printed_for_the_shell_at_hand(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m memoryd --show-completion; true"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert b"_MEMORYD_COMPLETE=complete_bash" in done.stdout, done.stderr
