"""Requests of a check: what to check, print and change."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.errors import MemorydError, contradiction
from memoryd.reporters import REPORTERS, Reporter
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.runtime import Selection

_LEAVE_OUT = "leave one of them out"


class FailOn(StrEnum):
    """The least level of a finding that fails a check."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


class SecretScanner(StrEnum):
    """Scanners for secrets that a person may have installed."""

    BETTERLEAKS = "betterleaks"
    GITLEAKS = "gitleaks"


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """The stores to check, and the rules to check them by."""

    chosen: "Selection"
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    tracked: bool = False
    allow_empty: bool = False
    baseline: Path | None = None
    external: bool = False
    private: bool = False
    cache: bool = True
    scanner: SecretScanner | None = None


@dataclass(frozen=True, slots=True)
class OutputRequest:
    """The form of the output, and its destination."""

    name: str = "full"
    output: Path | None = None
    statistics: bool = False
    show_files: bool = False
    infos: bool = False
    quiet: bool = False
    verbose: bool = False

    @property
    def reporter(self) -> Reporter:
        """The format of the report."""
        return REPORTERS[self.name]

    @property
    def shows_changes(self) -> bool:
        """Return whether the report shows what the fixes of findings change."""
        return self.reporter.shows_changes and not self.statistics and not self.show_files

    def demand_sense(self) -> None:
        """Refuse options that contradict each other.

        Raises:
            MemorydError: If two options contradict each other; it names them.
        """
        if self.statistics and not self.reporter.is_for_people:
            raise MemorydError(f"--statistics is plain text and cannot be --format {self.name}", _LEAVE_OUT)
        if self.statistics and self.show_files:
            raise contradiction("--statistics", "--show-files")
        if self.quiet and self.verbose:
            raise contradiction("--quiet", "--verbose")


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """The changes to make."""

    fix: bool = False
    unsafe: bool = False
    diff: bool = False
    suppress: bool = False
    baseline: bool = False
    stat: bool = False
    interactive: bool = False
    excluded: frozenset[int] = frozenset()

    def demand_sense(self, asked: CheckRequest, printing: OutputRequest) -> None:
        """Refuse options that contradict each other.

        Raises:
            MemorydError: If two options contradict each other; it names them.
        """
        names = ("--fix", "--diff", "--add-suppressions", "--write-baseline", "--show-files")
        given = (self.fix, self.diff, self.suppress, self.baseline, printing.show_files)
        several = [name for name, is_given in zip(names, given, strict=True) if is_given]
        if len(several) > 1 and several != ["--diff", "--add-suppressions"]:
            raise contradiction(*several)
        if self.unsafe and (self.suppress or not (self.fix or self.diff)):
            raise MemorydError("--unsafe-fixes needs --fix or --diff", "--diff shows what they would change")
        if self.interactive and (not self.fix or self.excluded or not printing.reporter.is_for_people):
            raise MemorydError(
                "-i needs --fix, and asks on a terminal", "leave out --exclude, --diff and --format"
            )
        if self.excluded and (self.suppress or not (self.fix or self.diff)):
            raise MemorydError("--exclude needs --fix or --diff", "--diff shows the numbers")
        if self.stat and not ((self.diff or self.interactive) and printing.reporter.is_for_people):
            raise MemorydError("--stat needs --diff or -i", "add --diff")
        if self.baseline and asked.baseline is None:
            raise MemorydError("--write-baseline needs --baseline FILE", "add --baseline FILE")
        if self.diff and printing.statistics:
            raise contradiction("--diff", "--statistics")
        if self.baseline and printing != OutputRequest():
            raise MemorydError(
                "--write-baseline prints no report", "leave out --format, --output, --statistics"
            )
        if self.diff and not (printing.reporter.is_for_people or printing.reporter.shows_plans):
            raise MemorydError(f"--diff cannot be --format {printing.name}", _LEAVE_OUT)
