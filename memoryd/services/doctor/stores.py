"""Checks of the stores: access, nesting and leftovers."""

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from memoryd import private
from memoryd.adapters import edits
from memoryd.adapters.daemon.prompt import running_pid
from memoryd.adapters.doctor.sqlite import rows_of
from memoryd.domain.doctor import Precondition, bad, good, weak
from memoryd.domain.edits.plan import FileChange
from memoryd.domain.stores.profiles import may_rewrite
from memoryd.domain.stores.store import Store
from memoryd.domain.text.phrases import counted
from memoryd.errors import RefusedError
from memoryd.services.doctor.case import Case, named

_AT_WORK = 120.0  # seconds: a running daemon leaves no file for longer


def of_stores(case: Case) -> Iterator[Precondition]:
    """Check every known store."""
    stores = case.found.stores
    claude = case.locations.claude
    if claude.exists() and not os.access(claude, os.R_OK | os.X_OK):
        yield bad("stores", f"{claude} cannot be read", f"chmod u+rx {claude}")
    if not stores:
        yield weak(
            "stores",
            "no memory store is known",
            "let an agent with `memory:` work, or name your repositories in `projects` of the configuration",
        )
        return
    scopes = Counter(store.scope for store in stores)
    how = ", ".join(f"{number:,} {scope}" for scope, number in sorted(scopes.items()))
    yield good("stores", f"{counted(len(stores), 'store', 'stores')} known: {how}")
    yield from _access(case)
    yield from _nested(stores)
    yield from _leftovers(case)
    yield from _two_names(case)


def _access(case: Case) -> Iterator[Precondition]:
    stores, allowed = case.found.stores, case.config.rewrite
    closed = {store.root for store in stores if not os.access(store.root, os.R_OK | os.X_OK)}
    rewritable = [store for store in stores if may_rewrite(store.profile, allowed)]
    fixed = {store.root for store in rewritable if not os.access(store.root, os.W_OK)} - closed
    refused = defaultdict(list)
    for store in rewritable:
        if store.root not in closed | fixed and (reason := _refusal(store)):
            refused[reason].append(f"{store.root}/{store.profile.index_name}")
    if closed:
        yield bad("access", f"cannot be read: {named(closed)}", "give yourself read permission (chmod u+rx)")
    if fixed:
        yield weak(
            "access",
            f"cannot be written to, so nothing is fixed there: {named(fixed)}",
            "chmod u+w, or remount",
        )
    for reason, paths in sorted(refused.items()):
        yield weak(
            "access",
            f"never rewritten, since {reason}: {named(paths)}",
            "fix that, or leave it: it is still read and indexed",
        )
    if not closed and not fixed and not refused:
        yield good("access", "all can be read, and written if memoryd may")


def _refusal(store: Store) -> str | None:
    """Return why the index file of a store is never rewritten."""
    path = f"{store.root}/{store.profile.index_name}"
    if not os.path.lexists(path):
        return None
    try:
        edits.refuse(FileChange(store.root, path, b"", b""), any_content=True)
    except RefusedError as error:
        return error.message.partition(" is not rewritten: ")[2]
    return None


def _nested(stores: Iterable[Store]) -> Iterator[Precondition]:
    roots = {os.path.realpath(store.root): store.root for store in stores}
    inner = [
        f"{root} in {roots[above]}"
        for real, root in roots.items()
        if (above := next((parent for parent in _parents(real) if parent in roots), None))
    ]
    if inner:
        yield weak(
            "nested", f"one store is in another, so its files count for both: {named(inner)}", "move it"
        )


def _parents(path: str) -> Iterator[str]:
    while (above := os.path.dirname(path)) != path:
        yield above
        path = above


def _leftovers(case: Case) -> Iterator[Precondition]:
    """Check for temporary files that an interrupted write left."""
    left = [path for store in case.found.stores for path, _, _ in edits.leftovers(store.root)]
    running = running_pid(case.locations.lock) is not None
    old = [path for path in left if not running or _age(path) > _AT_WORK]
    if not old:
        yield good("leftovers", "nothing was left behind in the stores")
    elif running:
        yield weak(
            "leftovers", f"left beside their files: {named(old)}", "a program may still have them open"
        )
    else:
        yield weak(
            "leftovers",
            f"left when a write was interrupted: {named(old)}",
            "the daemon settles them when it starts: `memoryd service start` or `memoryd run`",
        )


def _age(path: str) -> float:
    try:
        return time.time() - os.lstat(path).st_ctime
    except OSError:
        return 0.0


def _two_names(case: Case) -> Iterator[Precondition]:
    """Check for stores whose history is in two parts, because they had different paths."""
    if not private.may_exist(case.locations.history):
        return
    try:
        rows = rows_of(case.locations.history, "SELECT DISTINCT root FROM versions")
    except Exception:  # noqa: BLE001  # a damaged history is reported elsewhere
        return
    places = defaultdict(set)
    for (raw,) in rows:
        root = os.fsdecode(raw) if isinstance(raw, bytes) else str(raw)
        if os.path.isdir(root):
            places[os.path.realpath(root)].add(root)
    for names in places.values():
        if len(names) > 1:
            yield weak(
                "names",
                f"one store has {len(names)} paths, each with its own history: {named(names)}",
                "use only one of them",
            )
