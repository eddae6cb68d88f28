"""Starts the real program, as a person or a script does."""

import fcntl
import gc
import io
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

from cli import warm

from memoryd.__main__ import main

ROOT = Path(__file__).parents[2]
_PATIENCE = 120  # seconds
COMMAND = (sys.executable, "-m", "memoryd")
OVER_LIMIT = "# Memory\n" + "".join(
    f"\n## Part {part}\n" + "".join(f"- fact {number} of part {part}\n" for number in range(14))
    for part in range(15)
)


@dataclass(frozen=True, slots=True)
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str


def memoryd(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run without a terminal."""
    wanted = _environment(environment)
    if warm.fits(wanted):
        code, out, err = warm.run(arguments, cwd, wanted, _PATIENCE)
        return Done(code, out.decode(), err.decode())
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=wanted,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def called(*arguments: str, cwd: Path) -> Done:
    """Run in this process, without a terminal: for what does not depend on a process of its own."""
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    before = (sys.argv, os.getcwd(), dict(os.environ))
    sys.argv = ["memoryd", *arguments]
    os.chdir(cwd)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        gc.enable()
        gc.unfreeze()
        sys.argv = before[0]
        os.chdir(before[1])
        os.environ.clear()
        os.environ.update(before[2])
    printed = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Done(code, *printed)


class Terminal:
    """A run on a terminal of its own."""

    def __init__(
        self, *arguments: str, cwd: Path, columns: int = 120, lines: int = 24, **environment: str
    ) -> None:
        self._master, slave = pty.openpty()
        self.resize(lines, columns)
        wanted = {
            "TERM": "xterm-256color",
            "COLUMNS": str(columns),
            "NO_COLOR": "",
            "MEMORYD_PAGER": "cat",
            **environment,
        }
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=cwd,
            env=_environment(wanted),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""

    def read_until(self, text: str) -> None:
        """Read until a text appears.

        Raises:
            AssertionError: If nothing more comes for a minute, or it does not in the next megabytes.
        """
        while text not in self.seen:
            assert select.select([self._master], [], [], 60)[0], f"waited in vain for {text!r}"
            assert len(self.seen) < 4_000_000, f"looked in vain for {text!r}"
            self.seen += os.read(self._master, 4096).decode(errors="replace")

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        os.write(self._master, text.encode())

    def resize(self, lines: int, columns: int) -> None:
        """Give it another size, of which the program is told as by a real one."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def finish(self) -> Done:
        """Read to the end."""
        rest = b""
        with suppress(OSError):  # EIO is how Linux ends a terminal
            while piece := os.read(self._master, 65536):
                rest += piece
        os.close(self._master)
        self.seen += rest.decode()
        return Done(self.process.wait(timeout=60), self.seen.replace("\r\n", "\n"), "")


def make_store(root: Path, files: dict[str, str]) -> Path:
    """Write a store."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return root


def project_store(project: Path, agent: str, files: dict[str, str]) -> Path:
    """Write an agent's store in a project."""
    return make_store(project / ".claude" / "agent-memory" / agent, files)


def _environment(changes: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}
