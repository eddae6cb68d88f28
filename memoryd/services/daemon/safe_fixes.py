"""Safe fixes beside compaction, where the configuration names some."""

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.domain.checks.selection import Choice, RuleSelection
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.rules import ALL_RULES
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.fix import FixPlan, plan_fixes
from memoryd.services.checks.judge import Terms
from memoryd.services.stores.read_surroundings import Past

COMPACTION = "S001"  # plans with the age of lines


class SafeFixes:
    """The safe fixes of the rules that the configuration names, except S001, which is compaction.

    Args:
        config: The configuration.
        home: The home directory.
        past: What the history remembers of files that are gone.
    """

    def __init__(self, config: Config, home: str, past: Past) -> None:
        self._past = past
        self._chosen = RuleSelection((Choice("", "/", config.daemon.fixes),))
        self._rules = tuple(r for r in ALL_RULES if self._chosen.selects(r) and r.code != COMPACTION)
        self._user = config.choice("", home)
        self._rewrites = frozenset(config.rewrite)

    @property
    def compacts(self) -> bool:
        """Whether compaction is among those that are named."""
        return any(rule.code == COMPACTION and self._chosen.selects(rule) for rule in ALL_RULES)

    def plan(self, store: Store) -> FixPlan | None:
        """What is to be mended in a store; None where its repository, say, leaves all these rules out."""
        if not self._rules:
            return None
        try:
            terms = Terms(self._rules, self._user, Choice("", "/"), past=self._past, git=False)
            examination = Examination(FoundStores((store,)), terms)
        except MemorydError:
            return None
        return plan_fixes(examination.report, [store], cause="mend", unsafe=False, rewrites=self._rewrites)
