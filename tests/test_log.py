import json
import subprocess
from pathlib import Path

from support import REPOSITORY, python

PROGRAM = """\
import os, sys
import structlog
from memoryd import log
from memoryd.domain.text.escape import json_line, visible_line

log.configure(json_line, visible_line)
structlog.get_logger().info("scanned", path="/a\\n/b", stores=3)
if sys.argv[1:]:
    os.close(2)
    structlog.get_logger().info("scanned", stores=4)
log.let_go()
print("alive")
"""


def run(*arguments: str, stderr: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        python("-c", PROGRAM, *arguments),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=False,
    )


def test_an_event_is_one_line_of_json_with_level_and_time() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (0, "alive\n")
    (line,) = done.stderr.splitlines()
    event = json.loads(line)
    assert event.pop("timestamp").startswith("20")
    assert event == {"path": "/a\n/b", "stores": 3, "event": "scanned", "level": "info"}


def test_a_stream_that_is_gone_ends_nothing() -> None:
    assert run("close").stdout == "alive\n"


def test_a_full_disk_ends_nothing() -> None:
    full = Path("/dev/full")
    with full.open("w") as stream:
        assert run(stderr=stream.fileno()).stdout == "alive\n"
