"""Entry point: fast answers and the error boundary."""

import atexit
import gc
import os
import sys
from itertools import pairwise

_GARBAGE = 100_000
"""New objects after which a command looks for garbage."""


def main() -> None:
    """Run the command line and exit with 0, 1, 2, 3, 78 or 130 (`run` alone uses 78)."""
    try:
        if sys.argv[1:] == ["--version"]:  # for scripts: answer before importing anything heavy
            from memoryd import __version__  # noqa: PLC0415  # see above

            os.write(1, f"memoryd {__version__}\n".encode())
            return
        if sys.argv[1:2] == ["__complete"]:
            sys.exit(_complete(sys.argv[2:]))
        if sys.argv[1:] == ["statusline"]:  # after each turn of a session
            _print_status_line()
            return
        if sys.argv[1:] == ["status", "--short"]:  # for prompts, which ask for every line
            os.write(1, f"{_short_status()}\n".encode())
            return
        if sys.argv[1:2] != ["run"]:  # what is imported stays, and to look for garbage in it takes a tenth
            gc.set_threshold(_GARBAGE)
            atexit.register(gc.freeze)  # else Python looks for garbage in everything again before it exits
        from memoryd.cli import app  # noqa: PLC0415  # see above

        app(prog_name="memoryd")
    except KeyboardInterrupt:  # before Typer handles it
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(2)
    except Exception as error:  # noqa: BLE001  # the boundary: report a bug in one sentence
        sys.exit(_report(error))


def _complete(arguments: list[str]) -> int:
    """Answer the completion script of a shell; return the exit code. An error would disturb the prompt."""
    from memoryd.cli.completion import answer  # noqa: PLC0415  # only shells need it

    try:
        os.write(1, answer(arguments).encode())
    except Exception:  # noqa: BLE001  # whatever it is, there is nothing to offer
        return 1
    return 0


def _short_status() -> str:
    """Return the line of `status --short`."""
    import time  # noqa: PLC0415  # not needed by other commands

    from memoryd.adapters.daemon.prompt import read_prompt  # noqa: PLC0415

    return read_prompt(_runtime_directory(), time.time())


def _print_status_line() -> None:
    from memoryd.adapters.daemon.status_line import NAME, main  # noqa: PLC0415  # not needed by other commands

    main(os.path.join(_runtime_directory(), NAME))


def _runtime_directory() -> str:
    """Return the directory of the daemon's files, without importing what other commands need."""
    from memoryd.session import runtime_directory  # noqa: PLC0415

    directory = runtime_directory(os.environ)
    if directory is None:
        from memoryd.config.locations import locate  # noqa: PLC0415  # without a session, in the state directory

        directory = str(locate(os.environ).lock.parent)
    return directory


def _report(error: Exception) -> int:
    """Print an error; return the exit code."""
    from memoryd.cli.output.terminal import note  # noqa: PLC0415  # only an error needs it
    from memoryd.errors import ConfigError, MemorydError  # noqa: PLC0415

    if not isinstance(error, MemorydError):
        message = f"bug: {type(error).__name__}"
        place = f"the traceback is in {_write_traceback(error)}"
        if not _wrote_json((message, place)):
            note(f"{message}; {place}")
        return 3
    errors = (error, *(error.others if isinstance(error, ConfigError) else ()))
    if not _wrote_json(*((each.message, each.hint) for each in errors)):
        for each in errors:
            note(f"error: {each.message}", *[f"  hint: {each.hint}"] * bool(each.hint))
    if isinstance(error, ConfigError) and sys.argv[1:2] == ["run"]:
        from memoryd.domain.daemon.state import BAD_CONFIGURATION  # noqa: PLC0415

        return BAD_CONFIGURATION
    return 2


def _wrote_json(*errors: tuple[str, str | None]) -> bool:
    """Print messages and hints as JSON if the command line asks for JSON; return whether it was printed."""
    from memoryd.cli.output.terminal import emit_json  # noqa: PLC0415  # only an error needs it

    words = sys.argv[1:]
    words = words[: words.index("--")] if "--" in words else words
    asked = "--json" in words or "--format=json" in words or ("--format", "json") in pairwise(words)
    if not asked:
        return False
    try:
        first, *rest = ({"message": message, "hint": hint} for message, hint in errors)
        emit_json({"error": first | ({"others": rest} if rest else {})})
    except Exception:  # noqa: BLE001  # stdout is closed or full: stderr may not be
        return False
    return True


def _write_traceback(error: Exception) -> str:
    import tempfile  # noqa: PLC0415  # only a bug needs these
    import traceback  # noqa: PLC0415

    from memoryd.config.locations import locate  # noqa: PLC0415
    from memoryd.domain.text.escape import visible  # noqa: PLC0415

    path = str(locate(os.environ).log)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        descriptor, path = tempfile.mkstemp(prefix="memoryd-bug-")
    with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(visible("".join(traceback.format_exception(error))))
    return path


if __name__ == "__main__":
    main()
