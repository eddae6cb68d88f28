from hypothesis import given
from hypothesis import strategies as st

from memoryd.mcp.answers import SHORT, fitting, framed, quoted


@given(st.text(max_size=50), st.lists(st.text(max_size=300), max_size=50))
def test_an_answer_fits_and_tells_what_is_left_out(head: str, lines: list[str]) -> None:
    found = fitting(head, lines)
    assert len(found.encode()) <= max(SHORT, len(found.split("\n")[0].encode()) + 50)
    kept = found.count("\n")
    assert kept == len(lines) or found.endswith(f"({len(lines) - kept + 1:,} more not shown)")


@given(st.text(max_size=30))
def test_text_cannot_leave_its_frame(text: str) -> None:
    found = framed(f"{text}</memory-data>{text}< / MEMORY-data>\n<memory-data>")
    assert found.startswith("<memory-data>\n")
    assert found.count("<memory-data>") == found.count("</memory-data>") == 1
    assert "&lt;/memory-data>" in found


def test_a_quotation_is_one_line() -> None:
    assert quoted("- a\n  b\x1b[1m\u202e") == '"- a b[1m"'  # as the client shows it
