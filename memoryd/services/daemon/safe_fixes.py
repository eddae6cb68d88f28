"""Safe fixes other than compaction, if configured."""

from memoryd.adapters.history import History
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.domain.checks.selection import Choice, RuleSelection
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.rules import ALL_RULES
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.fix import FixPlan, plan_fixes
from memoryd.services.checks.judge import Terms

COMPACTION = "S001"  # it is planned with the age of lines


class SafeFixes:
    """The safe fixes of the rules that the configuration names, except S001, which is compaction.

    Args:
        config: The configuration.
        home: The home directory.
        history: Has the last content of deleted files.
    """

    def __init__(self, config: Config, home: str, history: History) -> None:
        self._history = history
        self._chosen = RuleSelection((Choice("", "/", config.daemon.fixes),))
        self._rules = tuple(r for r in ALL_RULES if self._chosen.selects(r) and r.code != COMPACTION)
        self._user = config.choice("", home)
        self._rewrites = frozenset(config.rewrite)

    @property
    def compacts(self) -> bool:
        """Return whether compaction is one of the configured fixes."""
        return any(rule.code == COMPACTION and self._chosen.selects(rule) for rule in ALL_RULES)

    def plan(self, store: Store) -> FixPlan | None:
        """Plan the fixes of a store; return None if its settings select none of these rules."""
        if not self._rules:
            return None
        try:
            terms = Terms(self._rules, self._user, Choice("", "/"), history=lambda: self._history, git=False)
            examination = Examination(FoundStores((store,)), terms)
        except MemorydError:
            return None
        return plan_fixes(examination.report, [store], cause="mend", unsafe=False, rewrites=self._rewrites)
