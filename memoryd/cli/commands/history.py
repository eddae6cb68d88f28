"""`history`: the database of versions."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memoryd.cli import options
from memoryd.cli.output.history import as_json
from memoryd.cli.output.progress import follow, waiting
from memoryd.cli.output.terminal import emit_json, emit_lines, note, relative, short
from memoryd.domain.text.phrases import counted, written_size

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 10  # stores

app = typer.Typer(
    help="Manage the database of versions.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def path() -> None:
    """Print the path of the history.

    For example:

        memoryd history path
        ls -l "$(memoryd history path)"
    """
    from memoryd.runtime import build

    emit_lines([str(build().locations.history)])


@app.command()
def verify(*, json: options.Json = False) -> None:
    """Read every record and verify every hash.

    Exit code: 0 intact, 1 damaged.

    For example:

        memoryd history verify
        memoryd history verify && echo sound
    """
    from memoryd.runtime import build

    runtime = build()
    with runtime.history() as history:
        problems = history.verify()
        counts = () if problems else history.counts()
    if json:
        emit_json({"problems": list(problems), "counts": dict(counts)})
    else:
        emit_lines(problems)
    if problems:
        found = counted(len(problems), "damage", "damages")
        note(f"{found} found; `memoryd history repair` keeps what can be read")
        raise typer.Exit(1)
    note(f"{_counted(counts)}: all intact")


@app.command()
def expire() -> None:
    """Delete versions older than 90 days whose lines all exist in a file or a later version.

    The daemon does this once a day. The last 1,000 operations can always be undone.

    For example:

        memoryd history expire
        memoryd history size && memoryd history expire
    """
    from memoryd.runtime import build

    runtime = build()
    with runtime.history() as history:
        expired = history.expire(time.time(), runtime.config.history.max_size)
    counts = _counted(
        (("version", expired.versions), ("operation", expired.operations), ("content", expired.contents))
    )
    note(f"{counts} deleted, {expired.size / 1024:,.0f} KiB")


@app.command()
def size(*, json: options.Json = False) -> None:
    """Print the size of the history, how much it grows a day, and its largest stores.

    For example:

        memoryd history size
        memoryd history size --color never
    """
    from memoryd.runtime import build

    with build().existing_history() as history:
        whole = history.size(time.time()) if history else None
        stores = history.store_sizes() if history else {}
    if json:
        sizes = [{"store": relative(root), "bytes": bytes_} for root, bytes_ in stores.items()]
        emit_json({"history": as_json(whole), "stores": sizes})
        return
    if whole is None:
        note("there is no history yet")
        return
    emit_lines([f"{whole.sentence} (over the last week)"])
    emit_lines(f"{written_size(bytes_):>8}  {short(root)}" for root, bytes_ in list(stores.items())[:_SHOWN])
    if len(stores) > _SHOWN:
        note(f"{counted(len(stores) - _SHOWN, 'smaller store', 'smaller stores')} not shown")


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")]) -> None:
    """Write a copy of the history to a new file, and check every hash in it.

    The copy is one file, readable only by you, and appears when it is complete. A damaged history gives no
    copy.

    For example:

        memoryd history backup ~/memory.db
        memoryd history backup "/mnt/backup/$(date +%F).db"
    """
    from memoryd.runtime import build

    with build().history() as history:
        history.backup(file.absolute())
    note(f"{file}: {written_size(file.stat().st_size)}, every hash is right")


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="A new or empty directory.")],
) -> None:
    """Write all versions to a git repository, which a person can read without memoryd.

    Each commit is one change, with its author and time; the working tree has the files as they were last.
    `memoryd history import DIRECTORY` reads it back. What cannot be read of a damaged history is left out
    and counted.

    For example:

        memoryd history export ~/memory-git
        git -C ~/memory-git log --stat
    """
    from memoryd.runtime import build
    from memoryd.services.history.archive import export_history

    with build().history() as history:
        done = export_history(history, directory.absolute())
    note(f"{directory}: {counted(done.versions, 'version', 'versions')}; read them with `git log -p`")
    if done.unreadable:
        note(f"{counted(done.unreadable, 'version', 'versions')} cannot be read")
        raise typer.Exit(1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy of a history, or an export.")],
) -> None:
    """Add what another copy of the history has more, for example a backup or that of another machine.

    FILE is what `history backup` or `history export` wrote, and is not changed. What cannot be read of a
    damaged copy is left out and counted.

    For example:

        memoryd history import ~/memory.db
        memoryd history import /mnt/laptop/history.db
    """
    from memoryd.runtime import build
    from memoryd.services.history.archive import import_export

    with build().history() as history:
        path = file.absolute()
        done = import_export(history, path) if path.is_dir() else history.import_copy(path)
    added = _counted((("version", done.versions), ("operation", done.operations)))
    note(f"{added} added")
    if done.unreadable:
        note(f"{counted(done.unreadable, 'version', 'versions')} of {file} cannot be read")
        raise typer.Exit(1)


@app.command()
def import_git(
    stores: Annotated[list[Path], typer.Argument(metavar="STORE...", help="Stores in git repositories.")],
) -> None:
    """Add the committed versions of stores, with author and time, to their history.

    `log`, `diff`, `restore` and the ages of lines then know them. Of each file, the commits of the current
    branch that are older than its first recorded version are added. Newer versions get higher numbers.

    For example:

        memoryd history import-git
        memoryd history import-git .claude/agent-memory/code-reviewer
    """
    from memoryd.runtime import Selection, build
    from memoryd.services.history.import_git import import_commits

    runtime = build()
    with runtime.history() as history:
        for store in runtime.select(Selection(tuple(stores))):
            added = import_commits(store, history)
            note(f"{short(store.root)}: {counted(added, 'version', 'versions')} added")


@app.command()
def repair() -> None:
    """Make a damaged history again of what can be read of it and of its backup.

    The damaged file is kept. Then all stores are recorded as they are now. Stop the daemon before.

    For example:

        memoryd history repair
        memoryd service stop && memoryd history repair
    """
    from memoryd.adapters.history.copies.repair import repair as repair_history
    from memoryd.runtime import build
    from memoryd.services.search.update_index import observe

    runtime = build()
    done, aside = repair_history(runtime.locations.history)
    with runtime.history() as history, waiting("recording stores"):
        problems = observe(follow("recording stores", runtime.discover().stores), history)
    for problem in problems:
        note(f"warning: {problem}")
    kept = _counted((("version", done.versions), ("operation", done.operations)))
    note(f"{kept} kept; the old file is {aside}")
    if done.unreadable:
        note(f"{counted(done.unreadable, 'version', 'versions')} cannot be read")
        raise typer.Exit(1)


def _counted(numbers: "Iterable[tuple[str, int]]") -> str:
    return ", ".join(counted(number, word, f"{word}s") for word, number in numbers)
