"""Both repositories are cleaned after the remote one was rewritten."""

import os
import time
from pathlib import Path

from support import needs_git

from memoryd.adapters.git.transport import Transport, make_remote
from memoryd.adapters.sync import SyncSettings, SyncState
from memoryd.services.sync.forgotten_texts import ForgottenTexts
from memoryd.services.sync.renew import clean_up

pytestmark = needs_git


def test_it_goes_on_until_nothing_that_was_removed_is_left(tmp_path: Path) -> None:
    remote = tmp_path / "remote"
    make_remote(remote)
    transport = Transport(tmp_path / "own", str(remote))
    texts = ForgottenTexts(tmp_path, SyncSettings(str(remote), "laptop"))
    state = SyncState()
    first = transport.commit("", {"a": b"the old office\n"}, "laptop", "x")
    transport.push(first)
    assert not clean_up(transport, state, texts)
    transport.push(transport.fresh(transport.commit(first, {"a": b"x\n"}, "l", "x"), "l", "x"), first)
    state.rewritten = 1
    assert clean_up(transport, state, texts)
    assert (state.renewed, state.is_pruned) == (1, False)
    for path in remote.rglob("*"):
        os.utime(path, (time.time() - 3600,) * 2)
    assert clean_up(transport, state, texts)
    assert state.is_pruned
    assert not clean_up(transport, state, texts)
    assert Transport(tmp_path / "other", str(remote)).fetch() == transport.fetch() != first
