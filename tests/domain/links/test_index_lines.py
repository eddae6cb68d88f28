import pytest

from memoryd.domain.links.index_lines import leads_its_store


@pytest.mark.parametrize(
    ("topics", "reached", "leads"),
    [(0, 0, True), (39, 0, True), (40, 3, False), (40, 4, True), (170, 3, False), (170, 17, True)],
)
def test_an_index_that_reaches_next_to_nothing_is_no_table_of_contents(
    topics: int, reached: int, *, leads: bool
) -> None:
    assert leads_its_store(topics, reached) is leads
