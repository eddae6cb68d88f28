"""Scanners for secrets, run on copies of texts."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from memoryd.errors import MemorydError
from memoryd.programs import find_program
from memoryd.values import dataclass

_PATIENCE = 120.0  # seconds
_LIMIT = 64 * 1024 * 1024  # bytes of a report
# Both: no settings and no allow comments of the texts, no checks of secrets over the network
_ARGUMENTS = {
    "betterleaks": (
        ("auto", "{texts}", "--output", "{report}", "--no-allow-signatures"),  # since version 2
        ("dir", "{texts}", "--report-format", "json", "--report-path", "{report}"),
    ),
    "gitleaks": (
        ("dir", "{texts}", "--report-format", "json", "--report-path", "{report}", "--ignore-gitleaks-allow"),
    ),
}
_ALWAYS = ("--no-banner", "--exit-code", "0")

SCANNERS = tuple(_ARGUMENTS)
"""Names of the scanners that can be run."""


@dataclass(frozen=True, slots=True)
class ScannedText:
    """A text in which a scanner found a secret: its place in the list, the scanner's rule, the secret."""

    number: int
    rule: str
    value: bytes


def scan(name: str, texts: Sequence[bytes]) -> tuple[ScannedText, ...]:
    """Run a scanner on copies of texts, where no settings of theirs can reach it.

    The copies are in a directory that only this user can enter, and are removed at once. The scanner gets
    an empty home and none of the user's environment.

    Args:
        name: One of `SCANNERS`.
        texts: The texts.

    Raises:
        MemorydError: If it is not installed, fails, or takes too long.
    """
    program = find_program(name)
    if program is None:
        raise MemorydError(f"{name} is not installed", "install it, or leave out --secrets")
    with TemporaryDirectory(prefix="memoryd-secrets-") as own:
        place = Path(own)
        for directory in ("texts", "home"):
            (place / directory).mkdir()
        for number, text in enumerate(texts):
            (place / "texts" / f"{number}.md").write_bytes(text)
        for arguments in _ARGUMENTS[name]:
            complaint = _run([program, *arguments, *_ALWAYS], place)
            if complaint is None:
                return tuple(_found(name, place / "report.json"))
    raise MemorydError(f"{name} failed: {complaint}", f"try `{name} --version` shows whether it is too old")


def _run(command: list[str], place: Path) -> str | None:
    """Run a scanner; return why it failed, or None. Its output may show secrets and is dropped."""
    paths = {"texts": place / "texts", "report": place / "report.json"}
    environment = {"PATH": os.defpath, "HOME": str(place / "home"), "LC_ALL": "C.UTF-8"}
    nowhere = subprocess.DEVNULL
    try:
        done = subprocess.run(  # noqa: S603  # a program that the person named
            [part.format(**paths) for part in command], cwd=place / "home", env=environment,
            stdin=nowhere, stdout=nowhere, stderr=nowhere, timeout=_PATIENCE, check=False,
            start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it took more than {_PATIENCE:.0f} seconds"
    except OSError as error:
        return error.strerror or "it cannot be started"
    if done.returncode or not paths["report"].is_file():
        return f"exit code {done.returncode}"
    return None


def _found(name: str, report: Path) -> Iterator[ScannedText]:
    """Yield what a report tells, in either of its forms."""
    try:
        if report.stat().st_size > _LIMIT:
            raise MemorydError(f"the report of {name} is larger than {_LIMIT // 2**20} MiB")
        value = json.loads(report.read_bytes() or b"[]")
        rows = value["findings"] if isinstance(value, dict) else value or []
        for row in rows:
            is_new = "rule_id" in row
            rule = row["rule_id"] if is_new else row["RuleID"]
            secret = row["match"]["value"] if is_new else row["Secret"]
            path = row["location"]["path"] if is_new else row["File"]
            yield ScannedText(int(Path(path).stem), str(rule), str(secret).encode())
    except (ValueError, KeyError, TypeError) as error:
        raise MemorydError(f"the report of {name} cannot be read", "is it a version from 1 to 2?") from error
