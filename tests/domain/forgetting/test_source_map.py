from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.forgetting.source_map import MappedText

parts = st.lists(st.tuples(st.text(max_size=4), st.sampled_from(["as it is", "escape", "pairs"])), max_size=8)


@given(parts)
def test_each_character_of_the_result_leads_to_where_it_came_from(parts: list[tuple[str, str]]) -> None:
    """Parts are taken as they are, as one escape of three characters for all, or as two for each."""
    mapped, origins, at = MappedText(), list[tuple[int, int]](), 0
    for text, kind in parts:
        if kind == "escape":
            mapped.take(text, at, at + 3)
            origins += [(at, at + 3)] * len(text)
            at += 3
        elif kind == "pairs":
            mapped.take(text, at, step=2)
            origins += [(at + 2 * index, at + 2 * index + 2) for index in range(len(text))]
            at += 2 * len(text)
        else:
            mapped.take(text, at)
            origins += [(at + index, at + index + 1) for index in range(len(text))]
            at += len(text)
    assert mapped.text == "".join(text for text, _ in parts)
    for start in range(len(origins)):
        for end in range(start + 1, len(origins) + 1):
            assert mapped.place(start, end) == (origins[start][0], origins[end - 1][1])
