from memoryd.domain.checks.diagnostic import Diagnostic, RelatedLocation, Severity
from memoryd.domain.checks.masked import hidden
from memoryd.domain.markdown.model import Position
from memoryd.domain.security.secrets import Secret


def test_no_text_of_a_finding_shows_what_another_scanner_knows() -> None:
    place = Position(1, 1)
    line = "- key q8Zx3vLmT0"
    related = (RelatedLocation("/m/a.md", place, f'"{line}"'),)
    found = Diagnostic(
        "L001", "broken-link", Severity.ERROR, "/m", "/m/a.md", place, place, line, line, line, related, None
    )
    shown = hidden(found, [Secret("odd", 6, 16, b"q8Zx3vLmT0")])
    assert shown.source_line == "- key q8Z*******"
    assert "3vLm" not in f"{shown}"
