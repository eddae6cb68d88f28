"""Imports and patterns of the first answers, made ready before."""

from memoryd.domain.hooks import answer
from memoryd.domain.hooks.guard import unseen_losses
from memoryd.domain.hooks.headroom import budget_of_index, change_in_short, crowded_out
from memoryd.domain.hooks.new_secrets import new_secrets
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.store import agent_store
from memoryd.services.hooks.known_notes import LARGEST, KnownNotes, already_there

_LINES = 210  # of an index file that does not fit


def rehearse() -> bytes:
    """Judge a made-up write, so that the first real one does not wait for imports; return the answer."""
    text = "".join(f"- The answer takes {number} s on `staging`: {number} MB.\n" for number in range(_LINES))
    raw = text.encode()
    budget = budget_of_index(raw, CLAUDE_AGENT)
    pairs = KnownNotes(LARGEST).compare(agent_store("/nowhere", user=False), "MEMORY.md", raw, 0)
    told = [
        crowded_out(budget, is_compacted=True),
        change_in_short("MEMORY.md", "- a\n", text, budget),
        already_there(pairs),
        new_secrets(b"", raw),
        *unseen_losses("- a\n", text, ()),
    ]
    return answer.context("PreToolUse", " ".join(filter(None, told)))
