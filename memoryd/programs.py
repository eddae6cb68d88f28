"""Programs of others on PATH."""

import os


def find_program(name: str) -> str | None:
    """Return the path of a program; directories of PATH that are relative do not count."""
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = os.path.join(directory, name)
        if os.path.isabs(directory) and os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    return None
