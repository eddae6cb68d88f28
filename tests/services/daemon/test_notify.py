import os
import sys
from pathlib import Path

import pytest

from memoryd.config.daemon import NotifyConfig
from memoryd.services.daemon.notify import start_notifier


def test_without_a_setting_there_is_no_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", None)  # nothing may be forked
    assert start_notifier(NotifyConfig()) is None
    if sys.platform != "darwin":
        monkeypatch.setenv("PATH", str(tmp_path))
        assert start_notifier(NotifyConfig(desktop=True)) is None
