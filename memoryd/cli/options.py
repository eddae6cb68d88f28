"""Options that several commands share."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.domain.stores.store import Scope
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.runtime import Selection


class Format(StrEnum):
    """Formats of a report, each the name of its reporter."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"

    @property
    def is_for_people(self) -> bool:
        """Whether it is plain text that people read."""
        return self in {Format.FULL, Format.CONCISE}


class FailOn(StrEnum):
    """The least level of a finding that fails a check."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH",
        help="Stores, files in stores, or directories to search. Default: the repository around here.",
    ),
]
User = Annotated[bool, typer.Option("--user", help="The stores under the home directory.")]
All = Annotated[bool, typer.Option("--all", help="Every store known.")]
Agent = Annotated[str | None, typer.Option("--agent", metavar="NAME", help="Only stores of this agent.")]
ScopeOption = Annotated[Scope | None, typer.Option("--scope", help="Only stores of this scope.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]

Apply = Annotated[bool, typer.Option("--apply", help="Do it, without asking.")]
ShowDiff = Annotated[bool, typer.Option("--diff", help="Show the diff and do nothing; 1 if there is one.")]

ReportFormat = Annotated[Format, typer.Option("--format", help="How to print findings.")]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the report to a file.", dir_okay=False)
]
_RULES = "Codes, their beginnings (L), or names; separated by commas, or several times."
Select = Annotated[
    list[str] | None, typer.Option("--select", metavar="RULES", help=f"Only these rules. {_RULES}")
]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", metavar="RULES", help="All but these rules.")]
FailOnOption = Annotated[FailOn, typer.Option("--fail-on", help="Exit with 1 from this level on.")]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")]
FixOption = Annotated[bool, typer.Option("--fix", help="Mend what can be mended without losing meaning.")]
UnsafeFixes = Annotated[
    bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also what a person should look at.")
]
DiffOption = Annotated[
    bool, typer.Option("--diff", help="Show what would be changed and do nothing; 1 if there is something.")
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline", metavar="FILE", help="Findings that are known and not reported.", dir_okay=False
    ),
]
WriteBaseline = Annotated[
    bool, typer.Option("--write-baseline", help="Write what is found now to the file of --baseline.")
]
AddSuppressions = Annotated[
    bool, typer.Option("--add-suppressions", help="Write a comment that silences it at each finding.")
]
Statistics = Annotated[
    bool, typer.Option("--statistics", help="Tell only how often each rule found something.")
]
ShowFiles = Annotated[bool, typer.Option("--show-files", help="List the files to be checked, and stop.")]
Tracked = Annotated[bool, typer.Option("--tracked", help="Only what `git ls-files` lists exists.")]
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Finding nothing to check is no error.")]


def selection(  # one value for the options above, as they stand in each command
    paths: list[Path] | None,
    *,
    user: bool,
    everything: bool,
    agent: str | None,
    scope: Scope | None,
) -> "Selection":
    """The choice of stores that the options make; two that contradict each other are a usage error."""
    from memoryd.runtime import Selection

    if paths and (user or everything):
        raise typer.BadParameter(f"PATH and {'--user' if user else '--all'} exclude each other")
    return Selection(tuple(paths or ()), user, everything, agent, scope)


def demand_one(*, apply: bool, diff: bool) -> None:
    """Refuse to do something and only to show it.

    Raises:
        MemorydError: If both are asked for.
    """
    if apply and diff:
        raise MemorydError("--apply and --diff exclude each other", "leave one of them out")


def words(given: list[str] | None) -> tuple[str, ...] | None:
    """The words of an option that takes several, separated by commas; None where it is not given."""
    if given is None:
        return None
    return tuple(filter(None, (word.strip() for value in given for word in value.split(","))))


_LEAVE_OUT = "leave one of them out"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be looked at, and by which rules."""

    chosen: "Selection"
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    tracked: bool = False
    allow_empty: bool = False
    baseline: Path | None = None
    external: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Printing:
    """What is to be printed, and where."""

    kind: Format = Format.FULL
    output: Path | None = None
    statistics: bool = False
    show_files: bool = False

    def demand_sense(self) -> None:
        """Refuse options that say nothing together.

        Raises:
            MemorydError: Naming them.
        """
        if self.statistics and not self.kind.is_for_people:
            raise MemorydError(f"--statistics is plain text and cannot be --format {self.kind}", _LEAVE_OUT)
        if self.statistics and self.show_files:
            raise MemorydError("--statistics and --show-files exclude each other", _LEAVE_OUT)


@dataclass(frozen=True, slots=True)
class Changing:
    """What is to be written."""

    fix: bool = False
    unsafe: bool = False
    diff: bool = False
    suppress: bool = False
    baseline: bool = False

    def demand_sense(self, asked: Asked, printing: Printing) -> None:
        """Refuse options that contradict each other.

        Raises:
            MemorydError: Naming them.
        """
        names = ("--fix", "--diff", "--add-suppressions", "--write-baseline", "--show-files")
        given = (self.fix, self.diff, self.suppress, self.baseline, printing.show_files)
        several = [name for name, is_given in zip(names, given, strict=True) if is_given]
        if len(several) > 1 and several != ["--diff", "--add-suppressions"]:
            raise MemorydError(f"{' and '.join(several)} exclude each other", _LEAVE_OUT)
        if self.unsafe and (self.suppress or not (self.fix or self.diff)):
            raise MemorydError("--unsafe-fixes goes with --fix or --diff", "--diff shows what they would do")
        if self.baseline and asked.baseline is None:
            raise MemorydError("--write-baseline goes with --baseline FILE", "which names the file")
        if self.diff and printing.statistics:
            raise MemorydError("--diff and --statistics exclude each other", _LEAVE_OUT)
        if self.baseline and printing != Printing():
            raise MemorydError(
                "--write-baseline prints no report", "leave out --format, --output, --statistics"
            )
        if self.diff and printing.kind not in {Format.FULL, Format.CONCISE, Format.JSON}:
            raise MemorydError(f"--diff cannot be --format {printing.kind}", _LEAVE_OUT)
