from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.usage.tokens import estimated_tokens


def test_scripts_differ() -> None:
    assert estimated_tokens("") == 0
    assert estimated_tokens("word " * 62) == 100
    assert estimated_tokens("é" * 310) == 100
    assert estimated_tokens("п" * 200) == 100
    assert estimated_tokens("記" * 100) == 100
    assert estimated_tokens("😀" * 50) == 100


@given(st.text(), st.text())
def test_a_longer_text_has_no_fewer_tokens(first: str, second: str) -> None:
    together = estimated_tokens(first + second)
    assert max(map(estimated_tokens, (first, second))) <= together
    assert together <= estimated_tokens(first) + estimated_tokens(second)
