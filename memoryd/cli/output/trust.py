"""Paths not followed or used, as text and JSON."""

import os
from collections import Counter
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import short, styled
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.trust import Escape
    from memoryd.services.status.views import StoreView

_MOST = 6  # lines about unusable paths
_FILES = (".md", ".json")


def lines_of(found: "FoundStores", views: "Iterable[StoreView]") -> list[str]:
    """Return the text: one line per repository, and one for each path that cannot be used."""
    lines = [styled(line, "yellow") for line in _not_followed(found, views)]
    lines += [styled(f"{short(each.path)} {each.reason}", "yellow") for each in found.skipped[:_MOST]]
    more = len(found.skipped) - _MOST
    return lines + [f"{more:,} more: memoryd doctor"] * (more > 0)


def _not_followed(found: "FoundStores", views: "Iterable[StoreView]") -> "Iterator[str]":
    files: Counter[str] = Counter()
    directories: Counter[str] = Counter()
    for each in found.escapes:
        (files if _is_file(each) else directories)[each.repository] += 1
    for view in views:
        files[view.store.bound] += sum(each.escapes for each in view.summary.unread)
    for repository in sorted(+(files + directories)):
        counts = (
            (directories[repository], "directory", "directories"),
            (files[repository], "file", "files"),
        )
        what = " and ".join(counted(*each) for each in counts if each[0])
        is_one = directories[repository] + files[repository] == 1
        where = from_home(repository)
        verb = "is outside it and" if is_one else "are outside it and"
        yield f"{what} named by {where} {verb} not followed: memoryd trust {where}"


def from_home(path: str) -> str:
    """Return a path with `~` for the home directory, valid in any working directory."""
    home = os.path.expanduser("~")
    return f"~{path[len(home) :]}" if path.startswith(f"{home}/") else path


def _is_file(escape: "Escape") -> bool:
    return not escape.source and escape.path.endswith(_FILES)


def as_json(found: "FoundStores") -> dict[str, object]:
    """Return the same as JSON."""
    return {
        "not_followed": [
            {"path": each.path, "target": each.target, "repository": each.repository}
            for each in found.escapes
        ],
        "skipped": [{"path": each.path, "reason": each.reason} for each in found.skipped],
    }
