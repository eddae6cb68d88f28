"""Consent to changes of memory files, asked for once."""

from dataclasses import replace
from typing import TYPE_CHECKING

from memoryd.cli.output import setup
from memoryd.cli.output.progress import waiting
from memoryd.cli.output.stores import history_of
from memoryd.cli.output.terminal import ask, is_terminal, note, short

if TYPE_CHECKING:
    from memoryd.runtime import Runtime
    from memoryd.services.setup.survey import SetupSurvey


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
        note(*setup.lines(look(runtime)))
    if not (yes or ask("May the daemon compact index files over their limit, now and later?")):
        note("The daemon will index, record and report, and change nothing. `memoryd init` asks again.")
        return runtime
    from memoryd.config.edit import set_keys
    from memoryd.runtime import build

    path = runtime.locations.config
    set_keys(path, "enforce", {"default": "compact"})
    note(f'written to {short(str(path))}: [enforce] default = "compact"')
    return replace(runtime, config=build().config)
