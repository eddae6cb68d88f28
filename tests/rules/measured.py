"""How often the rules X are right, on the labelled set and on real memory, beside other scanners.

The others report by file, so each text of the set is a file of its own, and counts as found if anything in
it is reported.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from domain.security.labelled import (
    FOREIGN,
    HIDDEN_CHARACTERS,
    HIDDEN_PASSAGES,
    INNOCENT,
    NEEDED_CHARACTERS,
    PLACEHOLDERS,
    SECRETS,
    SHOWN_PASSAGES,
)
from rules.judged import CORPUS

from memoryd.adapters.security import SCANNERS, scan
from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.checks.rule import context_of
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store
from memoryd.rules.security import secret
from memoryd.rules.security_text import foreign_instructions, hidden_character, hidden_instructions

RULES = (secret, hidden_character, hidden_instructions, foreign_instructions)
MEMORYD = "memoryd"
OTHERS = (*SCANNERS, "detect-secrets")
SETS: Mapping[str, list[str]] = {
    "secrets found": [text for *_, text in SECRETS],
    "hidden text found": [*HIDDEN_CHARACTERS.values(), *HIDDEN_PASSAGES.values()],
    "foreign instructions found": FOREIGN,
    "placeholders reported": PLACEHOLDERS,
    "needed characters and visible text reported": [*NEEDED_CHARACTERS.values(), *SHOWN_PASSAGES.values()],
    "imperative notes reported": INNOCENT,
}
REAL = "files of real memory reported"


def real_texts() -> list[bytes]:
    """The Markdown files of real memory."""
    return [path.read_bytes() for path in sorted(CORPUS.rglob("*.md")) if "_licences" not in path.parts]


def reported(texts: Iterable[bytes]) -> int:
    """In how many texts the rules X find an error or a warning."""
    store = agent_store("/m/.claude/agent-memory/reviewer", user=False)
    contexts = (context_of(Snapshot(store, {"MEMORY.md": parse("MEMORY.md", text)})) for text in texts)
    return sum(
        any(each.level is not Severity.INFO for rule in RULES for each in rule.run(context))
        for context in contexts
    )


def reported_by(name: str) -> Callable[[list[bytes], Path], int]:
    """In how many texts another scanner finds something."""

    def count(texts: list[bytes], directory: Path) -> int:
        if name in SCANNERS:
            return len({each.number for each in scan(name, texts)})
        for number, text in enumerate(texts):
            (directory / f"{number}.md").write_bytes(text)
        command = [shutil.which(name) or name, "scan", "--all-files", "--no-verify", str(directory)]
        done = subprocess.run(command, cwd=directory, capture_output=True, check=True)
        return len(json.loads(done.stdout)["results"])

    return count
