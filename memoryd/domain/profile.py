"""What a harness loads of an index file, as data with source and date."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    r"""The loading rules of one harness for one kind of memory.

    Attributes:
        name: Stable identifier.
        index_name: File name of the index file, case-exact.
        max_lines: Most lines loaded, split on `\n` only.
        max_units: Most UTF-16 units loaded.
        strips_front_matter: Leading front matter is removed before anything is counted.
        strips_comments: Block-level HTML comments are removed before anything is counted.
        max_bytes: Larger index files are silently not loaded at all, or None.
        private_dirs: Directories of a store whose files are not topics.
        source: Where the numbers come from.
        measured: Date of that source, ISO 8601.
    """

    name: str
    index_name: str
    max_lines: int
    max_units: int
    strips_front_matter: bool
    strips_comments: bool
    max_bytes: int | None
    private_dirs: frozenset[str]
    source: str
    measured: str


CLAUDE_AGENT = Profile(
    name="claude-agent",
    index_name="MEMORY.md",
    max_lines=200,
    max_units=25_000,
    strips_front_matter=False,
    strips_comments=False,
    max_bytes=None,
    private_dirs=frozenset(),
    source="Claude Code 2.1.329, measured on the wire",
    measured="2026-11-01",
)

CLAUDE_AUTO = Profile(
    name="claude-auto",
    index_name="MEMORY.md",
    max_lines=200,
    max_units=25_000,
    strips_front_matter=True,
    strips_comments=True,
    max_bytes=4 * 1024 * 1024,
    private_dirs=frozenset({"team", "logs", "sessions"}),
    source="Claude Code 2.1.329, measured on the wire",
    measured="2026-11-01",
)
