"""Checks of links out of stores, trust, and unusable files."""

import os
from collections.abc import Iterable, Iterator

from memoryd import beneath
from memoryd.adapters.trust import read_trusted
from memoryd.domain.doctor import Precondition, bad, good, weak
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.trust import Escape
from memoryd.errors import MemorydError
from memoryd.services.doctor.case import Case, named


def of_trust(case: Case) -> Iterator[Precondition]:
    """Yield what was not followed or used, and what is followed because a person decided so."""
    for skipped in case.found.skipped:
        yield weak("skipped", f"{skipped.path} {skipped.reason}", "correct or remove it")
    yield from _escapes(case.found.escapes)
    yield from _ledger(case)
    if followed := sorted(_followed(case.found.stores)):
        yield good("links", f"links followed in your own memory: {named(followed)}")


def _escapes(escapes: Iterable[Escape]) -> Iterator[Precondition]:
    by_repository: dict[str, list[str]] = {}
    for each in escapes:
        by_repository.setdefault(each.repository, []).append(f"{each.path} → {each.target}")
    for repository, paths in sorted(by_repository.items()):
        yield weak(
            "escapes",
            f"{repository} names paths outside itself, which are not followed: {named(paths)}",
            f"remove them or, if you trust that repository: memoryd trust {repository}",
        )


def _ledger(case: Case) -> Iterator[Precondition]:
    try:
        trusted = read_trusted(case.locations.trusted)
    except MemorydError as error:
        yield bad("trust", error.message, error.hint)
        return
    here = [each.path for each in trusted if _device(each.path) == each.device]
    others = [each.path for each in trusted if _device(each.path) != each.device]
    if others:
        yield weak(
            "trust",
            f"no longer trusted, because deleted or on another device: {named(others)}",
            "`memoryd trust` it again, or `memoryd untrust` it",
        )
    if here:
        yield good("trust", f"trusted to name paths outside themselves: {named(here)}")


def _device(path: str) -> int | None:
    try:
        return os.stat(path, follow_symlinks=False).st_dev
    except (OSError, ValueError):
        return None


def _followed(stores: Iterable[Store]) -> Iterator[str]:
    """Yield the links of stores of user and auto scope to directories and files elsewhere."""
    for store in stores:
        if store.scope not in {Scope.USER, Scope.AUTO} or store.bound != beneath.ANYWHERE:
            continue
        real = os.path.realpath(store.root)
        if real != os.path.join(os.path.realpath(os.path.dirname(store.root)), os.path.basename(store.root)):
            yield f"{store.root} → {real}"
        for directory, entries in beneath.walk(real):
            for entry in entries:
                target = os.path.realpath(entry.path) if entry.is_symlink() else real
                if not beneath.is_within(target, real) and store.profile.owns(entry.path[len(real) + 1 :]):
                    yield f"{directory}/{entry.name} → {target}"
