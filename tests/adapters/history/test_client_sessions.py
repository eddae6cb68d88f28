from memoryd.adapters.history import History
from memoryd.adapters.history.client_sessions import SessionChange
from memoryd.adapters.history.records import SeenFile
from memoryd.domain.history.versions import CLIENT

ROOT, FILE = "/s", "/s/MEMORY.md"


def keep(history: History, content: bytes, session: str, time: float) -> None:
    history.keep([SeenFile(ROOT, FILE, content, None, CLIENT, "reviewer", time, session)])


def test_writes_come_with_what_was_there_before(history: History) -> None:
    history.observe(ROOT, [(FILE, b"- a\n")])
    (first,) = history.record(ROOT)
    keep(history, b"- b\n", "s", first.time + 20)
    keep(history, b"- c\n", "t", first.time + 40)
    keep(history, b"- d\n", "s", first.time + 60)
    with history.sessions.writing():
        pass
    a, b, c, d = (each.digest for each in history.record(ROOT))
    assert [(each.before, each.after, each.operation) for each in history.sessions.writes("s")] == [
        (a, b, None),
        (c, d, None),
    ]
    assert history.sessions.writes("") == ()


def test_sessions_are_known_by_their_subagents_and_by_when_they_wrote(history: History) -> None:
    now = 1_700_000_000.0
    for number, session in enumerate(["s", "s/a", "s0", "t"]):
        keep(history, b"%d" % number, session, now + 100 * number)
    with history.sessions.writing():
        pass
    assert set(history.sessions.within("s")) == {"s", "s/a"}
    assert set(history.sessions.idle(now + 150)) == {"s", "s/a"}


def test_an_operation_has_its_writes_and_can_be_read_back(history: History) -> None:
    keep(history, b"- a\n", "s", 1_700_000_000.0)
    with history.sessions.writing():
        (write,) = history.sessions.writes("s")
        change = SessionChange(ROOT, FILE, None, write.after, merged=b"- of others\n")
        identity = history.sessions.record("write", "reviewer", [change], [write])
    assert history.sessions.last("write", "reviewer") == identity
    assert [each.operation for each in history.sessions.writes("s")] == [identity]
    assert history.sessions.idle(float(2**33)) == ()
    operation = history.operation(identity)
    assert operation is not None
    assert (operation.actor, operation.status) == (CLIENT, "done")
    (planned,) = history.plan(operation).changes
    assert (planned.before, planned.after) == (b"- of others\n", b"- a\n")
    assert history.verify() == ()


def test_a_write_without_a_change_leaves_its_session(history: History) -> None:
    keep(history, b"- a\n", "s", 1_700_000_000.0)
    with history.sessions.writing():
        history.sessions.leave(history.sessions.writes("s"))
    assert history.sessions.writes("s") == ()
    assert [each.actor for each in history.record(ROOT)] == [CLIENT]
