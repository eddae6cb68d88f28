"""The user's own git configuration, and whom it trusts."""

import os
from functools import lru_cache

from memoryd.adapters.git.process import (
    TooMuchError,
    directory_of_its_own,
    environment_without_git,
    git_program,
    run_git,
)

_PATIENCE = 10.0  # seconds


def is_own(path: str) -> bool:
    """Return whether git would call a path one's own; for root, what `sudo` was called from too."""
    owner = os.lstat(path).st_uid
    user = os.geteuid()
    if user == 0 and owner != 0:
        return os.environ.get("SUDO_UID", "") == str(owner)
    return owner == user


def is_trusted(top: str) -> bool:
    """Return whether the user's configuration trusts a working tree, as `safe.directory` says."""
    safe = False
    for value in _configured("safe.directory"):
        if not value:
            safe = False
        elif value.endswith("/*"):
            safe = safe or f"{top}/".startswith(value[:-1])
        else:
            safe = safe or value == "*" or (os.path.isabs(value) and os.path.realpath(value) == top)
    return safe


def excludes_file() -> str:
    """Return the file of patterns that the user ignores everywhere."""
    values = _configured("core.excludesFile")
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return values[-1] if values else f"{base}/git/ignore"


def _configured(key: str) -> tuple[str, ...]:
    return _asked_of_user(key, git_program(), frozenset(os.environ.items()))


@lru_cache(64)
def _asked_of_user(key: str, program: str, variables: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    kept = {name: value for name, value in variables if name.startswith("GIT_CONFIG_")}
    environment = environment_without_git() | kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    with directory_of_its_own() as own:
        command = [program, "--no-pager", f"--git-dir={own}/none", "config", "-z", "--type=path"]
        try:
            answer = run_git([*command, "--get-all", key], own, environment, b"", _PATIENCE)[1]
        except TooMuchError:
            return ()
    return tuple(os.fsdecode(answer).split("\0")[:-1])
