"""A text that is forgotten here is noted for other machines."""

from pathlib import Path

import pytest
from support import needs_git

from memoryd.adapters.git.transport import Transport, make_remote
from memoryd.adapters.sync import SyncSettings, identified, read_pending, write_key, write_settings
from memoryd.domain.forgetting.needle import Needle
from memoryd.errors import MemorydError
from memoryd.services.forgetting.follow import RemovedCounts
from memoryd.services.sync.announce import announce, answer
from memoryd.services.sync.forgotten_texts import REPOSITORY, open_texts

pytestmark = needs_git
NEEDLE = Needle("the old office")


def test_on_a_machine_alone_nothing_is_noted(tmp_path: Path) -> None:
    assert announce(tmp_path, NEEDLE) == ""
    answer(tmp_path, "", RemovedCounts())
    assert list(tmp_path.iterdir()) == []


def test_the_note_and_the_answer_wait_for_the_next_exchange(tmp_path: Path) -> None:
    write_settings(tmp_path, SyncSettings(str(tmp_path / "r"), "laptop"))
    write_key(tmp_path, "0" * 64)
    text = announce(tmp_path, NEEDLE)
    answer(tmp_path, text, RemovedCounts(1, 2, 3))
    pending = read_pending(tmp_path)
    own = identified(tmp_path)
    assert own is not None
    assert f"forgotten/{text}/{own.id}.json" in pending
    assert not any(b"office" in content for content in pending.values())
    ledger = open_texts(tmp_path, own).ledger
    assert ledger.unanswered(own.id) == []
    assert ledger.unanswered("f" * 16) == list(ledger.texts.values())


@pytest.mark.parametrize("text", ["the old office", "word " * 400])
def test_where_others_cannot_learn_it_the_own_copy_goes(tmp_path: Path, text: str) -> None:
    make_remote(tmp_path / "r")
    write_settings(tmp_path, SyncSettings(str(tmp_path / "r"), "laptop"))
    own = Transport(tmp_path / REPOSITORY, str(tmp_path / "r"))
    own.push(own.commit("", {"forgotten/key.json": b'{"key": "another"}'}, "x", "x"))
    with pytest.raises(MemorydError, match=r"key|too long"):
        announce(tmp_path, Needle(text))
    assert not (tmp_path / REPOSITORY).exists()
