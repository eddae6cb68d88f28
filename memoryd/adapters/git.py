"""What git knows of a repository, asked of git itself."""

import subprocess
from collections.abc import Iterable


def ignored(paths: Iterable[str], directory: str) -> frozenset[str]:
    """Which absolute paths, existing or not, the repository around a directory ignores; none outside git."""
    asked = "\0".join(sorted(paths))
    if not asked:
        return frozenset()
    try:
        answer = subprocess.run(  # noqa: S603  # arguments are ours, paths go through standard input
            ["git", "-C", directory, "check-ignore", "-z", "--stdin"],  # noqa: S607  # the user's own git
            input=asked.encode(errors="surrogateescape"),
            capture_output=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(answer.stdout.decode(errors="surrogateescape").split("\0")) - {""}
