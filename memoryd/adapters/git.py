"""What git knows of a repository, asked of git itself."""

import os
import re
import subprocess
from collections.abc import Iterable

_COMMIT = re.compile(rb"([0-9a-f]{40,64}) \d+ \d+")  # of zeros only: not committed yet


def ignored(paths: Iterable[str], directory: str) -> frozenset[str]:
    """Which absolute paths, existing or not, the repository around a directory ignores; none outside git."""
    # git gives up at the first path that lies outside or behind a link: it is asked for real ones inside.
    asked = {path: _real(path) for path in paths}
    if not asked:
        return frozenset()
    top = _ask(["rev-parse", "--show-toplevel"], directory).removesuffix("\n")
    inside = sorted({real for real in asked.values() if top and real.startswith(top.rstrip("/") + "/")})
    if not inside:
        return frozenset()
    answer = frozenset(_ask(["check-ignore", "-z", "--stdin"], directory, "\0".join(inside)).split("\0"))
    return frozenset(path for path, real in asked.items() if real in answer)


def line_times(path: str) -> dict[bytes, float]:
    """When each line of a file was committed: seconds since the epoch by stripped line; none outside git.

    Lines that are not committed are absent. Of a line that stands more than once, the oldest counts.
    """
    directory, name = os.path.split(path)
    times: dict[bytes, float] = {}
    time = float("inf")
    commit = b""
    for line in os.fsencode(_ask(["blame", "--line-porcelain", "--", name], directory)).split(b"\n"):
        if line.startswith(b"author-time "):
            time = float(line.removeprefix(b"author-time "))
        elif line.startswith(b"\t"):
            text = line[1:].strip()
            if commit.strip(b"0"):
                times[text] = min(time, times.get(text, time))
        elif match := _COMMIT.match(line):
            commit = match[1]
    return times


def _real(path: str) -> str:
    parent, name = os.path.split(path)
    return os.path.join(os.path.realpath(parent), name)


def _ask(arguments: list[str], directory: str, question: str = "") -> str:
    """What git answers; nothing where there is no git, no repository, or no answer in time."""
    try:
        answer = subprocess.run(  # noqa: S603  # arguments are ours, paths go through standard input
            ["git", "-C", directory, *arguments],  # noqa: S607  # the user's own git
            input=os.fsencode(question),
            capture_output=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.fsdecode(answer.stdout)
