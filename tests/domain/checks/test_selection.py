from collections.abc import Mapping

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.selection import Choice, RuleSelection, check_selectors, find_rule
from memoryd.domain.markdown.model import Position
from memoryd.errors import ConfigError
from memoryd.rules import ALL_RULES


def choice(
    select: tuple[str, ...] | None = None,
    ignore: tuple[str, ...] = (),
    files: Mapping[str, tuple[str, ...]] | None = None,
    levels: Mapping[str, Severity] | None = None,
) -> Choice:
    return Choice("here: ", "/repo", select, ignore, files or {}, levels or {})


def selected(*choices: Choice) -> set[str]:
    return {rule.code for rule in ALL_RULES if RuleSelection(choices).selects(rule)}


def finding(path: str, code: str = "L001") -> Diagnostic:
    rule = find_rule(code, ALL_RULES)
    assert rule is not None
    at = Position(1, 1)
    return Diagnostic(code, rule.name, rule.level, "/repo/s", path, at, at, "", "", "", (), None)


def judged(path: str, *choices: Choice, code: str = "L001") -> Diagnostic | None:
    rule = find_rule(code, ALL_RULES)
    assert rule is not None
    return RuleSelection(choices).judge(finding(path, code), rule)


def test_without_a_word_all_rules_run_but_those_on_request() -> None:
    assert selected() == {rule.code for rule in ALL_RULES} - {"P006"}
    for words in (("P",), ("P006",), ("dangling-entry",)):
        assert "P006" in selected(choice(select=words))
    assert "P006" not in selected(choice(select=("P",), ignore=("P006",)))


def test_codes_beginnings_and_names_select_in_any_case() -> None:
    sizes = {rule.code for rule in ALL_RULES if rule.code.startswith("S")}
    assert {"S001", "S002"} < sizes
    assert selected(choice(select=("s", "L001", "Not-UTF8"))) == sizes | {"L001", "F008"}


def test_of_one_place_the_more_exact_word_counts() -> None:
    assert selected(choice(select=("L001",), ignore=("L",))) == {"L001"}
    assert "L001" not in selected(choice(select=("L",), ignore=("L001",)))
    assert "L001" not in selected(choice(select=("L001",), ignore=("broken-link",)))


def test_a_nearer_place_begins_afresh_where_it_selects() -> None:
    assert selected(choice(ignore=("L001",)), choice(select=("L001",))) == {"L001"}


def test_a_nearer_place_takes_away_where_it_only_ignores() -> None:
    assert selected(choice(select=("S", "L001")), choice(ignore=("S",))) == {"L001"}


def test_files_are_meant_by_name_or_by_path() -> None:
    by_name = choice(files={"draft*.md": ("L",)})
    by_path = choice(files={".claude/agent-memory/*/logs/*.md": ("broken-link",)})
    assert judged("/repo/s/draft-1.md", by_name) is None
    assert judged("/repo/s/MEMORY.md", by_name)
    assert judged("/repo/s/draft-1.md", by_name, code="F008")
    assert judged("/repo/.claude/agent-memory/a/logs/2026/x.md", by_path) is None
    assert judged("/elsewhere/.claude/agent-memory/a/logs/x.md", by_path)


def test_the_nearest_level_counts() -> None:
    levels = choice(levels={"L001": Severity.INFO}), choice(levels={"broken-link": Severity.WARNING})
    found = judged("/repo/s/x.md", *levels)
    assert found is not None
    assert found.level is Severity.WARNING


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        (choice(select=("L9",)), 'here: select: there is no rule "L9"', "L009"),
        (choice(ignore=("broken-lnk",)), 'here: ignore: there is no rule "broken-lnk"', "broken-link"),
        (choice(files={"x": ("?",)}), 'here: per-file-ignores: there is no rule "?"', "`memoryd help rules`"),
        (choice(levels={"L": Severity.INFO}), 'here: levels: there is no rule "L"', ""),
        (choice(select=("",)), 'here: select: there is no rule ""', ""),
    ],
)
def test_a_word_that_means_no_rule_is_an_error(said: Choice, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_selectors(said, ALL_RULES)
    assert caught.value.message == message
    assert hint in (caught.value.hint or "")
