"""Byte-order mark, line ends and last line end."""

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.merging.form import read_form

_TEXTS = st.lists(st.sampled_from(["a", "", "- b"]), max_size=5)


@given(_TEXTS, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_form_gives_back_the_bytes(lines: list[str], mark: bool, end: str, ended: bool) -> None:  # noqa: FBT001  # drawn
    text = (end.join([*lines, ""]) if ended else end.join(lines)).encode()
    raw = b"\xef\xbb\xbf" * mark + text
    form = read_form(raw)
    assert form.apply(form.plain(raw)) == raw


def test_most_lines_decide() -> None:
    assert read_form(b"a\r\nb\r\nc\n").is_crlf
    assert not read_form(b"a\r\nb\nc\n").is_crlf
