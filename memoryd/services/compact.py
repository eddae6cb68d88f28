"""Plan the compaction of stores."""

from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.adapters import files
from memoryd.domain.compaction import CannotCompactError, compact
from memoryd.domain.edits import Fix, Plan
from memoryd.domain.store import Store


@dataclass(frozen=True, slots=True)
class Compaction:
    """A plan over several stores, and one sentence for each store where there can be none."""

    plan: Plan
    problems: tuple[str, ...]


def plan_compaction(stores: Iterable[Store]) -> Compaction:
    """Plan the compaction of every store that needs it."""
    fixes: list[Fix] = []
    problems = []
    for store in stores:
        try:
            fix = compact(files.snapshot(store))
        except (CannotCompactError, files.UnreadableError) as error:
            problems.append(f"{store.root} is not compacted: {error}")
        else:
            fixes += [fix] if fix else []
    return Compaction(Plan("compact", tuple(fixes)), tuple(problems))
