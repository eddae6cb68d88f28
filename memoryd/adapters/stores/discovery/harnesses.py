"""Stores of harnesses other than Claude Code."""

from collections.abc import Iterator
from glob import glob
from pathlib import Path

from memoryd.adapters.stores.discovery.disk import is_dir
from memoryd.adapters.stores.discovery.places import Places
from memoryd.domain.stores.store import Store, harness_store


def user_stores(places: Places) -> Iterator[Store]:
    """Yield the stores below the home directory."""
    for profile in places.profiles:
        for pattern in profile.places:
            if pattern.startswith("~/"):
                for match in sorted(glob(pattern[2:], root_dir=places.home)):
                    yield from _at(places, places.home / match)


def project_stores(places: Places, root: Path) -> Iterator[Store]:
    """Yield the stores of one project, by its root."""
    for profile in places.profiles:
        for pattern in profile.places:
            if not pattern.startswith("~/"):
                for match in sorted(glob(pattern, root_dir=root)):
                    yield from _at(places, root / match)


def _at(places: Places, directory: Path) -> Iterator[Store]:
    store = harness_store(str(directory), str(places.home), places.profiles) if is_dir(directory) else None
    if store:
        yield store
