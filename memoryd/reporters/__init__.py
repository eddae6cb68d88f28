"""Table of report formats, one module a format."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.domain.checks.results import CheckResult


@dataclass(frozen=True, slots=True)
class Reporter:
    """One format of reports; its module is imported when a report is rendered.

    Attributes:
        rendered_by: `module:function` that turns a report and a base directory into text.
        summarized_by: The same for the summary of a job, where the format has one; else "".
        is_for_people: Whether it is plain text that people read.
        shows_plans: Whether it can show planned changes.
        shows_changes: Whether it shows what the fix of a finding changes.
    """

    rendered_by: str
    summarized_by: str = ""
    is_for_people: bool = False
    shows_plans: bool = False
    shows_changes: bool = False

    def render(self, report: "CheckResult", base: str) -> str:
        """Return the text of a report, paths relative to `base`."""
        return _call(self.rendered_by, report, base)

    def summarize(self, report: "CheckResult", base: str) -> str:
        """Return the summary for a job, paths relative to `base`; "" where the format has none."""
        return _call(self.summarized_by, report, base) if self.summarized_by else ""


REPORTERS: Mapping[str, Reporter] = {
    "full": Reporter("memoryd.reporters.full:render", is_for_people=True),
    "concise": Reporter("memoryd.reporters.concise:render", is_for_people=True),
    "json": Reporter("memoryd.reporters.json:render", shows_plans=True),
    "github": Reporter("memoryd.reporters.github:render", "memoryd.reporters.github:summary"),
    "gitlab": Reporter("memoryd.reporters.gitlab:render"),
    "sarif": Reporter("memoryd.reporters.sarif:render", shows_changes=True),
    "junit": Reporter("memoryd.reporters.junit:render"),
}
"""By the name that `--format` takes; options, tests and documentation take their list from here."""

STATISTICS = Reporter("memoryd.reporters.statistics:render", is_for_people=True)
"""Counts instead of findings; what `--statistics` prints."""


def _call(function: str, report: "CheckResult", base: str) -> str:
    module, _, name = function.partition(":")
    return str(getattr(import_module(module), name)(report, base))
