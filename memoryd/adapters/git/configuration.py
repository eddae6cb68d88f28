"""Values in the configuration file of a repository."""

import os
from collections.abc import Mapping, Sequence

from memoryd.adapters.git.ask import NOTHING_OF_OTHERS, PATIENCE, open_repository
from memoryd.adapters.git.process import (
    TooMuchError,
    complaint_of,
    directory_of_its_own,
    environment_without_git,
    git_program,
    run_git,
)
from memoryd.adapters.git.repository import GitError

_MISSING_SECTION = 128


def set_values(top: str, values: Mapping[str, str]) -> None:
    """Set keys in the configuration of a repository, each to one value.

    Args:
        top: Real path of the working tree.
        values: By key, with its section.

    Raises:
        GitError: If git cannot write the file.
    """
    for key, value in values.items():
        _configure(top, ["--replace-all", key, value])


def unset_section(top: str, section: str) -> None:
    """Remove a section from the configuration of a repository, if it has it.

    Raises:
        GitError: If git cannot write the file.
    """
    _configure(top, ["--remove-section", section], fine=(0, _MISSING_SECTION))


def _configure(top: str, arguments: Sequence[str], fine: tuple[int, ...] = (0,)) -> None:
    path = os.path.join(open_repository(top).common, "config")
    if os.path.islink(path):
        raise GitError(f"{path} is a link, and is not written", "replace it by a file")
    with directory_of_its_own() as own:
        environment = environment_without_git() | NOTHING_OF_OTHERS | {"HOME": own, "XDG_CONFIG_HOME": own}
        command = [git_program(), "config", "--file", path, *arguments]
        try:
            code, _, errors = run_git(command, own, environment, b"", PATIENCE)
        except TooMuchError as error:
            raise GitError(f"git did not write {path}: {error}") from error
    if code not in fine:
        raise GitError(f"git cannot write {path}: {complaint_of(errors)}", "make it writable")
