"""Notifications, as the configuration asks for them."""

import shlex
from collections.abc import Callable

from memoryd.adapters.daemon.notifier import Notifier, desktop_command
from memoryd.config.daemon import NotifyConfig
from memoryd.services.daemon.journal import Journal


def start_notifier(notify: NotifyConfig) -> Callable[[str, str], None] | None:
    """Start the helper that shows notifications; None if none are configured or possible.

    Call it before threads, locks and databases exist, since the helper is forked.

    Returns:
        Sends the name of an event and a sentence to the helper.
    """
    journal = Journal()
    desktop = desktop_command() if notify.desktop else None
    if notify.desktop and desktop is None:
        journal.warning("not_notified", reason="there is no notify-send, which shows notifications")
    commands = [command for command in (desktop, shlex.split(notify.command or "")) if command]
    return Notifier(commands).tell if commands else None
