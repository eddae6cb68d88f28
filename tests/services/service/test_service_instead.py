"""What is offered where no service is possible."""

import sys
from pathlib import Path

import pytest

from memoryd.services.service import instead


def test_cron_gets_the_installed_program_and_else_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, python = tmp_path / "my bin" / "memoryd", tmp_path / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(sys, "argv", [str(script)])
    module = f"`@reboot {python} -P -m memoryd run`"
    assert instead().endswith(module)
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    assert instead().endswith(module)  # it cannot be run
    script.chmod(0o755)
    assert instead().endswith(f"`@reboot '{script}' run`")
    monkeypatch.chdir(script.parent)
    monkeypatch.setattr(sys, "argv", ["./memoryd"])
    assert instead().endswith(f"`@reboot '{script}' run`")
    script.rename(tmp_path / "memoryd")  # beside this Python
    monkeypatch.setattr(sys, "argv", ["/x/memoryd/__main__.py"])
    assert instead().endswith(f"`@reboot {tmp_path}/memoryd run`")
