"""`edit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli.arguments import store_named
from memoryd.cli.output.terminal import NOTHING_CHANGED, note, short
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from memoryd.adapters.stores.discovery import FoundStores
    from memoryd.domain.stores.store import Store
    from memoryd.runtime import Runtime
    from memoryd.services.status.views import StoreView


def edit(
    which: Annotated[
        str, typer.Argument(metavar="AGENT|PATH", help="An agent's name, or a path in a store.")
    ],
    topic: Annotated[
        str | None, typer.Argument(metavar="TOPIC", help="A topic file. Default: the index file.")
    ] = None,
) -> None:
    """Open an agent's memory in your editor, then check it and record the change.

    The editor is that of VISUAL or EDITOR. What was there before is recorded, too: `memoryd log` lists the
    versions, `memoryd restore` brings one back.

    For example:

        memoryd edit code-reviewer
        memoryd edit code-reviewer api
    """
    from memoryd.cli.editor import edit_file
    from memoryd.runtime import build
    from memoryd.services.search.update_index import observe

    runtime = build()
    store = store_named(runtime, which)
    path = _file(store, topic)
    found = runtime.discover()
    before = _view(runtime, found, store)
    with runtime.history() as history:
        problems = observe([store], history)
    content = path.read_bytes() if path.exists() else None
    edit_file(path)
    with runtime.history() as history:
        problems += observe([store], history)
    for problem in problems:
        note(f"warning: {problem}")
    if content == (path.read_bytes() if path.exists() else None):
        note(NOTHING_CHANGED)
        return
    note(f"Recorded. Its versions: memoryd log {short(str(path))}")
    _tell(before, _view(runtime, found, store))


def _file(store: "Store", topic: str | None) -> Path:
    """Return the path of the file to edit.

    Raises:
        MemorydError: If there is no such topic file, or it is a link out of the repository.
    """
    from memoryd import beneath
    from memoryd.adapters.stores import contents
    from memoryd.domain.text.nearest import did_you_mean

    name = store.profile.index_name
    if topic is not None:
        names = sorted(contents.scan(store).files)
        wanted = topic.removesuffix(".md").casefold()
        fitting = [each for each in names if each.removesuffix(".md").casefold() == wanted]
        if not fitting:
            hint = did_you_mean(topic, names, f"`memoryd ls {store.agent}` lists the files")
            raise MemorydError(f'{short(store.root)} has no file "{topic}"', hint)
        name = fitting[0]
    path = f"{store.root}/{name}"
    try:
        beneath.resolve(path, store.bound)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise MemorydError(f"{path} is not edited: {error.strerror}", "remove the link") from error
    return Path(path)


def _view(runtime: "Runtime", found: "FoundStores", store: "Store") -> "StoreView":
    from memoryd.rules import ALL_RULES
    from memoryd.services.status.survey import survey

    kept = runtime.kept_facts(cache=True)
    (view,) = survey([store], found.definitions, ALL_RULES, user=runtime.user_checks, kept=kept)
    return view


def _tell(before: "StoreView", after: "StoreView") -> None:
    """Print the size of the index file, and the findings that were not there before."""
    if after.budget and after.budget.limits:
        taken = ", ".join(f"{number:,} of {most:,} {unit}" for number, most, unit in after.budget.limits)
        note(f"{after.budget.index.path} has {taken}.")
    known = {(each.code, each.path, each.message) for each in before.report.diagnostics}
    for each in after.report.diagnostics:
        if (each.code, each.path, each.message) not in known:
            note(f"{each.level}: {each.code} {short(each.path)}:{each.start.line} {each.message}")
