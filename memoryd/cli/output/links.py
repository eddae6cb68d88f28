"""Links to files on terminals that have them (OSC 8)."""

import os
from collections.abc import Iterable

from memoryd.cli.output.terminal import columns, has_colour, linked, shortened

_PLAIN = frozenset(each for each in range(128) if chr(each).isalnum() or chr(each) in "/._~-")
_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "ghostty", "rio", "vscode", "zed", "tmux"})  # TERM_PROGRAM
_KINDS = frozenset({"alacritty", "contour", "foot", "xterm-ghostty", "xterm-kitty"})  # TERM
_MARKS = ("DOMTERM", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "WT_SESSION")
_FIRST_VTE = 5001  # 0.50.0 crashed


def path_link(path: str) -> str:
    """Return a path for people, which leads to the file where the terminal has links."""
    return path_links((path,))[0]


def path_links(paths: Iterable[str]) -> list[str]:
    """Return paths for people, in the same way."""
    directory, home, has_links = os.getcwd(), os.path.expanduser("~"), _has_links()
    shown = ((shortened(path, directory, home), path) for path in paths)
    return [link(text, path) if has_links else text for text, path in shown]


def link(text: str, path: str) -> str:
    """Return text that leads to a file where the terminal has links; elsewhere the text.

    Args:
        text: What is shown.
        path: An absolute path. No character of it but letters, digits and `/._~-` is in the address as it
            is, so that no name can end the link.
    """
    return linked(text, f"file://{_quoted(os.uname().nodename)}{_quoted(path)}") if _has_links() else text


def _has_links() -> bool:
    """Return whether stdout is a terminal that is known to have links, and shows colors."""
    if not (columns() and has_colour()):
        return False
    environment = os.environ
    vte = environment.get("VTE_VERSION", "")
    return (
        environment.get("TERM_PROGRAM") in _PROGRAMS
        or environment.get("TERM") in _KINDS
        or any(map(environment.get, _MARKS))
        or (vte.isdecimal() and int(vte) >= _FIRST_VTE)
    )


def _quoted(text: str) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in os.fsencode(text))
