from memoryd.domain.limits.addition import add_line
from memoryd.domain.limits.budget import Budget
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT

LINE = "- [T](t.md) — hook"


def budget(text: bytes) -> Budget:
    return Budget(parse("MEMORY.md", text), CLAUDE_AGENT, loaded_view(text, CLAUDE_AGENT))


def test_the_200th_line_fits_and_the_201st_does_not() -> None:
    assert add_line(budget(b"- a\n" * 199), LINE).fits
    over = add_line(budget(b"- a\n" * 199 + b"- last\n"), LINE)
    assert not over.fits
    assert over.view.lines == 201


def test_at_the_top_a_line_pushes_the_last_one_out() -> None:
    full = budget(b"- a\n" * 199 + b"- last\n")
    (pushed,) = add_line(full, LINE).pushed_out
    assert full.index.slice(pushed.span) == "- last\n"


def test_what_is_unseen_already_is_not_pushed_out_again() -> None:
    over = budget(b"- a\n" * 199 + b"- last\n- lost\n")
    assert [over.index.slice(entry.span) for entry in add_line(over, LINE).pushed_out] == ["- last\n"]


def test_nothing_is_pushed_out_where_all_fits() -> None:
    assert add_line(budget(b""), LINE).pushed_out == ()
    assert add_line(budget(b"- no line end"), LINE).view.lines == 2


def test_a_line_end_of_its_own_and_crlf_files_count_once() -> None:
    assert add_line(budget(b"- a\r\n- b\r\n"), LINE + "\n").view.lines == 3


def test_size_binds_too() -> None:
    text = b"- " + b"x" * 24_000 + b"\n- late\n"
    assert add_line(budget(text), "- y").fits
    assert not add_line(budget(text), "- " + "y" * 1000).fits
