import plistlib

import pytest
from support import REPOSITORY

from memoryd.domain.service import launch_agent, program_of, strict, unit, writable_paths


def test_the_unit_in_the_repository_is_what_would_be_installed() -> None:
    golden = (REPOSITORY / "systemd" / "memoryd.service").read_text()
    assert unit(["/usr/bin/env", "memoryd"], {}) == golden


@pytest.mark.parametrize(
    "command",
    [
        "/usr/bin/memoryd",
        "/a b/python",
        "/100%/python",
        "/$HOME/python",
        '/it\'s "so"/python',
        "/b\\s/python",
    ],
)
def test_the_program_of_a_unit_can_be_read_again(command: str) -> None:
    assert program_of(unit([command, "-P", "-m", "memoryd"], {"A": "b c"})) == command
    assert program_of(launch_agent([command, "-P"], {}, "/log").decode()) == command


def test_places_that_a_sandbox_leaves_open_can_be_read_again() -> None:
    places = ("/a b/c", '/it\'s "so"', "/100%h", "/tab\there", "/über")
    assert sorted(writable_paths(strict(places))) == sorted(places)


def test_launchd_gets_a_legal_property_list() -> None:
    words = ["/opt/x & y/bin/python", "-P", "-m", "memoryd"]
    read = plistlib.loads(launch_agent(words, {"MEMORYD_SETTLE": "<5m>"}, "/home/log"))
    assert read["ProgramArguments"] == [*words, "run"]
    assert read["EnvironmentVariables"]["MEMORYD_SETTLE"] == "<5m>"
    assert read["KeepAlive"] == {"SuccessfulExit": False}
    assert (read["RunAtLoad"], read["Umask"], read["StandardErrorPath"]) == (True, 0o077, "/home/log")
