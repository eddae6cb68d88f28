import os
from pathlib import Path

import pytest

from memoryd.config.locations import locate
from memoryd.session import runtime_directory


@pytest.mark.parametrize(
    "environment",
    [
        {"MEMORYD_RUNTIME_DIR": "/run/own"},
        {"MEMORYD_RUNTIME_DIR": "~/own", "XDG_RUNTIME_DIR": "/run/other"},
        {"MEMORYD_RUNTIME_DIR": "own/../run"},
        {"XDG_RUNTIME_DIR": "/run/session"},
        {"XDG_RUNTIME_DIR": "session"},
        {},
    ],
)
def test_the_quick_way_finds_the_directory_of_the_locations(environment: dict[str, str]) -> None:
    found = runtime_directory(environment)
    if found is None:
        assert not environment  # then the state directory is used, which takes longer to find
        assert not os.path.isdir(f"/run/user/{os.getuid()}")
    else:
        assert Path(os.path.normpath(found)) == Path(os.path.normpath(locate(environment).lock.parent))
