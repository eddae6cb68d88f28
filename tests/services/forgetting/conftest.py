from pathlib import Path

import pytest

from memoryd.services.forgetting.purge import OwnFiles


@pytest.fixture
def own(tmp_path: Path) -> OwnFiles:
    state = tmp_path / "own"
    state.mkdir()
    databases = (state / "history.db", state / "index.db", state / "usage.db")
    return OwnFiles(*databases, state / "facts", (state / "urls.json", state / "bug.log"))
