import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import REPOSITORY, landlock_version, python

PROGRAM = """
import os, socket, subprocess, sys
from memoryd.adapters.daemon.landlock import confine

inside, outside = sys.argv[1:]
print(confine([inside, inside + "/missing"]))

def attempt(name, act):
    try:
        act()
    except OSError as error:
        print(f"{name}: {error.strerror}")
    else:
        print(f"{name}: done")

def write(path):
    with open(path, "w") as file:
        file.write("x")

os.chdir(inside)
attempt("write", lambda: write("a"))
attempt("truncate", lambda: os.truncate("a", 0))
attempt("directory", lambda: os.mkdir("d"))
attempt("move", lambda: os.rename("a", "d/a"))
attempt("remove", lambda: os.unlink("d/a"))
attempt("null", lambda: write(os.devnull))
attempt("read outside", lambda: os.listdir(outside))
attempt("write outside", lambda: write(outside + "/precious"))
attempt("create outside", lambda: write(outside + "/new"))
attempt("remove outside", lambda: os.unlink(outside + "/precious"))
attempt("move outside", lambda: os.rename(outside + "/precious", inside + "/x"))
attempt("start", lambda: subprocess.run([sys.executable, "-c", ""], check=False))
attempt("pipe", lambda: os.mkfifo("f"))
"""


needs_landlock = pytest.mark.skipif(
    sys.platform != "linux" or landlock_version() < 1, reason="this kernel has no Landlock, or it is off"
)


def attempts(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "precious").write_text("precious")
    done = subprocess.run(
        python("-c", PROGRAM, str(tmp_path / "inside"), str(tmp_path / "outside")),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    first, *lines = done.stdout.splitlines()
    found = {"": first}
    for line in lines:
        name, _, result = line.partition(": ")
        found[name] = result
    return found


@needs_landlock
def test_a_confined_process_writes_inside_only(tmp_path: Path) -> None:
    found = attempts(tmp_path)
    assert found.pop("") == "None"
    done = {name for name, result in found.items() if result == "done"}
    assert done == {"write", "truncate", "directory", "move", "remove", "null", "read outside"}
    refused = {"write outside", "create outside", "remove outside", "move outside", "start", "pipe"}
    assert {name for name, result in found.items() if result == os.strerror(errno.EACCES)} == refused
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["precious"]
    assert (tmp_path / "outside" / "precious").read_text() == "precious"
