"""What the daemon costs: idle, at the start, and until a write is indexed.

`pytest -m slow -s tests/benchmarks/test_daemon_idle.py` prints the figures.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import REPOSITORY, python, unmeasured, wait_for

from memoryd.adapters.daemon.status_file import read_status
from memoryd.config.locations import locate
from memoryd.domain.daemon.state import DaemonStatus

STORES = 1_000
FILES = 10  # of a store
IDLE = 180  # seconds
MOST_IDLE = 0.0005  # of a core
MOST_MEMORY = 60 * 1024  # KiB
WRITES = 200
MOST_LATENCY = 0.1  # seconds beyond the debounce, of 99 in 100 writes
DEBOUNCE = 0.5
SLOWER_START = 2.0  # than a cold scan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="there is no /proc here"),
]


def grow(home: Path, stores: int = STORES, files: int = FILES) -> Path:
    """Stores of one user with so many files each."""
    container = home / ".claude" / "agent-memory"
    for number in range(stores):
        root = container / f"agent-{number}"
        root.mkdir(parents=True)
        topics = [f"topic-{topic}" for topic in range(files - 1)]
        (root / "MEMORY.md").write_text("".join(f"- [{name}]({name}.md) of {number}\n" for name in topics))
        for name in topics:
            (root / f"{name}.md").write_text(f"# {name}\n\n" + f"A fact on {name} of {number}.\n" * 8)
    long_ago = time.time() - 3600
    for path in container.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    return container


@contextmanager
def daemon(tmp_path: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            python("-m", "memoryd", "run"),
            env=unmeasured() | {"PYTHONPATH": str(REPOSITORY)} | environment,
            cwd=tmp_path,
            stderr=log,
        )
        try:
            wait_for(lambda: b'"ready"' in (tmp_path / "log").read_bytes() or process.poll(), 120)
            assert process.poll() is None, (tmp_path / "log").read_text()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def seconds_used(pid: int) -> float:
    """CPU time of a process, by the scheduler: exact, unlike the ticks of `stat`."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def field(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def status() -> DaemonStatus:
    found = read_status(locate(os.environ).lock.with_name("status.json"))
    assert found is not None
    return found


def test_idle_it_costs_next_to_nothing(home: Path, tmp_path: Path) -> None:
    grow(home)
    with daemon(tmp_path) as process:
        assert status().files == STORES * FILES
        time.sleep(75)  # what was too fresh at the start to be trusted is read once more
        before, begun, memory = seconds_used(process.pid), time.monotonic(), field(process.pid, "VmRSS")
        time.sleep(IDLE)
        share = (seconds_used(process.pid) - before) / (time.monotonic() - begun)
        peak, after, threads = (field(process.pid, name) for name in ("VmHWM", "VmRSS", "Threads"))
    sys.stdout.write(
        f"\n{STORES} stores, {STORES * FILES} files: idle {share:.4%} of a core, {memory / 1024:.0f} MB, "
        f"after {IDLE} s {after / 1024:.0f} MB, at the peak {peak / 1024:.0f} MB, {threads} threads\n"
    )
    assert share < MOST_IDLE
    assert after < MOST_MEMORY


def test_the_start_takes_little_longer_than_a_cold_scan(home: Path, tmp_path: Path) -> None:
    grow(home)
    environment = unmeasured() | {"PYTHONPATH": str(REPOSITORY)}
    scans, starts = [], []
    for turn in range(3):
        databases = {
            "MEMORYD_CACHE_DIR": str(tmp_path / f"cache{turn}"),
            "MEMORYD_STATE_DIR": str(tmp_path / f"state{turn}"),
        }
        begun = time.monotonic()
        subprocess.run(
            python("-m", "memoryd", "search", "--json", "fact"),
            env=environment | databases,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        scans.append(time.monotonic() - begun)
        own = {name: f"{value}-d" for name, value in databases.items()}
        begun = time.monotonic()
        with daemon(tmp_path, **own):
            starts.append(time.monotonic() - begun)
    scan, start = statistics.median(scans), statistics.median(starts)
    sys.stdout.write(f"\n{STORES * FILES} files: cold scan {scan:.2f} s, start to ready {start:.2f} s\n")
    assert start < SLOWER_START * scan


def test_a_write_is_soon_indexed(home: Path, tmp_path: Path) -> None:
    container = grow(home)
    latencies = []
    with daemon(tmp_path, MEMORYD_SETTLE="1h"), (tmp_path / "log").open("rb") as log:
        log.seek(0, os.SEEK_END)
        for number in range(WRITES):
            path = container / f"agent-{number * 4}" / "topic-3.md"
            path.write_text(f"# Changed\n\nFor the {number}th time.\n")
            written = time.monotonic()
            while f'agent-{number * 4}"'.encode() not in log.readline():
                time.sleep(0.001)
                assert time.monotonic() < written + 20
            latencies.append(time.monotonic() - written - DEBOUNCE)
    p50, p99 = statistics.median(latencies), sorted(latencies)[int(0.99 * len(latencies))]
    sys.stdout.write(
        f"\nwrite to indexed beyond the debounce: p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms\n"
    )
    assert p99 < MOST_LATENCY
