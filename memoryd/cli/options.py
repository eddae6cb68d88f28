"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.requests import ChangeRequest, CheckRequest, FailOn, OutputRequest, SecretScanner
from memoryd.cli.usage_errors import not_a_choice
from memoryd.domain.stores.store import Scope
from memoryd.errors import MemorydError, contradiction
from memoryd.reporters import REPORTERS
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.runtime import Selection


def _known_format(name: str) -> str:
    if name not in REPORTERS:
        what, hint = not_a_choice(name, REPORTERS)
        raise MemorydError(f"--format: {what}", hint)
    return name


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH",
        help="Stores, files in stores, or directories to search. Default: the repository around here, or"
        " the stores under the home directory if it has no memory.",
    ),
]
User = Annotated[bool, typer.Option("--user", help="The stores under the home directory.")]
All = Annotated[bool, typer.Option("--all", help="Every known store.")]
Agent = Annotated[str | None, typer.Option("--agent", metavar="AGENT", help="Only stores of this agent.")]
ScopeOption = Annotated[Scope | None, typer.Option("--scope", help="Only stores of this scope.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]

Yes = Annotated[bool, typer.Option("--yes", help="Let the daemon compact index files, without asking.")]
Apply = Annotated[bool, typer.Option("--apply", help="Apply the changes without asking.")]
ShowDiff = Annotated[bool, typer.Option("--diff", help="Only show the diff; exit 1 if there is one.")]

Stat = Annotated[bool, typer.Option("--stat", help="Show files and counts of lines instead of a diff.")]
Interactive = Annotated[
    bool, typer.Option("--interactive", "-i", help="Show each change with its evidence, and ask.")
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="N", help="Leave out changes by number: 2,5; may be repeated."),
]

ReportFormat = Annotated[
    str,
    typer.Option(
        "--format",
        metavar=f"<{'|'.join(REPORTERS)}>",
        help="How to print findings.",
        callback=_known_format,
    ),
]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the report to a file.", dir_okay=False)
]
_RULES = "Codes, prefixes (L) or names, separated by commas; may be repeated."
Select = Annotated[
    list[str] | None, typer.Option("--select", metavar="RULES", help=f"Only these rules. {_RULES}")
]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", metavar="RULES", help="All but these rules.")]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", help="Exit 1 for findings of this level or above.")
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit 0 even if there are findings.")]
FixOption = Annotated[bool, typer.Option("--fix", help="Apply the fixes that lose no meaning.")]
UnsafeFixes = Annotated[
    bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also fixes that a person should review.")
]
DiffOption = Annotated[
    bool, typer.Option("--diff", help="Only show what would change; exit 1 if anything would.")
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline", metavar="FILE", help="File of known findings, which are not reported.", dir_okay=False
    ),
]
WriteBaseline = Annotated[
    bool, typer.Option("--write-baseline", help="Write the current findings to the file of --baseline.")
]
AddSuppressions = Annotated[
    bool, typer.Option("--add-suppressions", help="Write a comment that suppresses it at each finding.")
]
Scanner = Annotated[
    SecretScanner | None,
    typer.Option("--secrets", help="Also run this scanner, if it is on PATH, and report what it finds."),
]
Statistics = Annotated[bool, typer.Option("--statistics", help="Only count the findings of each rule.")]
ShowFiles = Annotated[bool, typer.Option("--show-files", help="List the files to check, and stop.")]
Tracked = Annotated[
    bool, typer.Option("--tracked", help="Treat a file as existing only if `git ls-files` lists it.")
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Do not use or keep what earlier runs found out about unchanged files."),
]
ShowInfo = Annotated[
    bool, typer.Option("--show-info", help="List findings of level info; else they are counted.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print findings and errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print all findings with all their places.")]
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Exit 0 if there is nothing to check.")]


def words(given: list[str] | None) -> tuple[str, ...] | None:
    """Split the values of an option at commas; None if the option is not given."""
    if given is None:
        return None
    return tuple(filter(None, (word.strip() for value in given for word in value.split(","))))


def _numbers(given: list[str] | None) -> frozenset[int]:
    """Return the values of `--exclude` as numbers.

    Raises:
        MemorydError: If one is not a number.
    """
    for word in words(given) or ():
        if not (word.isascii() and word.isdecimal()):
            raise MemorydError(f'--exclude: "{word}" is not a number', "for example --exclude 2,5")
    return frozenset(map(int, words(given) or ()))


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """The options that choose stores."""

    paths: Paths = None
    user: User = False
    everything: All = False
    agent: Agent = None
    scope: ScopeOption = None

    @property
    def selection(self) -> "Selection":
        """The choice of stores that the options make.

        Raises:
            MemorydError: If two of them contradict each other.
        """
        from memoryd.runtime import Selection

        if self.paths and (self.user or self.everything):
            raise contradiction("PATH", "--user" if self.user else "--all")
        return Selection(tuple(self.paths or ()), self.user, self.everything, self.agent, self.scope)


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """The options of commands that show changes, ask, and apply them."""

    apply: Apply = False
    diff: ShowDiff = False
    stat: Stat = False
    json: Json = False

    def demand_sense(self) -> None:
        """Refuse options that contradict each other.

        Raises:
            MemorydError: If two options contradict each other; it names them.
        """
        if self.apply and self.diff:
            raise contradiction("--apply", "--diff")
        if self.stat and self.json:
            raise contradiction("--stat", "--json")


@dataclass(frozen=True, slots=True)
class ChoiceOptions:
    """The options that choose among proposed changes."""

    interactive: Interactive = False
    exclude: Exclude = None

    @property
    def excluded(self) -> frozenset[int]:
        """The numbers of the changes to leave out.

        Raises:
            MemorydError: If one is not a number.
        """
        return _numbers(self.exclude)

    def demand_sense(self, how: ChangeOptions) -> None:
        """Refuse options that contradict `--interactive`.

        Raises:
            MemorydError: If two options contradict each other; it names them.
        """
        how.demand_sense()
        given = {"--apply": how.apply, "--diff": how.diff, "--json": how.json, "--exclude": self.exclude}
        for name in (name for name, is_given in given.items() if is_given and self.interactive):
            raise contradiction("-i", name)


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of both `check` and `link-check`."""

    report_format: ReportFormat = "full"
    json: Json = False
    output: Output = None
    statistics: Statistics = False
    select: Select = None
    ignore: Ignore = None
    fail_on: FailOnOption = FailOn.WARNING
    exit_zero: ExitZero = False
    fix: FixOption = False
    unsafe_fixes: UnsafeFixes = False
    diff: DiffOption = False
    stat: Stat = False
    interactive: Interactive = False
    exclude: Exclude = None
    baseline: Baseline = None
    tracked: Tracked = False
    allow_empty: AllowEmpty = False
    no_cache: NoCache = False
    show_info: ShowInfo = False
    quiet: Quiet = False
    verbose: Verbose = False

    @property
    def fails_on(self) -> FailOn:
        """The least level that fails the check."""
        return FailOn.NEVER if self.exit_zero else self.fail_on

    def asked(self, chosen: "Selection", *, external: bool = False, private: bool = False) -> "CheckRequest":
        """Return the stores and rules to check.

        Args:
            chosen: The stores.
            external: Whether to ask servers as well.
            private: Whether to ask hosts of private networks as well.
        """
        select, ignore = words(self.select), words(self.ignore)
        return CheckRequest(
            chosen,
            select,
            ignore,
            self.tracked,
            self.allow_empty,
            self.baseline,
            external,
            private,
            cache=not self.no_cache,
        )

    def printing(self, *, show_files: bool = False) -> "OutputRequest":
        """Return the format and destination of the report.

        Args:
            show_files: Whether to print only the names of the files.
        """
        name = "json" if self.json else self.report_format
        infos = self.show_info or self.verbose or self.fails_on is FailOn.INFO or self.select is not None
        return OutputRequest(name, self.output, self.statistics, show_files, infos, self.quiet, self.verbose)

    def changing(self, *, suppress: bool = False, baseline: bool = False) -> "ChangeRequest":
        """Return the changes to make.

        Args:
            suppress: Whether to write suppression comments.
            baseline: Whether to write the baseline.
        """
        excluded = _numbers(self.exclude)
        return ChangeRequest(
            self.fix, self.unsafe_fixes, self.diff, suppress, baseline, self.stat, self.interactive, excluded
        )
