import pytest

from memoryd.domain.dates.relative import relative_dates
from memoryd.domain.markdown.document import parse


def found(text: str, path: str = "a.md") -> list[str]:
    document = parse(path, text.encode())
    return [document.slice(span) for span in relative_dates(document)]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("- Deployed yesterday.", ["yesterday"]),
        ("Fixed last week, tested three days ago.", ["last week", "three days ago"]),
        ("Gestern gebaut", ["Gestern"]),
        ("昨日デプロイした", ["昨日"]),
        ("é yesterday", ["yesterday"]),
    ],
)
def test_relative_dates_in_running_text(text: str, dates: list[str]) -> None:
    assert found(text + "\n") == dates


@pytest.mark.parametrize(
    "text",
    [
        "the last week of a sprint",
        "`git log --since yesterday`",
        'He said "yesterday".',
        "    yesterday\n",
        "> yesterday",
        "2026-01-31: deployed yesterday",
        "# 2026-01-31\n\nDeployed yesterday.",
        "pre-yesterday",
    ],
)
def test_what_is_dated_quoted_or_code_is_none(text: str) -> None:
    assert found(text + "\n") == []


def test_a_dated_log_may_speak_of_yesterday() -> None:
    assert found("Deployed yesterday.\n", "logs/2026-01-31.md") == []
