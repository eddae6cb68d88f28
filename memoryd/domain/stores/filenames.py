"""Files recognized by name: READMEs, templates, copies, logs."""

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
    re.compile(r"(?P<stem>.+)(?P<end>\.\w+)\.(?:te?mp|tmp\.\d+\.[0-9a-f]+)"),  # the last form is the client's
)
_DATED = re.compile(r"(?:^|/)\d{4}-?\d{2}-?\d{2}(?:\D|$)")
_NUMBERED = re.compile(r"(?P<stem>.+) \(\d{1,3}\)(?P<end>\.\w+)")


def original(name: str, beside: Collection[str]) -> str | None:
    """Return the name of the file that another one is a copy or remnant of; None if it is neither.

    Args:
        name: A file's name.
        beside: The names in its directory: “x (1).md” is a copy only if “x.md” exists.
    """
    numbered = _NUMBERED.fullmatch(name)
    if numbered and numbered["stem"] + numbered["end"] in beside:
        return numbered["stem"] + numbered["end"]
    found = next(filter(None, (pattern.fullmatch(name) for pattern in _LEFT)), None)
    return found["stem"] + found["end"] if found else None


def is_about_files(path: str) -> bool:
    """Return whether a file explains memory and is none itself: a README or a template."""
    return bool(_ABOUT_FILES.fullmatch(path))


def is_dated(path: str) -> bool:
    """Return whether the name of a file begins with a date, like that of a log."""
    return bool(_DATED.search(path))
