import pytest
from domain.security.labelled import HIDDEN_PASSAGES, SHOWN_PASSAGES

from memoryd.domain.markdown.document import parse
from memoryd.domain.security.hidden_passages import hidden_passages


@pytest.mark.parametrize("text", HIDDEN_PASSAGES.values(), ids=HIDDEN_PASSAGES)
def test_what_is_hidden_from_readers_is_found(text: str) -> None:
    (found,) = hidden_passages(parse("MEMORY.md", text.encode()))
    assert (
        "mallory" in found.text.lower()
        or "previous" in found.text
        or "user" in found.text
        or "用户" in found.text
    )


@pytest.mark.parametrize("text", SHOWN_PASSAGES.values(), ids=SHOWN_PASSAGES)
def test_what_is_seen_or_keeps_order_is_none(text: str) -> None:
    assert list(hidden_passages(parse("MEMORY.md", text.encode()))) == []
