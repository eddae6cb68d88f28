"""An exchange, in words and as JSON."""

import json

import pytest

from memoryd.cli.output.sync.result import result_json, show_result
from memoryd.domain.forgetting.ledger import ForgottenText
from memoryd.domain.forgetting.tombstone import Tombstone
from memoryd.services.forgetting.follow import RemovedCounts
from memoryd.services.sync.exchange import SyncResult
from memoryd.services.sync.forgotten_texts import FollowedText

TEXT = ForgottenText("a" * 16, 5.0, "1" * 16, Tombstone((), is_whole=False))


def test_all_of_it_is_said_and_names_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    forgotten = [
        FollowedText(TEXT, "lap\x1b[31mtop", RemovedCounts(1, 2, 3)),
        FollowedText(TEXT, "x", RemovedCounts()),
    ]
    result = SyncResult(
        sent=1, received=2, operations=[7], doubts=1, held=["/s/keys.md"], problems=["no room"],
        offline="gone", is_rewritten=True, forgotten=forgotten, lacks_key=True,
        faults=[f"machines/{n}\x1b" for n in range(5)],
        is_purged=True, refusal="refused",
    )  # fmt: skip
    show_result(result)
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert told.out.splitlines()[1:] == [
        "forgot a text that x has forgotten: it was not here",
        "sent 1 file, received 2 files (undo: memoryd undo 7)",
    ]
    assert "removed from 1 file, 2 versions and 3 operations" in told.out
    for words in ("1 entry was", "lacks what it had", "keeps its history: refused", "keys.md is not sent",
                  "tries again: no room", "memoryd sync key", "and 2 more", "offline: gone"):  # fmt: skip
        assert words in told.err
    assert json.loads(json.dumps(result_json(result)))["forgotten"][0]["versions"] == 2
