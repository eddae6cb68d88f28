"""The user's editor."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from memoryd.cli.output.terminal import is_terminal
from memoryd.errors import MemorydError

_VARIABLES = ("VISUAL", "EDITOR")
_USUAL = ("nano", "vi")


def edit_file(path: Path) -> None:
    """Open a file in the editor, and wait until it is closed.

    Raises:
        MemorydError: If there is no editor or no terminal for it, or the editor fails.
    """
    named = next(filter(None, map(os.environ.get, _VARIABLES)), None)
    if named is None and not is_terminal():
        raise MemorydError("no editor is set", "set EDITOR, as in EDITOR=vi")
    words = shlex.split(named) if named else [each for each in _USUAL if shutil.which(each)][:1]
    if not words:
        raise MemorydError("no editor is set", "set EDITOR, as in EDITOR=vi")
    try:
        done = subprocess.run([*words, str(path)], check=False)  # noqa: S603  # the user's own choice
    except OSError as error:
        raise MemorydError(f"cannot start the editor {words[0]}: {error.strerror}", "set EDITOR") from error
    if done.returncode:
        raise MemorydError(f"the editor {words[0]} ended with {done.returncode}", f"see {path}")
