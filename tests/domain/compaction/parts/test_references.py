"""Parts of a file that its link references join."""

import pytest

from memoryd.domain.compaction.parts.references import References
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span

TEXT = b"- see [a] and [B  c]\n- see [a]\n\n[a]: x.md\n[b c]: y.md\n[d]: z.md\n\n[a]: other.md\n"


def part(start: bytes, end: bytes) -> Span:
    return Span(TEXT.index(start), TEXT.index(end) + len(end))


@pytest.mark.parametrize(
    ("span", "closed"),
    [
        (part(b"- see [a] and", b"c]\n"), True),  # a part that only uses labels takes their definitions along
        (part(b"[a]: x", b"x.md\n"), False),
        (part(b"[d]: z", b"z.md\n"), True),  # used nowhere
        (part(b"[a]: other", b"other.md\n"), False),  # alone it would come to life
        (Span(0, len(TEXT)), True),
        (Span(0, 0), True),
    ],
)
def test_no_label_may_be_defined_here_and_used_there(span: Span, *, closed: bool) -> None:
    assert References(parse("MEMORY.md", TEXT)).is_closed(span) is closed


def test_the_definitions_that_a_text_uses() -> None:
    references = References(parse("MEMORY.md", TEXT))
    found = [TEXT[slice(*span)].strip() for span in references.used_in(b"[b C] [d] [gone]")]
    assert found == [b"[b c]: y.md", b"[d]: z.md"]
    assert References(parse("MEMORY.md", b"[a] [b]\n")).used_in(b"[a]") == []
