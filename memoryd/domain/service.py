"""Service files of systemd and launchd, as text."""

import plistlib
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from html import unescape

from memoryd.domain.daemon.state import BAD_CONFIGURATION, RESTART, SILENT_AFTER
from memoryd.values import dataclass, regex

LABEL = "io.github.memoryd"
"""Name of the service in launchd."""

_PATH = "%h/.local/bin:/usr/local/bin:/usr/bin:/bin"
_MAC_PATH = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin"
_PLAIN = regex(r"[\w@%+=:,./~-]+", re.ASCII)
_ENV = "/usr/bin/env"
_START = regex(rf'^ExecStart=:?(?:{_ENV} )?(?:"((?:[^"\\]|\\.)*)"|(\S+))', re.MULTILINE)
_REFUSED = frozenset("\"'\\")  # by systemd, in the name of a program
_EXIT_TIMEOUT = 45  # seconds: a file that was swapped out is kept for up to 30
_THROTTLE = 60  # seconds

_UNIT = """\
# Written by `memoryd service install`, which replaces it; changes of yours belong into a drop-in:
# systemctl --user edit memoryd
[Unit]
Description=memoryd: looks after what AI coding agents remember
StartLimitIntervalSec=10min
StartLimitBurst=5

[Service]
Type=notify
{environment}
ExecStart={command} run
ExecReload=kill -HUP $MAINPID
SyslogIdentifier=memoryd
Restart=on-failure
RestartSec=5
RestartPreventExitStatus={bad_configuration}
RestartForceExitStatus={restart}
SuccessExitStatus={restart}
TimeoutStartSec=5min
TimeoutStopSec=45
TimeoutAbortSec=10
WatchdogSec={silent}min
LimitCORE=0
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
MemoryMax=512M
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=landlock_create_ruleset landlock_add_rule landlock_restrict_self

[Install]
WantedBy=default.target
"""

_STRICT = """\
# Written by `memoryd service install --strict`: everything is read-only but the places named here.
[Service]
PrivateUsers=yes
ProtectSystem=strict
ProtectHome=read-only
RuntimeDirectory=memoryd
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
{paths}
"""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The state of the service in its manager.

    Attributes:
        active: `active`, `activating`, `failed`, `inactive` and the like, in systemd's words.
        enabled: It starts with the user's session.
        pid: Its process; None if it is not running.
        since: Start of its activity, in the manager's words; "" if it is not active, or unknown.
        result: Result of its last run: `success`, `exit-code`, `watchdog`, `oom-kill`, `start-limit-hit`.
        code: Its last exit code.
        restarts: Number of restarts after failures.
        status: The daemon's own status; "" if it is not running or cannot report it.
        outdated: Its files have changed since the manager read them.
    """

    active: str
    enabled: bool = False
    pid: int | None = None
    since: str = ""
    result: str = ""
    code: int = 0
    restarts: int = 0
    status: str = ""
    outdated: bool = False


def unit(command: Iterable[str], environment: Mapping[str, str]) -> str:
    """Return the systemd user unit.

    Args:
        command: The command of memoryd: an absolute path, and arguments before the sub-command.
        environment: Variables that the service needs, besides its `PATH`.
    """
    # a crashed or hanging process writes its traceback to the journal; a core would contain memory text
    own = [f"Environment={_quoted_raw(f'PATH={_PATH}')}", "Environment=PYTHONFAULTHANDLER=1"]
    given = [f"Environment={_quoted(f'{name}={value}')}" for name, value in sorted(environment.items())]
    return _UNIT.format(
        environment="\n".join(own + given),
        command=_line(list(command)),
        bad_configuration=BAD_CONFIGURATION,
        restart=RESTART,
        silent=SILENT_AFTER // timedelta(minutes=1),
    )


def strict(writable: Iterable[str]) -> str:
    """Return the drop-in that makes everything read-only except some directories.

    Args:
        writable: Their absolute paths; one that is missing when the service starts stays read-only.
    """
    lines = (f"ReadWritePaths={_quoted(f'-{path}')}" for path in sorted(set(writable)))
    return _STRICT.format(paths="\n".join(lines))


def writable_paths(drop_in: str) -> tuple[str, ...]:
    """Return the directories that a drop-in written by `strict` names."""
    found = re.findall(r'^ReadWritePaths=(?:"-(.*)"|-(.*))$', drop_in, re.MULTILINE)
    return tuple(_unescaped(quoted or plain) for quoted, plain in found)


def program_of(text: str) -> str:
    """Return the program that a unit or a property list starts; "" if there is none."""
    found = _START.search(text)
    if found:
        return _unescaped(found[1] or found[2])
    found = re.search(r"<key>ProgramArguments</key>\s*<array>\s*<string>(.*?)</string>", text)
    return unescape(found[1]) if found else ""


def launch_agent(command: Iterable[str], environment: Mapping[str, str], log: str) -> bytes:
    """Return the property list of a launchd agent.

    Args:
        command: The command of memoryd: an absolute path, and arguments before the sub-command.
        environment: Variables that the service needs, besides its `PATH`.
        log: Absolute path of its log file.
    """
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": [*command, "run"],
            "EnvironmentVariables": {"PATH": _MAC_PATH, "PYTHONFAULTHANDLER": "1", **environment},
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            # launchd restarts on any exit code
            "ThrottleInterval": _THROTTLE,
            "ExitTimeOut": _EXIT_TIMEOUT,
            "ProcessType": "Background",
            "HardResourceLimits": {"Core": 0},
            "Umask": 0o077,
            "StandardErrorPath": log,
        },
        sort_keys=False,
    )


def _line(command: list[str]) -> str:
    if _REFUSED & set(command[0]):
        command = [_ENV, *command]
    line = " ".join(map(_quoted, command))
    # `:` switches variables in the command off; `$$` would be one `$` in arguments, but two in the program
    return f":{line}" if "$" in line else line


def _quoted(word: str) -> str:
    return _quoted_raw(_escaped(word))


def _quoted_raw(escaped: str) -> str:
    return escaped if _PLAIN.fullmatch(escaped) else f'"{escaped}"'


def _escaped(word: str) -> str:
    """Return a word for use in quotes: `%` would begin a specifier."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped.replace("\n", "\\n").replace("\t", "\\t")


def _unescaped(word: str) -> str:
    known = {"n": "\n", "t": "\t"}
    plain = re.sub(r"\\(.)", lambda match: known.get(match[1], match[1]), word)
    return plain.replace("%%", "%")
