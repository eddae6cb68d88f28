from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.search.ranking import Candidate, ranked
from memoryd.domain.search.snippet import Snippet

PLAIN = Candidate(
    1, 1.0, "/s", "b.md", is_index=False, marked=("", "", "", "retry"), passage=Snippet(1, "retry", ())
)
candidates = st.builds(
    replace,
    st.just(PLAIN),
    score=st.floats(0.01, 100),
    path=st.sampled_from(["a.md", "b.md", "c.md"]),
    root=st.sampled_from(["/s", "/t"]),
    is_index=st.booleans(),
)


def order(*found: Candidate, literals: tuple[str, ...] = ()) -> list[str]:
    return [each.path for _, each in ranked(found, literals)]


def test_more_words_in_one_line_come_first() -> None:
    together = replace(PLAIN, path="z.md", passage=Snippet(1, "retry policy", (), 2))
    assert order(PLAIN, together) == ["z.md", "b.md"]


def test_an_index_file_comes_after_the_topic_that_it_names() -> None:
    assert order(replace(PLAIN, path="MEMORY.md", is_index=True, score=2.0), PLAIN) == ["b.md", "MEMORY.md"]


def test_what_stands_there_as_it_was_typed_comes_first() -> None:
    typed = replace(PLAIN, path="z.md", marked=("", "", "", "see foo.bar()"))
    assert order(PLAIN, typed, literals=("foo.bar()",)) == ["z.md", "b.md"]


def test_an_index_line_with_a_link_points() -> None:
    index = replace(PLAIN, is_index=True, passage=Snippet(1, "- [Retry](retry.md)", ()))
    assert index.points
    assert not replace(index, passage=Snippet(1, "retry three times", ())).points
    assert not replace(index, is_index=False).points


@given(st.lists(candidates))
def test_the_order_is_by_score_then_path_whatever_was_found_first(found: list[Candidate]) -> None:
    scores = [score for score, _ in ranked(found, ())]
    assert scores == sorted(scores, reverse=True)
    assert ranked(found, ()) == ranked(sorted(found, key=lambda each: (each.root, each.path)), ())
