"""Content of the report, for the page and for JSON."""

from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class UnseenEntry:
    """An entry of an index file that the agent never sees.

    Attributes:
        line: Its first line in the file, from 1.
        text: Its first line without markup.
    """

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding of a rule.

    Attributes:
        code: Code of the rule.
        name: Name of the rule.
        level: `error` or `warning`.
        path: Path of the file, relative to the store; absolute for an agent definition.
        line: Line, from 1.
        message: The sentence of the rule.
    """

    code: str
    name: str
    level: str
    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class NotePlace:
    """A note in a file of the store.

    Attributes:
        path: Path of the file, relative to the store.
        line: First line of the note, from 1.
        text: The note, shortened.
    """

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SimilarNotes:
    """Two notes that repeat or contradict each other.

    Attributes:
        verdict: `same`, `near` or `contradiction`.
        one: The first note.
        other: The second note.
        message: The sentence of the rule.
    """

    verdict: str
    one: NotePlace
    other: NotePlace
    message: str


@dataclass(frozen=True, slots=True)
class FillPoint:
    """Fill of an index file at a moment.

    Attributes:
        time: Seconds since the epoch.
        used: Highest fraction of all limits.
    """

    time: float
    used: float


@dataclass(frozen=True, slots=True)
class Writes:
    """Files that one writer wrote on a day.

    Attributes:
        day: The day, as `2026-01-31`.
        actor: `agent`, `memoryd`, `daemon`, `git` or `other`.
        files: Number of versions of files.
    """

    day: str
    actor: str
    files: int


@dataclass(frozen=True, slots=True)
class MovedLines:
    """Lines that a compaction added to a file.

    Attributes:
        path: Path of the file, relative to the store.
        lines: Number of lines.
    """

    path: str
    lines: int


@dataclass(frozen=True, slots=True)
class Compaction:
    """A compaction of a store.

    Attributes:
        operation: Number of the operation.
        time: Its start, in seconds since the epoch.
        outcome: What was and what is, in one sentence without a final stop.
        is_undone: Whether it was undone.
        moved: The files that got the text.
    """

    operation: int
    time: float
    outcome: str
    is_undone: bool
    moved: tuple[MovedLines, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A file of a store, and its links.

    Attributes:
        path: Path relative to the store.
        standing: `index`, `seen`, `beyond the cut` or `not reached`.
        links: Numbers of the files that it links to, by their place in the list.
        broken: Destinations of its broken links.
    """

    path: str
    standing: str
    links: tuple[int, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of a store's memory; all tokens are estimates.

    Attributes:
        starts: How often its index file was loaded in the period.
        tokens_per_start: Tokens of what is loaded of it now.
        tokens_per_day: Tokens of all loads.
        older_topics: Number of topic files older than the period.
        unread: Number of those that no tool read.
        saved: Tokens that compactions have saved so far.
    """

    starts: int
    tokens_per_start: int
    tokens_per_day: int
    older_topics: int
    unread: int
    saved: int


@dataclass(frozen=True, slots=True)
class StoreReport:
    """One store.

    Attributes:
        agent: Name of the agent, or of the project of auto memory.
        scope: Its scope.
        store: Absolute path of the store.
        index_name: Name of the index file.
        has_index: Whether the index file exists.
        lines: Counted lines of the index file.
        units: Its size, in the unit of the limit.
        unit: The unit.
        limit_lines: Most lines that are loaded; None without a limit.
        limit_units: Most units that are loaded.
        used: Highest fraction of all limits.
        cut_line: First line that is not loaded, or None.
        files: Number of files.
        errors: Number of findings of that level.
        warnings: The same.
        changed: Time of the newest file, in seconds since the epoch; None in an empty store.
        unseen: The entries that the agent never sees.
        trend: Fill of the index file over the period, the oldest point first.
        writes: Written files by day and writer.
        cost: Its cost in tokens; None if it is not known.
        is_detailed: Whether what follows was looked up.
        findings: The findings.
        similar: Repeated and contradicting notes.
        topics: The files and their links.
        compactions: The compactions of the period, the newest first.
    """

    agent: str
    scope: str
    store: str
    index_name: str
    has_index: bool
    lines: int
    units: int
    unit: str
    limit_lines: int | None
    limit_units: int | None
    used: float
    cut_line: int | None
    files: int
    errors: int
    warnings: int
    changed: float | None
    unseen: tuple[UnseenEntry, ...]
    trend: tuple[FillPoint, ...]
    writes: tuple[Writes, ...]
    cost: Cost | None = None
    is_detailed: bool = False
    findings: tuple[ReportedFinding, ...] = ()
    similar: tuple[SimilarNotes, ...] = ()
    topics: tuple[Topic, ...] = ()
    compactions: tuple[Compaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The report on some stores.

    Attributes:
        made: Time at which it was made, in seconds since the epoch.
        since: Start of its period, in seconds since the epoch.
        is_redacted: Whether names, paths and texts were left out.
        has_history: Whether the history could be read.
        stores: The stores, those with most problems first.
        definitions: Findings in agent definitions.
    """

    made: float
    since: float
    is_redacted: bool
    has_history: bool
    stores: tuple[StoreReport, ...]
    definitions: tuple[ReportedFinding, ...] = ()
