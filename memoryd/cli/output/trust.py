"""Paths that were not followed or not used, as text and JSON."""

import os
from collections import Counter
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import short, styled
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.stores.snapshot import Snapshot
    from memoryd.domain.trust import Escape

_MOST = 6  # lines about what could not be used
_FILES = (".md", ".json")


def lines_of(found: "FoundStores", snapshots: "Iterable[Snapshot]") -> list[str]:
    """Return what a person is told: one line a repository, one line for each path that cannot be used."""
    lines = [styled(line, "yellow") for line in _not_followed(found, snapshots)]
    lines += [styled(f"{short(each.path)} {each.reason}", "yellow") for each in found.skipped[:_MOST]]
    more = len(found.skipped) - _MOST
    return lines + [f"{more:,} more: memoryd doctor"] * (more > 0)


def _not_followed(found: "FoundStores", snapshots: "Iterable[Snapshot]") -> "Iterator[str]":
    files: Counter[str] = Counter()
    directories: Counter[str] = Counter()
    for each in found.escapes:
        (files if _is_file(each) else directories)[each.repository] += 1
    for snapshot in snapshots:
        files[snapshot.store.bound] += sum(each.escapes for each in snapshot.unread)
    for repository in sorted(+(files + directories)):
        counts = (
            (directories[repository], "directory", "directories"),
            (files[repository], "file", "files"),
        )
        what = " and ".join(counted(*each) for each in counts if each[0])
        is_one = directories[repository] + files[repository] == 1
        where = from_home(repository)
        verb = "is outside of it and" if is_one else "are outside of it and"
        yield f"{what} named by {where} {verb} not followed: memoryd trust {where}"


def from_home(path: str) -> str:
    """Return a path with `~` for the home directory, as it can be typed anywhere."""
    home = os.path.expanduser("~")
    return f"~{path[len(home) :]}" if path.startswith(f"{home}/") else path


def _is_file(escape: "Escape") -> bool:
    return not escape.source and escape.path.endswith(_FILES)


def as_json(found: "FoundStores") -> dict[str, object]:
    """Return the same for programs."""
    return {
        "not_followed": [
            {"path": each.path, "target": each.target, "repository": each.repository}
            for each in found.escapes
        ],
        "skipped": [{"path": each.path, "reason": each.reason} for each in found.skipped],
    }
