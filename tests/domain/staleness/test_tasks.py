import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.staleness.tasks import finished
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

STORE = Store("/s/m", Scope.USER, "m", "/s", CLAUDE_AGENT)


def found(text: str) -> list[tuple[str, str]]:
    snapshot = Snapshot(STORE, {"MEMORY.md": parse("MEMORY.md", text.encode())})
    return [(each.document.slice(each.span), each.evidence) for each in finished(snapshot, frozenset())]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- [x] ship it\n", "a task that is ticked off"),
        ("- [X] ship it\n  - with notes\n", "a task that is ticked off"),
        ("- ~~ship it~~ (done)\n", "struck through"),
        ("## TODO\n\n- DONE: ship it\n", "a task that is marked as done"),
        ("## Aufgaben\n\n- ausliefern — ERLEDIGT\n", "a task that is marked as done"),
    ],
)
def test_tasks_that_are_done(text: str, said: str) -> None:
    assert [each for _, each in found(text)] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] ship it\n",
        "- [x] ship it\n  - [ ] but not this\n",
        "- use ~~this~~ that instead\n",
        "- DONE is a state of the queue\n",
        "## States\n\n- DONE: the queue is empty\n",
        "```\n- [x] ship it\n```\n",
        "- [x]\n",
    ],
)
def test_what_is_open_or_no_task_stays(text: str) -> None:
    assert found(text) == []


def test_of_a_done_task_the_parts_are_not_told_again() -> None:
    assert [text for text, _ in found("- [x] a\n  - [x] b\n- [x] c\n")] == ["- [x] a\n  - [x] b", "- [x] c"]
