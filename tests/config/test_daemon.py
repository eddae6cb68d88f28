from pathlib import Path

from memoryd.config import Config, load
from memoryd.config.daemon import DaemonConfig, Enforce, Enforcement
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.store import Scope, Store


def written(directory: Path, text: str) -> Path:
    path = directory / "config.toml"
    path.write_text(text)
    return path


def test_what_is_enforced_may_differ_by_scope_and_by_path(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[enforce]\nproject = "report"\nauto = "off"\n"~/code/*" = "compact"\n"~/code/app/*" = "off"\n',
    )
    enforce = load(path, {}).enforced

    def word(root: str, scope: Scope) -> Enforce:
        return enforce.of(Store(root, scope, "a", "", CLAUDE_AGENT), "/home/me")

    assert word("/home/me/.claude/agent-memory/a", Scope.USER) is Enforce.COMPACT
    assert word("/srv/app/.claude/agent-memory/a", Scope.PROJECT) is Enforce.REPORT
    assert word("/home/me/.claude/projects/-x/memory", Scope.AUTO) is Enforce.OFF
    assert word("/home/me/code/lib/.claude/agent-memory/a", Scope.PROJECT) is Enforce.COMPACT
    assert (
        word("/home/me/code/app/.claude/agent-memory/a", Scope.PROJECT) is Enforce.OFF
    )  # the longest counts
    assert load(path, {"MEMORYD_ENFORCE": "report"}).enforce == Enforcement(default=Enforce.REPORT)


def test_the_daemon_has_settings_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, '[daemon]\nfixes = ["S001", "L006", "F"]\nmetrics = "~/m.prom"\n')
    assert load(path, {}).daemon == DaemonConfig(fixes=("S001", "L006", "F"), metrics=Path("~/m.prom"))
    assert Config().daemon.fixes == ("S001",)
