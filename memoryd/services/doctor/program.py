"""Checks of the program and its configuration."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from glob import glob

from memoryd import __version__
from memoryd.adapters.doctor.sqlite import has_full_text
from memoryd.adapters.git.process import has_git
from memoryd.config import variables
from memoryd.domain.doctor import Precondition, bad, good, weak
from memoryd.domain.stores.profiles import MEASURED_CLIENTS, is_measured
from memoryd.services.doctor.case import Case, named
from memoryd.services.service import metrics_directory

_TESTED_SQLITE = (3, 40)  # the oldest version


def of_program(case: Case) -> Iterator[Precondition]:
    """Check Python, SQLite, git and the configuration."""
    yield good("program", f"memoryd {__version__}, Python {platform.python_version()}")
    yield _sqlite()
    yield (
        good("git", "git is installed")
        if has_git()
        else weak(
            "git",
            "git is not installed: ignored files, authors and ages of lines, and renames are not known",
            "install git",
        )
    )
    yield from _client(case)
    yield _configuration(case)
    yield from _variables()
    yield from _projects(case)
    yield from _metrics(case)


def _sqlite() -> Precondition:
    version = sqlite3.sqlite_version
    if not has_full_text():
        return bad(
            "sqlite", f"SQLite {version} has no full-text search (FTS5)", "use a Python whose SQLite has it"
        )
    if sqlite3.sqlite_version_info < _TESTED_SQLITE:
        return weak(
            "sqlite",
            f"SQLite {version} is older than the versions memoryd is tested with",
            "use a newer Python",
        )
    return good("sqlite", f"SQLite {version} with FTS5")


def _client(case: Case) -> Iterator[Precondition]:
    """Check whether the loading rules were measured with the client that is used here."""
    first, last = MEASURED_CLIENTS
    measured = f"loading rules were measured with Claude Code {first} to {last}"
    if case.client and is_measured(case.client):
        yield good("client", f"{measured}; this machine runs {case.client}")
    elif case.client:
        yield weak(
            "client",
            f"{measured}; this machine runs {case.client}, so the nearest known rules are used",
            "compare what your agent reports as loaded with `memoryd show AGENT --loaded`",
        )


def _configuration(case: Case) -> Precondition:
    if case.error is not None:
        hint = case.error.hint or "fix it"
        return bad("configuration", case.error.message, f"{hint}; until then memoryd does not run")
    path = case.locations.config
    return good("configuration", f"{path} is valid" if path.exists() else f"no {path}: the defaults are used")


def _variables() -> Iterator[Precondition]:
    given = {name for name, value in os.environ.items() if name.startswith("MEMORYD_") and value}
    unknown = given - variables()
    if given - unknown:
        yield good("variables", f"set in this shell: {', '.join(sorted(given - unknown))}")
    if unknown:
        yield weak(
            "variables",
            f"memoryd has no variable {', '.join(sorted(unknown))}",
            f"unset them; memoryd reads {', '.join(sorted(variables()))}",
        )


def _projects(case: Case) -> Iterator[Precondition]:
    """Check the patterns of `projects`."""
    wrong = [pattern for pattern in case.config.projects if not pattern.startswith(("/", "~/"))]
    if wrong:
        yield weak(
            "projects", f"begins with neither / nor ~/: {named(wrong)}", "write it as an absolute path"
        )
    idle = [
        pattern
        for pattern in case.config.projects
        if pattern not in wrong and not any(map(os.path.isdir, glob(os.path.expanduser(pattern))))
    ]
    if idle:
        yield weak("projects", f"no directory matches {named(idle)}", "fix `projects` in the configuration")


def _metrics(case: Case) -> Iterator[Precondition]:
    place = metrics_directory(case.config)
    if place is not None and not os.access(place, os.W_OK | os.X_OK):
        yield weak("metrics", f"metrics for Prometheus cannot be written to {place}", "make it writable")
