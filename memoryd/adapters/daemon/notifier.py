"""Helper process that shows notifications for the daemon."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress

_MOST = 6  # notifications within `_WITHIN`; more are left out
_WITHIN = 60.0  # seconds
_PATIENCE = 10.0  # seconds for one command
_FIRST_FREE = 3  # file descriptor after stdin, stdout and stderr
_HIGHEST = 65_536  # file descriptor, far above what is open at the start
_SCRIPT = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"


def desktop_command() -> tuple[str, ...] | None:
    """Return the command that shows a notification on this desktop, or None if there is none.

    It takes a title and a text as further arguments.
    """
    if sys.platform == "darwin":
        program = shutil.which("osascript")
        return (program, "-e", _SCRIPT) if program else None
    program = shutil.which("notify-send")
    return (program, "--app-name=memoryd", "--") if program else None


class Notifier:
    """Sends notifications to a helper process, which is forked once and ends with this one.

    Only the helper starts programs, and only those commands. What this process can send it are an event and
    a sentence, so a daemon that has confined itself gains nothing by it.

    Args:
        commands: Command lines; a title and the sentence are their last arguments.
    """

    def __init__(self, commands: Iterable[Sequence[str]]) -> None:
        reader, self._writer = os.pipe()
        self._sent: deque[float] = deque(maxlen=_MOST)
        self._helper = os.fork()
        if self._helper == 0:
            _serve(reader, tuple(commands))
        os.close(reader)
        os.set_blocking(self._writer, False)

    def tell(self, event: str, sentence: str) -> None:
        """Send a notification, unless there were many just now or the helper is busy."""
        now = time.monotonic()
        if len(self._sent) == _MOST and now - self._sent[0] < _WITHIN:
            return
        self._sent.append(now)
        with suppress(OSError):  # full, or the helper has ended
            os.write(self._writer, json.dumps([event, sentence]).encode() + b"\n")

    def close(self) -> None:
        """Let the helper finish what it was told, and wait until it has ended."""
        os.close(self._writer)
        with suppress(ChildProcessError):
            os.waitpid(self._helper, 0)


def _serve(reader: int, commands: tuple[Sequence[str], ...]) -> None:
    """Run the commands for each line that comes, until the other end is closed; never returns."""
    try:
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the end of the daemon is the end of the pipe
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        source = os.dup2(reader, _FIRST_FREE)
        os.closerange(_FIRST_FREE + 1, _HIGHEST)
        with open(source, encoding="utf-8") as lines:
            for line in lines:
                event, sentence = json.loads(line)
                for command in commands:
                    _run([*command, f"memoryd: {event}", sentence])
    finally:
        os._exit(0)


def _run(command: Sequence[str]) -> None:
    with suppress(OSError, subprocess.SubprocessError):  # a notification that fails stops nothing
        subprocess.run(  # noqa: S603  # configured by the user, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=_PATIENCE,
        )
