"""Findings before the setup, and the commands to type next."""

from dataclasses import replace
from typing import TYPE_CHECKING

from memoryd.cli.output.progress import waiting
from memoryd.cli.output.stores import history_of
from memoryd.cli.output.terminal import ask, broken, is_terminal, note, short, styled
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime
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


def look(runtime: "Runtime") -> "SetupSurvey":
    """Return all stores, and what a compaction would change; nothing is changed."""
    from memoryd.services.setup.survey import survey_setup

    with waiting("looking at all memory"), history_of(runtime) as history:
        return survey_setup(runtime.discover().stores, history, frozenset(runtime.config.rewrite))


def ask_once(runtime: "Runtime", *, yes: bool) -> "Runtime":
    """Announce what the daemon would change, and ask whether it may, unless that was decided before.

    A yes is written to the configuration. Without it the daemon changes nothing.

    Args:
        runtime: The runtime of this command.
        yes: The answer is yes, as an option says.

    Returns:
        The runtime with the configuration as it is now.

    Raises:
        ConfigError: If the answer cannot be written.
    """
    if runtime.config.enforce is not None or not (yes or is_terminal()):
        return runtime
    if is_terminal():
        note(*lines(look(runtime)))
    if not (yes or ask("May the daemon compact index files over their limit, now and later?")):
        note("The daemon will index, record and report, and change nothing. `memoryd init` asks again.")
        return runtime
    from memoryd.config.edit import set_keys
    from memoryd.runtime import build

    path = runtime.locations.config
    set_keys(path, "enforce", {"default": "compact"})
    note(f'written to {short(str(path))}: [enforce] default = "compact"')
    return replace(runtime, config=build().config)
