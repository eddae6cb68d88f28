import os
import re
from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.adapters.doctor import machine
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.config.locations import locate
from memoryd.domain.doctor import Precondition, State
from memoryd.services.doctor.doctor import Case
from memoryd.services.doctor.machine import of_machine


def judged(root: Path) -> dict[str, Precondition]:
    case = Case(locate(os.environ), Config(), FoundStores((store_of(root),)))
    return {each.name: each for each in of_machine(case)}


@pytest.mark.skipif(machine.watching() is None, reason="there is no inotify")
def test_limits_of_inotify_are_compared_with_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        write_tree(tmp_path / "store" / f"d{number}", {"a.md": "a\n"})
    limits = {"max_user_instances": "10000", "max_user_watches": "1000000", "max_queued_events": "16384"}
    monkeypatch.setattr(machine, "_LIMITS", str(write_tree(tmp_path / "limits", limits)))
    assert judged(tmp_path / "store")["watches"].message.startswith("51 directories to watch; ")
    for name, value in (("max_user_watches", "40"), ("max_user_instances", "0")):
        write_tree(tmp_path / "limits", limits | {name: value})
        found = judged(tmp_path / "store")["watches"]
        assert (found.state, f"fs.inotify.{name}" in str(found.remedy)) == (State.WARNING, True)
    raised = re.search(r"max_user_instances=(\d+)", str(found.remedy))
    assert raised is not None
    assert int(raised[1]) >= 1
    write_tree(tmp_path / "limits", limits | {"max_queued_events": "100"})
    assert "max_queued_events is 100" in judged(tmp_path / "store")["watches"].message
