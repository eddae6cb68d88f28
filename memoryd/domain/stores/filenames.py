"""What the name of a file says of it."""

import re
from collections.abc import Collection

_ABOUT_FILES = re.compile(r"(?:.*/)?_?(?:readme|templates?|example|changelog)(?:\.md|/.*)", re.IGNORECASE)
_LEFT = (
    re.compile(r"(?P<stem>.+)\.sync-conflict-\d{8}-\d{6}(?:-\w+)?(?P<end>\.\w+)"),  # Syncthing
    re.compile(r"(?P<stem>.+) \([^()]*conflicted copy[^()]*\)(?P<end>\.\w+)"),  # Dropbox, Nextcloud
    re.compile(r"(?P<stem>.+) conflicted copy(?: [\w -]*)?(?P<end>\.\w+)"),
    re.compile(r"(?P<stem>.+)(?P<end>\.\w+)\.(?:orig|rej)"),  # merges and patches
    re.compile(r"(?P<stem>.+)(?P<end>\.\w+)~"),
    re.compile(r"#(?P<stem>.+)(?P<end>\.\w+)#"),
    re.compile(r"(?P<stem>.+)(?P<end>\.\w+)\.(?:te?mp|tmp\.\d+\.[0-9a-f]+)"),  # the last are the client's
)
_DATED = re.compile(r"(?:^|/)\d{4}-?\d{2}-?\d{2}(?:\D|$)")
_NUMBERED = re.compile(r"(?P<stem>.+) \(\d{1,3}\)(?P<end>\.\w+)")


def original(name: str, beside: Collection[str]) -> str | None:
    """The name of the file that another one is a copy or remnant of; None where it is no such thing.

    Args:
        name: A file's name.
        beside: The names in its directory: “x (1).md” is a copy only where there is “x.md”.
    """
    numbered = _NUMBERED.fullmatch(name)
    if numbered and numbered["stem"] + numbered["end"] in beside:
        return numbered["stem"] + numbered["end"]
    found = next(filter(None, (pattern.fullmatch(name) for pattern in _LEFT)), None)
    return found["stem"] + found["end"] if found else None


def is_about_files(path: str) -> bool:
    """Whether a file is no memory but says how to write some: a README or a template."""
    return bool(_ABOUT_FILES.fullmatch(path))


def is_dated(path: str) -> bool:
    """Return whether the name of a file begins with a date, as that of a log does."""
    return bool(_DATED.search(path))
