"""The daemon as people run it: a process, what it logs, and what it says of itself."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from support import REPOSITORY, python, wait_for

from memoryd.adapters.daemon.status_file import read_status
from memoryd.config.locations import locate
from memoryd.domain.daemon.state import DaemonStatus
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.stores.profiles import CLAUDE_AGENT


def consent() -> dict[str, str]:
    """The variable by which a daemon may change memory, where no test has configured that."""
    config = locate(os.environ).config
    text = config.read_text() if config.exists() else ""
    return {} if "enforce" in text else {"MEMORYD_ENFORCE": "compact"}


class Service:
    """A running daemon and what it logs."""

    def __init__(self, output: IO[bytes], before: tuple[str, ...] = (), **environment: str) -> None:
        self.output = output
        own = {"MEMORYD_SETTLE": "0.3", "MEMORYD_RESCAN": "0.5", "PYTHONPATH": str(REPOSITORY)}
        own |= consent() | environment
        command = [*before, *python("-m", "memoryd", "run")]
        self.process = subprocess.Popen(command, env=os.environ | own, stderr=output)

    def text(self) -> str:
        return Path(self.output.name).read_text()

    def events(self, name: str = "") -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.text().split("\n")[:-1]]
        return [line for line in lines if name in {"", line["event"]}]

    def wait_for(self, name: str, times: int = 1) -> dict[str, object]:
        wait_for(lambda: len(self.events(name)) >= times or self.process.poll() is not None)
        found = self.events(name)
        assert len(found) >= times, self.text()
        return found[-1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def status(self) -> DaemonStatus | None:
        return read_status(locate(os.environ).lock.with_name("status.json"))

    def wait_for_status(self, condition: Callable[[DaemonStatus], object]) -> DaemonStatus:
        def holds() -> bool:
            status = self.status()
            return status is not None and bool(condition(status))

        try:
            wait_for(holds)
        except AssertionError as error:
            raise AssertionError(f"{self.status()}\n{self.text()}") from error
        status = self.status()
        assert status is not None
        return status


Start = Callable[..., Service]


def memoryd(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = python("-m", "memoryd", *arguments)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def is_whole(root: Path) -> bool:
    return loaded_view((root / "MEMORY.md").read_bytes(), CLAUDE_AGENT).cut_offset is None
