from datetime import date

import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.staleness.expiry import expired
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

STORE = Store("/s/m", Scope.USER, "m", "/s", CLAUDE_AGENT)
TODAY = date(2026, 2, 3)


def found(text: str, today: date | None = TODAY, path: str = "x.md") -> list[tuple[str, bool]]:
    """What is said of each, and whether it is to be removed."""
    snapshot = Snapshot(STORE, {path: parse(path, text.encode())})
    return [(each.evidence, each.removal is not None) for each in expired(snapshot, today)]


def test_front_matter_that_has_expired_removes_its_topic_and_never_the_index() -> None:
    text = "---\nexpires: 2026-01-31\n---\nText\n"
    assert found(text) == [("it expired on 2026-01-31 (`expires`)", True)]
    assert found(text, path="MEMORY.md") == [("it expired on 2026-01-31 (`expires`)", False)]


def test_what_is_due_for_review_is_told_and_stays() -> None:
    assert found("---\nreview_by: 2026-01-31\n---\nText\n") == [
        ("it was due for review on 2026-01-31 (`review_by`)", False)
    ]


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("- The freeze (valid until 2026-02-02) holds.\n", True),
        ("- The freeze (valid until 2026-02-03) holds.\n", False),  # the whole of that day
        ("- The freeze (valid until 2026-01) holds.\n", True),
        ("- The freeze (valid until 2026-02) holds.\n", False),
        ("- `expires: 2020-01-01` is how it is written\n", False),
        ("- the token expires 2020-01-01 in this example\n", False),
        ("- expires: 2020-01-01\n", False),  # of what?
    ],
)
def test_a_part_may_say_until_when_it_holds(text: str, *, is_told: bool) -> None:
    assert bool(found(text)) == is_told


def test_a_part_with_something_that_lasts_below_it_stays() -> None:
    assert found("- Freeze (expires 2026-01-01)\n  - next one: 2026-05-01\n") == [
        ("it expired on 2026-01-01 (`expires`)", False)
    ]


def test_without_a_day_nothing_has_expired() -> None:
    assert found("---\nexpires: 2020-01-31\n---\nText\n", None) == []
