"""Every test runs with an empty home of its own; touching the real one fails."""

import os
import signal
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support import collect_measured, measured

for _name, _examples in (("memoryd", 50), ("thorough", 500)):
    settings.register_profile(
        _name,
        max_examples=_examples,
        deadline=None,  # a deadline is a wall clock
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
settings.load_profile("memoryd")

REPOSITORY = Path(__file__).parents[1]
_LONG_RUN = 1000  # tests
_REAL_HOME = os.path.expanduser("~")
_FORBIDDEN = tuple(
    os.path.join(_REAL_HOME, name)
    for name in (".claude", ".config/memoryd", ".cache/memoryd", ".local/state/memoryd")
)


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"open", "os.scandir", "os.listdir", "os.mkdir"} and str(arguments[0]).startswith(_FORBIDDEN):
        raise AssertionError(f"a test touched the real home: {event} {arguments[0]}")


sys.addaudithook(_guard)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a shell; children inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Use one worker more than there are cores: tests of the daemon and of locks mostly wait."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage in every third test of a long run: it costs half of what the test costs itself."""
    if len(items) > _LONG_RUN:
        for item in items:
            if zlib.crc32(item.nodeid.encode()) % 3:
                item.add_marker(pytest.mark.no_cover)


@pytest.fixture(autouse=True)
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """An empty home directory, for this process and all that it starts."""
    directory = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("MEMORYD_", "XDG_", "CLAUDE_", "GIT_")):
            monkeypatch.delenv(name)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # leads to the real user manager
    monkeypatch.setenv("HOME", str(directory))
    runtime = tmp_path_factory.mktemp("run")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # would name another file for the data
    if not request.node.get_closest_marker("no_cover"):
        for name, value in measured(runtime / "memoryd").items():
            monkeypatch.setenv(name, value)
    yield directory
    collect_measured()
