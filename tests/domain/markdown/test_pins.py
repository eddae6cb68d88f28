import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.pins import pinned

PIN = "<!-- memoryd: pin -->"


@pytest.mark.parametrize(
    ("text", "stays", "moves"),
    [
        (f"- one {PIN}\n- two\n", "- one", "- two"),
        (f"- one\n  more {PIN}\n- two\n", "- one", "- two"),
        (f"{PIN}\n- one\n- two\n", "- one", "- two"),
        (f"# T\n\n## A\n{PIN}\ntext a\n### B\ntext b\n## C\ntext c\n", "text b", "text c"),
        (f"## A {PIN}\ntext a\n## C\ntext c\n", "text a", "text c"),
        (f"## A\ntext a\n\n{PIN}\ntext b\n\ntext c\n", "text b", "text c"),
        (f"para {PIN} more\n\nother\n", "para", "other"),
    ],
)
def test_a_pin_holds_what_a_reader_would_expect(text: str, stays: str, moves: str) -> None:
    document = parse("MEMORY.md", text.encode())
    parts = " ".join(document.slice(span) for span in pinned(document))
    assert stays in parts
    assert moves not in parts


def test_a_pin_in_code_is_an_example() -> None:
    assert pinned(parse("MEMORY.md", f"```\n{PIN}\n```\n- one\n".encode())) == ()
