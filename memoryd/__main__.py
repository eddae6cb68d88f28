"""Entry point: the forms that must answer at once, and the one error boundary."""

import sys


def main() -> None:
    """Run the command line and exit with 0, 1, 2, 3, 78 or 130 (`run` alone uses 78)."""
    if sys.argv[1:] == ["--version"]:  # asked by scripts: answered before anything heavy is imported
        from memoryd import __version__  # noqa: PLC0415  # see above

        sys.stdout.write(f"memoryd {__version__}\n")
        return
    from memoryd.cli import app  # noqa: PLC0415  # see above
    from memoryd.errors import ConfigError, MemorydError  # noqa: PLC0415  # see above

    try:
        app(prog_name="memoryd")
    except MemorydError as error:
        sys.stderr.write(f"error: {error.message}\n" + (f"  hint: {error.hint}\n" if error.hint else ""))
        sys.exit(78 if isinstance(error, ConfigError) and sys.argv[1:2] == ["run"] else 2)
    except Exception as error:  # noqa: BLE001  # the boundary: a bug is reported as one sentence, with its place
        sys.stderr.write(f"bug: {type(error).__name__}; the traceback is in {_write_traceback()}\n")
        sys.exit(3)


def _write_traceback() -> str:
    import os  # noqa: PLC0415  # only a bug needs these
    import tempfile  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    from memoryd.config import locate  # noqa: PLC0415

    path = str(locate(os.environ).log)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        descriptor, path = tempfile.mkstemp(prefix="memoryd-bug-")
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        traceback.print_exc(file=file)
    return path


if __name__ == "__main__":
    main()
