"""Runtime directory of the user's session, found without costly imports."""

import os

TYPE_CHECKING = False  # that of `typing` takes as long to import as the rest together
if TYPE_CHECKING:
    from collections.abc import Mapping

SESSION = "XDG_RUNTIME_DIR"
"""Variable of the runtime directory, which the system sets."""
OWN = "MEMORYD_RUNTIME_DIR"
"""Variable of memoryd's directory in it."""


def session_directory(environment: "Mapping[str, str]") -> str | None:
    """Return the runtime directory of the user's session, also for processes outside of it: cron, su.

    Otherwise there could be two daemons, one inside the session and one outside.
    """
    given = environment.get(SESSION)
    usual = f"/run/user/{os.getuid()}"
    return given or (usual if os.path.isdir(usual) else None)


def runtime_directory(environment: "Mapping[str, str]") -> str | None:
    """Return the directory of the daemon's lock and status; None where there is no session."""
    given = environment.get(OWN)
    if given:
        return os.path.abspath(os.path.expanduser(given))
    session = session_directory(environment)
    return None if session is None else os.path.join(os.path.abspath(session), "memoryd")
