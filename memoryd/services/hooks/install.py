"""Installation of hooks in the settings of Claude Code."""

import os
from collections.abc import Callable
from pathlib import Path

from memoryd.adapters.hooks.gate import gate, write_gate
from memoryd.adapters.hooks.settings_file import read_settings, write_settings
from memoryd.config.locations import Locations
from memoryd.domain.hooks import settings
from memoryd.domain.text.line_diff import unified
from memoryd.errors import MemorydError
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """A change of a settings file.

    Attributes:
        path: The file.
        before: Its text; "" if it is missing.
        after: The text wanted; "" to remove the file.
    """

    path: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """Return the change as a unified diff; "" if there is none."""
        if self.before == self.after:
            return ""
        old, new = (side.splitlines(keepends=True) for side in (self.before, self.after))
        return "".join(unified(old, new, (str(self.path), str(self.path))))

    def apply(self) -> None:
        """Write it.

        Raises:
            MemorydError: If that is impossible.
        """
        write_settings(self.path, self.before, self.after)


def settings_path(scope: str, locations: Locations, repository: Path) -> Path:
    """Return the settings file of a scope, where links of the user's own file are followed.

    Args:
        scope: `user`, `project` or `local`.
        locations: Paths of this user.
        repository: The repository around the working directory.

    Raises:
        MemorydError: If the file of a repository is a link, which may lead anywhere.
    """
    if scope == "user":
        return Path(os.path.realpath(locations.claude / "settings.json"))
    path = repository / ".claude" / ("settings.json" if scope == "project" else "settings.local.json")
    if path.is_symlink() or path.parent.is_symlink():
        raise MemorydError(f"{path} is a link, which is not followed", "add the hooks to the file itself")
    return path


def plan_install(path: Path, *, shared: bool, script: Path) -> SettingsChange:
    """Return the change that adds the hooks; none if they are there.

    Args:
        path: The settings file.
        shared: Several people share the file, so it names no path of this machine.
        script: The script that the hooks call.

    Raises:
        MemorydError: If the file cannot be read or edited.
    """
    word = settings.SHARED_GATE if shared else settings.gate_word(str(script))
    return _change(path, lambda text: settings.install(text, word))


def plan_uninstall(path: Path) -> SettingsChange:
    """Return the change that removes the hooks; none if there are none. See `plan_install`."""
    return _change(
        path, lambda text: "" if settings.uninstall(text).strip() == "{}" else settings.uninstall(text)
    )


def _change(path: Path, edit: Callable[[str], str]) -> SettingsChange:
    before = read_settings(path)
    try:
        return SettingsChange(path, before, edit(before))
    except settings.NotSettingsError as error:
        raise MemorydError(
            f"{path} {error}", "nothing was changed: fix it, or add the hooks by hand"
        ) from error


def count_hooks(path: Path) -> int:
    """Return how many hooks of memoryd a settings file has. See `plan_install`."""
    try:
        return len(settings.installed(read_settings(path)))
    except settings.NotSettingsError as error:
        raise MemorydError(f"{path} {error}", "fix it") from error


def is_script_current(locations: Locations) -> bool:
    """Return whether the script that the hooks call is there and is that of this program."""
    wanted = gate(locations.socket, locations.roots, locations.waiting)
    return locations.gate.is_file() and locations.gate.read_bytes() == wanted


def write_script(locations: Locations) -> None:
    """Write the script that the hooks call.

    Raises:
        MemorydError: If it cannot be written.
    """
    paths = {"socket": locations.socket, "roots": locations.roots, "waiting": locations.waiting}
    write_gate(locations.gate, **paths)


def plugin_directory() -> Path:
    """Return the directory of the plugin, whose hooks call the script."""
    return Path(__file__).parent / "plugin"
