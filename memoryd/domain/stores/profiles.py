r"""Loading rules of each harness, with source and date.

The two profiles of Claude Code were measured; the others follow their documentation.
"""

from collections.abc import Collection
from dataclasses import replace
from fnmatch import fnmatchcase

from memoryd.domain.text.units import Unit
from memoryd.values import dataclass, regex

_VERSION = regex(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})")
_MARKDOWN = ("*.md",)
_WILDCARD = regex(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Companion:
    """Other files that a harness loads besides the index file.

    Attributes:
        pattern: Pattern of their paths, relative to the store.
        max_units: Most units loaded of each; None where there is no limit.
        newest: Only so many are loaded, the last ones by name; None for all.
    """

    pattern: str
    max_units: int | None
    newest: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    r"""The loading rules of one harness for one kind of memory.

    Attributes:
        name: Stable identifier.
        source: The source of the numbers.
        dated: Date of that source, ISO 8601.
        index_name: File name of the index file, case-exact.
        max_lines: Most lines loaded, split on `\n` only; None where there is no limit.
        max_units: Most units loaded; None where there is no limit.
        unit: The unit of size.
        soft: The share of a limit from which on the harness asks its agent to shorten the file, or None.
        max_total: Most units loaded of all its files together, or None.
        companions: Other files that are loaded.
        strips_front_matter: Leading front matter is removed before anything is counted.
        strips_comments: Block-level HTML comments are removed before anything is counted.
        drops_definitions: Link reference definitions at top level are removed if there are comments.
        cuts_at_line: A text that is over its size is cut at the last line end within it, not inside a line.
        keeps_tail: A text that is over its size loses its middle: half of the limit is loaded of each end.
        measured: The loaded text and the cut are known to the byte, notices included.
        max_bytes: Larger index files are silently not loaded at all, or None.
        files: Patterns of the files of a store; other files in its directory are ignored.
        private_dirs: Directories of a store whose files are not topics.
        separator: The line between two entries; "" if entries are list items and blocks.
        leads: The purpose of the index file is to link to topic files.
        rewrites: memoryd may rewrite it without permission in its configuration.
        places: Patterns of store directories, below the home directory (`~/…`) or in any project.
        signs: Patterns of `DIRECTORY/FILE` or `DIRECTORY/../FILE`: a directory with such a file beside it or
            its index file, or beside dated logs in `memory/`, is a store wherever it is.
    """

    name: str
    source: str
    dated: str
    index_name: str = "MEMORY.md"
    max_lines: int | None = None
    max_units: int | None = None
    unit: Unit = Unit.CHARACTERS
    soft: float | None = None
    max_total: int | None = None
    companions: tuple[Companion, ...] = ()
    strips_front_matter: bool = False
    strips_comments: bool = False
    drops_definitions: bool = False
    cuts_at_line: bool = False
    keeps_tail: bool = False
    measured: bool = False
    max_bytes: int | None = None
    files: tuple[str, ...] = _MARKDOWN
    private_dirs: frozenset[str] = frozenset()
    separator: str = ""
    leads: bool = False
    rewrites: bool = False
    places: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()

    def enters(self, directory: str) -> bool:
        """Return whether a directory of a store can contain files of it, by its relative path and a slash."""
        if self.files == _MARKDOWN:
            return True
        starts = (_WILDCARD.split(pattern, maxsplit=1)[0] for pattern in self.files)
        return any(start.startswith(directory) or directory.startswith(start) for start in starts)

    def owns(self, path: str) -> bool:
        """Return whether a file is one of a store's files, by its path relative to the store."""
        if self.files == _MARKDOWN:  # called for each file at each scan
            is_one = path.endswith(".md")
        else:
            is_one = any(fnmatchcase(path, each) for each in self.files)
        return is_one and not ("/" in path and path.partition("/")[0] in self.private_dirs)


def may_rewrite(profile: Profile, names: Collection[str]) -> bool:
    """Return whether memoryd may rewrite the stores of a profile.

    Args:
        profile: The profile of a store.
        names: Names of profiles that the configuration allows to be rewritten.
    """
    return profile.rewrites or profile.name in names


def rewrite_refusal(profile: Profile) -> str:
    """Return why a store of a profile is not rewritten, as the end of a sentence."""
    return (
        f"memory of {profile.name} is rewritten only where the configuration says so "
        f'(rewrite = ["{profile.name}"])'
    )


CLAUDE_AGENT = Profile(
    name="claude-agent",
    source="Claude Code 2.1.329 to 2.1.332, measured on the wire",
    dated="2026-11-01",
    max_lines=200,
    max_units=25_000,
    unit=Unit.UTF16,
    soft=0.8,
    cuts_at_line=True,
    measured=True,
    leads=True,
    rewrites=True,
)

CLAUDE_AUTO = replace(
    CLAUDE_AGENT,
    name="claude-auto",
    strips_front_matter=True,
    strips_comments=True,
    max_bytes=4 * 1024 * 1024,
    private_dirs=frozenset({"team", "logs", "sessions"}),
)

CLAUDE_STYLE = replace(CLAUDE_AUTO, name="claude-style")
"""Memory in a repository in the style of auto memory, which no harness loads by itself."""

CLAUDE_SHARED = replace(CLAUDE_AGENT, name="claude-shared", leads=False)
"""A board, mailbox or other directory beside agents' stores that no agent is named for: nothing loads it."""

MEASURED_CLIENTS = ("2.1.329", "2.1.332")
"""The first and the last version of Claude Code with which the two profiles above were measured."""

_KEEPS_DEFINITIONS = (2, 1, 330)


def is_measured(client: str) -> bool:
    """Return whether a version of Claude Code is within the measured range."""
    first, last = map(_numbers, MEASURED_CLIENTS)
    return first <= _numbers(client) <= last


def _numbers(version: str) -> tuple[int, ...]:
    """Return the three numbers of a version, or ()."""
    found = _VERSION.match(version)
    return tuple(map(int, found.groups())) if found else ()


def claude_auto(client: str) -> Profile:
    """Return the rules of auto memory for a version of Claude Code, or of the nearest measured one.

    Args:
        client: Version from session records, such as "2.1.332"; "" if unknown.
    """
    if () < _numbers(client) < _KEEPS_DEFINITIONS:
        return replace(CLAUDE_AUTO, drops_definitions=True)
    return CLAUDE_AUTO


OTHERS: tuple[Profile, ...] = (
    Profile(
        name="openclaw",
        source="documentation of OpenClaw; 20,000 and 150,000 before the middle of 2026",
        dated="2026-11-01",
        max_units=12_000,
        max_total=60_000,
        companions=(Companion("memory/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*.md", 12_000, newest=2),),
        files=("MEMORY.md", "memory/*.md"),
        places=(
            "~/.openclaw/workspace",
            "~/.openclaw/workspace-*",
            ".openclaw/workspace",
            ".openclaw/workspace-*",
        ),
        signs=("*/SOUL.md", "*/HEARTBEAT.md", "*/IDENTITY.md", "*/BOOTSTRAP.md"),
    ),
    Profile(
        name="hermes",
        source="documentation of Hermes",
        dated="2026-11-01",
        max_units=2_200,
        companions=(Companion("USER.md", 1_375),),
        separator="§",
        files=("MEMORY.md", "USER.md"),
        places=(
            "~/.hermes/memories",
            "~/.hermes/profiles/*/memories",
            ".hermes/memories",
            ".hermes/profiles/*/memories",
        ),
        signs=("memories/USER.md", "memories/../SOUL.md"),
    ),
    Profile(
        name="qwen",
        source="Qwen Code 0.24.4, measured: front matter and comments count; its warning is not reproduced",
        dated="2026-11-20",
        max_lines=200,
        max_units=25_000,
        unit=Unit.UTF16,
        cuts_at_line=True,
        leads=True,
        places=("~/.qwen/memories", "~/.qwen/projects/*/memory", ".qwen/memories", ".qwen/projects/*/memory"),
    ),
    Profile(
        name="codex",
        source="Codex CLI 0.171.0, measured: loaded with [features] memories = true",
        dated="2026-11-20",
        index_name="memory_summary.md",
        max_units=2_500,
        unit=Unit.TOKENS,
        keeps_tail=True,
        places=("~/.codex/memories", ".codex/memories"),
    ),
    Profile(
        name="gemini",
        source="Gemini CLI 0.61.0, measured: no limit, only the index file",
        dated="2026-11-20",
        files=("MEMORY.md",),
        places=("~/.gemini/tmp/*/memory",),
    ),
    Profile(
        name="vscode",
        source="documentation of VS Code; its directory is virtual: name its place in the configuration",
        dated="2026-11-01",
        max_lines=200,
    ),
    Profile(
        name="letta",
        source="documentation of Letta Code, which names no limit",
        dated="2026-11-01",
        companions=(Companion("system/*.md", None),),
        places=("~/.letta/agents/*/memory",),
    ),
    Profile(
        name="cline",
        source="documentation of Cline, which names no limit",
        dated="2026-11-01",
        companions=(Companion("*.md", None),),
        places=("memory-bank",),
    ),
    Profile(
        name="goose",
        source="documentation of Goose, which names no limit",
        dated="2026-11-01",
        companions=(Companion("*", None),),
        files=("*.md", "*.txt"),
        places=("~/.config/goose/memory", ".goose/memory"),
    ),
)
