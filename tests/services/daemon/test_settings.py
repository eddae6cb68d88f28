from pathlib import Path

import pytest

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config
from memoryd.config.daemon import DaemonConfig
from memoryd.services.daemon.settings import Setting


def setting(config: Config) -> Setting:
    return Setting(config, lambda: FoundStores(()), "/home/me", Path("/home/me/.claude"))


@pytest.mark.parametrize(
    ("cost", "pause"), [(0.0, 60.0), (0.001, 60.0), (0.03, 300.0), (1.0, 600.0), (100.0, 600.0)]
)
def test_dear_scans_are_seldom(cost: float, pause: float) -> None:
    assert setting(Config()).pause_after_scan(cost) == pytest.approx(pause)


def test_what_is_configured_counts_whatever_a_scan_costs() -> None:
    assert setting(Config(rescan=5.0)).pause_after_scan(100.0) == 5.0


@pytest.mark.parametrize(
    ("path", "where"), [(None, None), ("~/m/x.prom", "/home/me/m/x.prom"), ("/m/x.prom", "/m/x.prom")]
)
def test_numbers_go_below_the_home_of_the_daemon(path: str | None, where: str | None) -> None:
    config = Config(daemon=DaemonConfig(metrics=Path(path) if path else None))
    assert setting(config).metrics == (Path(where) if where else None)


def test_names_of_files_are_those_of_all_harnesses() -> None:
    assert {"MEMORY.md", "USER.md", "*.txt", "*.md"} <= set(setting(Config()).patterns)
