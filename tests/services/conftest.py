"""Daemons that end with their test, and conditions of others."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from services.daemons import Service, Start
from support import write_tree


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    services: list[Service] = []
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def start(*before: str, until: str = "ready", **environment: str) -> Service:
        output = (tmp_path / f"log{len(services)}").open("wb")
        services.append(Service(output, before, **environment))
        services[-1].wait_for(until)
        return services[-1]

    yield start
    for service in services:
        if service.process.poll() is None:
            assert service.stop() == 0, service.text()
        service.output.close()


@pytest.fixture
def container(home: Path) -> Path:
    return write_tree(home / ".claude" / "agent-memory", {})


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed just now may be kept: a test waits for no clock."""
    monkeypatch.setattr("memoryd.domain.stores.listing.RACY_NS", 0)


@pytest.fixture(scope="module")
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)
