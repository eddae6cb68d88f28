import pytest

from memoryd.domain.daemon.notices import notice

COMPACTED = {"store": "/s", "lines": 227, "how": "reviewer: MEMORY.md had 227 lines; now 158", "operation": 3}
LOSS = {"store": "/s", "path": "/s/MEMORY.md", "files": 0, "lines": 3}


def test_compactions_losses_and_conflicts_are_told() -> None:
    assert notice("compacted", COMPACTED) == (
        "reviewer: MEMORY.md had 227 lines; now 158. Undo: memoryd undo 3"
    )
    assert notice("loss", LOSS) == "3 lines of /s may be lost. See: memoryd status"
    assert notice("loss", LOSS | {"files": 1, "lines": 0}) == "1 file of /s may be lost. See: memoryd status"
    assert notice("conflict", {"store": "/s", "reason": "secret text"}) == (
        "/s: an agent wrote during a compaction; what it wrote stays"
    )


@pytest.mark.parametrize("event", ["indexed", "over_limit", "ready", "failed"])
def test_nothing_else_is(event: str) -> None:
    assert notice(event, {"store": "/s"}) is None


def test_a_hostile_name_is_plain_text_and_short() -> None:
    said = notice("conflict", {"store": "/s/<img src=x>&\x1b[31m\n" + "a" * 1000})
    assert said is not None
    assert len(said) <= 300
    assert not set(said) & set("<>&\x1b\n")
