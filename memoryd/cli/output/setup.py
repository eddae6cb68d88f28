"""Findings before the setup, and the commands to type next."""

from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import broken, short, styled
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memoryd.domain.stores.store import Store
    from memoryd.services.setup.survey import Overflow, SetupSurvey

_MOST = 8  # index files over their limit that are named
_WIDTH = 24  # of a command in a list
PROMISE = "No line is lost, and `memoryd undo` reverses every compaction."


def lines(survey: "SetupSurvey") -> list[str]:
    """Return what was found, which entries are unseen, and what a compaction would change."""
    stores = counted(len(survey.stores), "memory store", "memory stores")
    scopes = ", ".join(f"{count} {scope}" for scope, count in survey.scopes.items())
    found = [f"{stores} found{f' ({scopes})' if scopes else ''}."]
    over = survey.overflows
    if not over:
        return [*found, "Every agent sees all of its memory today."] if survey.stores else found
    which = f"{len(over)} of them {'is' if len(over) == 1 else 'are'} over the limit"
    unseen = counted(survey.unseen, "entry is", "entries are")
    found += [styled(f"{which}: {unseen} not seen by the agent.", "red"), "", "A compaction would do this:"]
    for each in over[:_MOST]:
        found += broken(f"  {_name(each, over)}: {each.outcome}", "    ")
    if len(over) > _MOST:
        found.append(f"  … and {len(over) - _MOST} more: memoryd compact --all --diff")
    return [*found, PROMISE]


def _name(overflow: "Overflow", over: "Sequence[Overflow]") -> str:
    store = overflow.store
    is_alone = sum(each.store.agent == store.agent for each in over) == 1
    return f"{store.agent} ({store.scope})" if is_alone else short(store.root)


def next_lines(unseen: "Sequence[tuple[Store, int]]", *, found: bool) -> list[str]:
    """Return what a person who has set up nothing can type next.

    Args:
        unseen: Stores with the number of their entries that the agent does not see, the worst first.
        found: Whether there are stores at all.
    """
    steps = []
    if unseen:
        store, number = unseen[0]
        what = counted(number, "entry", "entries")
        steps.append((f"memoryd show {store.agent}", f"the {what} that {store.agent} does not see"))
    if found:
        steps.append(("memoryd check --all", "what else is wrong, and what can be fixed"))
    steps += [
        ("memoryd init", "set up; asks before it changes anything"),
        ("memoryd run --sample", "try it on sample memory, apart from yours"),
    ]
    width = max(_WIDTH, *(len(command) for command, _ in steps))
    rows = [f"  {styled(command, 'bold')}{' ' * (width - len(command))}  {what}" for command, what in steps]
    return ["", "memoryd is not set up yet and has changed nothing. Next:", *rows]
