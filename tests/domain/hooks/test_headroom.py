from memoryd.domain.hooks.headroom import budget_of_index, change_in_short, crowded_out, out_of_view
from memoryd.domain.stores.profiles import CLAUDE_AGENT


def index(entries: int) -> bytes:
    return b"".join(b"- fact %d\n" % number for number in range(entries))


def test_what_fits_is_not_worth_a_word() -> None:
    budget = budget_of_index(index(200), CLAUDE_AGENT)
    assert (crowded_out(budget, is_compacted=True), out_of_view("MEMORY.md", budget)) == ("", "")


def test_what_does_not_fit_is_named() -> None:
    budget = budget_of_index(index(205), CLAUDE_AGENT)
    text = crowded_out(budget, is_compacted=True)
    assert text.startswith("memoryd: with this write MEMORY.md has 205 of 200 lines and ")
    assert '5 entries would not be loaded: "fact 200", "fact 201", "fact 202", 2 more. Do not delete' in text
    assert crowded_out(budget, is_compacted=False).endswith("Move detail into topic files.")
    assert out_of_view("/m/MEMORY.md", budget) == (
        "memoryd: 5 entries of /m/MEMORY.md are not loaded (from line 201); read the file to see them."
    )


def test_a_change_in_one_line() -> None:
    budget = budget_of_index(index(3), CLAUDE_AGENT)
    assert change_in_short("MEMORY.md", "- a\n", "- b\n- c\n", budget) == (
        "MEMORY.md: +2 −1 lines, 3 of 200 lines, 26 of 25,000 UTF-16 units"
    )
    assert change_in_short("a.md", "", "x", None) == "a.md: +1 −0 lines"
