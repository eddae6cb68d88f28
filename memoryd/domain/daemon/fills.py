"""Fill of index files, by project."""

from collections.abc import Iterable

from memoryd.domain.stores.store import Scope, Store
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class Fill:
    """The share of its limits that an index file takes, and the number of entries that are not loaded."""

    used: float
    unseen: int


def project_lines(fills: Iterable[tuple[Store, Fill]]) -> dict[str, str]:
    """Return a line for each project: its fullest index file, and what is not loaded of all of them.

    Stores of directories above a project are its own, too; those of the user belong to none.

    Args:
        fills: Stores, and the fill of their index files.
    """
    here: dict[str, list[Fill]] = {}
    for store, fill in fills:
        if store.scope is not Scope.USER and store.base:
            here.setdefault(store.base, []).append(fill)
    lines = {}
    for base in here:
        around = [base]
        while around[-1].strip("/"):
            around.append(around[-1].rpartition("/")[0] or "/")
        lines[base] = _line([fill for place in around for fill in here.get(place, ())])
    return lines


def _line(fills: list[Fill]) -> str:
    unseen = sum(fill.unseen for fill in fills)
    fullest = max(fill.used for fill in fills)
    return f"memory {fullest * 100:.0f} %" + (f" · {unseen:,} unseen" if unseen else "")
