"""Questions about numbered fixes, one after the other."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.cli.editor import edit_file
from memoryd.cli.output.terminal import (
    answered,
    broken,
    columns,
    emit_diff,
    emit_lines,
    is_terminal,
    note,
    short,
    styled,
)
from memoryd.domain.edits.plan import Applicability, Fix, Plan
from memoryd.domain.edits.stat import stat
from memoryd.errors import MemorydError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memoryd.domain.checks.diagnostic import Diagnostic
    from memoryd.domain.checks.numbered import NumberedFix
    from memoryd.services.checks.choose import ChosenFixes

_QUESTION = "Apply this change? [y,n,a,q,e,never,?] "
_HELP = (
    "y      apply this change",
    "n      leave it out",
    "a      apply this change and all that follow",
    "q      leave out this change and all that follow",
    "e      open the changed files in $EDITOR, and apply what you save",
    "never  leave it out, and write a comment that suppresses the finding",
)
_ANSWERS = {"y": "y", "yes": "y", "n": "n", "no": "n", "a": "a", "all": "a", "q": "q", "quit": "q", "e": "e"}


def demand_terminal() -> None:
    """Refuse `-i` where no one can answer.

    Raises:
        MemorydError: If there is no terminal.
    """
    if not is_terminal():
        raise MemorydError("-i needs a terminal", "leave out -i; --exclude N leaves a change out")


def demand_numbers(excluded: frozenset[int], fixes: "Sequence[NumberedFix]") -> None:
    """Refuse the numbers of changes that do not exist.

    Raises:
        MemorydError: If there is no change of such a number.
    """
    if wrong := sorted(excluded - {each.number for each in fixes}):
        known = f"the changes are numbered from 1 to {len(fixes)}" if fixes else "there is nothing to change"
        raise MemorydError(f"--exclude: there is no change {wrong[0]}", known)


def choose(fixes: "Sequence[NumberedFix]", *, counts: bool = False) -> "ChosenFixes":
    """Show each fix with its evidence, and ask what to do with it.

    Args:
        fixes: The fixes.
        counts: Whether to show counts of lines instead of diffs.
    """
    from memoryd.services.checks.choose import ChosenFixes

    accepted: set[int] = set()
    edited: list[Fix] = []
    suppressed: list[NumberedFix] = []
    for position, each in enumerate(fixes):
        _show(each, len(fixes), counts=counts)
        answer = _answer(each)
        if answer == "a":
            accepted.update(later.number for later in fixes[position:])
        if answer in {"a", "q"}:
            break
        if answer == "y":
            accepted.add(each.number)
        elif answer == "never":
            suppressed.append(each)
        elif isinstance(answer, Fix):
            edited.append(answer)
    excluded = frozenset(each.number for each in fixes) - accepted
    return ChosenFixes(excluded, tuple(edited), tuple(suppressed))


def _show(each: "NumberedFix", total: int, *, counts: bool) -> None:
    emit_lines(["", styled(f"Change {each.number} of {total}: {each.fix.title}", "bold")])
    emit_lines(line for found in each.found for line in _evidence(found))
    if counts:
        emit_lines(stat(each.fix.changes, os.getcwd(), columns()))
    else:
        emit_diff(Plan("", (each.fix,)).diff(os.getcwd()))


def _evidence(found: "Diagnostic") -> "Iterable[str]":
    place = f"{short(found.path)}:{found.start.line}"
    yield from broken(f"  {place} {found.code} {found.name}: {found.message}", "    ")
    for each in found.related:
        yield from broken(f"    {short(each.path)}:{each.position.line}: {each.message}", "      ")


def _answer(each: "NumberedFix") -> "str | Fix":
    """Ask until there is an answer: one of the words, or the edited fix."""
    while True:
        typed = answered(_QUESTION)
        if typed is None:
            return "q"
        typed = typed.lower()
        answer = "never" if typed == "never" else _ANSWERS.get(typed, "?")
        if answer == "?":
            note(*_HELP)
        elif answer != "e":
            return answer
        elif not each.is_first:
            note("This change builds on an earlier one and cannot be edited.")
        elif made := _edited(each.fix):
            return made


def _edited(fix: Fix) -> Fix | None:
    """Return a fix with the files as a person saved them; None if nothing was saved."""
    kept = [change for change in fix.changes if change.after is not None]
    if not kept:
        note("This change only removes files: there is nothing to edit.")
        return None
    with tempfile.TemporaryDirectory(prefix="memoryd-") as directory:
        paths = []
        for number, change in enumerate(kept):
            parent = os.path.join(directory, str(number))
            os.mkdir(parent)
            paths.append(os.path.join(parent, os.path.basename(change.path)))
            with open(paths[-1], "wb") as file:
                file.write(change.after or b"")
        try:
            for path in paths:
                edit_file(Path(path))
        except MemorydError as error:
            note(f"{error.message}; {error.hint}")
            return None
        saved = {}
        for change, path in zip(kept, paths, strict=True):
            with open(path, "rb") as file:
                saved[change.path] = file.read()
    changes = (replace(each, after=saved.get(each.path, each.after)) for each in fix.changes)
    return Fix(f"{fix.title}, edited", Applicability.UNSAFE, tuple(changes))
