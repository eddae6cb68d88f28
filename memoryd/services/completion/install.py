"""Installation of completion in a shell."""

import os
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from stat import S_IMODE

from memoryd import private
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_MARK = "# completion of memoryd"


class Shell(StrEnum):
    """The shells that have a script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@dataclass(frozen=True, slots=True)
class CompletionFiles:
    """The files of completion in a shell.

    Attributes:
        script: Path of the script, a file of memoryd's own.
        settings: The shell's settings, in which one line reads the script; None if it finds it itself.
    """

    script: Path
    settings: Path | None

    @property
    def line(self) -> str:
        """The line in the settings."""
        path = _quoted(str(self.script))
        return f"[ ! -r {path} ] || . {path} {_MARK}"


def shell_of(environment: Mapping[str, str]) -> Shell | None:
    """Return the user's login shell, if it has a script."""
    name = os.path.basename(environment.get("SHELL", ""))
    return next((each for each in Shell if each == name), None)


def script_of(shell: Shell) -> str:
    """Return the script of a shell."""
    return files("memoryd.services.completion").joinpath(f"memoryd.{shell}").read_text(encoding="utf-8")


def files_of(shell: Shell, environment: Mapping[str, str]) -> CompletionFiles:
    """Return where the files of a shell are."""
    home = Path.home()

    def base(variable: str, default: str) -> Path:
        given = environment.get(variable, "")
        return Path(given) if os.path.isabs(given) else home / default  # as the XDG specification has it

    if shell is Shell.FISH:
        return CompletionFiles(base("XDG_CONFIG_HOME", ".config") / "fish/completions/memoryd.fish", None)
    data = base("XDG_DATA_HOME", ".local/share")
    if shell is Shell.BASH:
        return CompletionFiles(data / "bash-completion/completions/memoryd", home / ".bashrc")
    return CompletionFiles(data / "zsh/site-functions/_memoryd", base("ZDOTDIR", "") / ".zshrc")


def install(shell: Shell, environment: Mapping[str, str]) -> list[Path]:
    """Install completion; return the files that changed, none if it is installed already.

    Raises:
        MemorydError: If a file cannot be read or written.
    """
    where = files_of(shell, environment)
    changed = [where.script] if _put(where.script, script_of(shell).encode()) else []
    if where.settings and _put(where.settings, _with_line(_read(where.settings) or b"", where.line)):
        changed.append(where.settings)
    return changed


def uninstall(shell: Shell, environment: Mapping[str, str]) -> list[Path]:
    """Remove completion; return the files that changed, none if it is not installed.

    Raises:
        MemorydError: If a file cannot be read or written.
    """
    where = files_of(shell, environment)
    changed = []
    held = _read(where.settings) if where.settings else None
    if where.settings and held is not None and _put(where.settings, _without_line(held)):
        changed.append(where.settings)
    if _read(where.script) is not None:
        _remove(where.script)
        changed.append(where.script)
    return changed


def _with_line(settings: bytes, line: str) -> bytes:
    """Return settings with one line of ours, the last one; equal if they have it."""
    if line.encode() in settings.split(b"\n"):
        return settings
    rest = _without_line(settings)
    is_ended = rest.endswith(b"\n") or not rest
    return rest + (f"{line}\n" if is_ended else f"\n{line}").encode()


def _without_line(settings: bytes) -> bytes:
    """Return settings as they were before our line was added."""
    lines = settings.split(b"\n")
    return b"\n".join(line for line in lines if not line.endswith(_MARK.encode()))


def _read(path: Path) -> bytes | None:
    """Return the content of a file; None if it does not exist."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise MemorydError(f"cannot read {path}: {error.strerror}", "fix that first") from error


def _put(path: Path, content: bytes) -> bool:
    """Write a file at once and keep its permissions and the link to it; return whether it changed."""
    held = _read(path)
    if held == content:
        return False
    real = Path(os.path.realpath(path))
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        private.replace_file(real, content, None if held is None else S_IMODE(real.stat().st_mode))
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "make it writable") from error
    return True


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise MemorydError(f"cannot remove {path}: {error.strerror}", "make it writable") from error


def _quoted(path: str) -> str:
    import shlex  # noqa: PLC0415  # only an installation needs it

    return shlex.quote(path)
