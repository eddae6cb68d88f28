"""Files recognized by name: READMEs, templates, logs."""

import re

_ABOUT_FILES = re.compile(r"(?:.*/)?_?(?:readme|templates?|example|changelog)(?:\.md|/.*)", re.IGNORECASE)
_DATED = re.compile(r"(?:^|/)\d{4}-?\d{2}-?\d{2}(?:\D|$)")


def is_about_files(path: str) -> bool:
    """Return whether a file explains memory and is none itself: a README or a template."""
    return bool(_ABOUT_FILES.fullmatch(path))


def is_dated(path: str) -> bool:
    """Return whether the name of a file begins with a date, like that of a log."""
    return bool(_DATED.search(path))
