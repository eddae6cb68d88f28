"""How `forget` shows what it found and what it did; the text itself is masked throughout."""

import os
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import emit_diff, emit_lines, note, relative, short, styled
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.domain.forgetting.needle import Needle
    from memoryd.services.forgetting.forget import ForgetPlan, FoundMention
    from memoryd.services.forgetting.purge import PurgeProof

_SHOWN = 120  # characters of an entry
_PLACES = 10  # commits of a repository
_UNREACHED = (
    "memoryd cannot reach: compressed and encrypted files in stores, which are not opened; clones, remotes "
    "and backups; session records of the harness; what agents that run "
    "now have loaded; blocks that the disk has set free"
)


def show(planned: "ForgetPlan", needle: "Needle", *, similar: bool) -> None:
    """What was found, exact matches first, and the diff."""
    from memoryd.services.forgetting.forget import masked

    exact = [each for each in planned.found if each.mention.exact]
    others = [each for each in planned.found if not each.mention.exact]
    for title, found in (
        (f"Speaks of “{needle.mask}”", exact),
        ("Holds its words" + ("" if similar else ": stays without --similar"), others),
    ):
        if found:
            emit_lines([styled(f"{title} ({len(found)})", "bold")])
            emit_lines([*(f"  {_line(each, needle)}" for each in found), ""])
    if not planned.found:
        note("nothing found in any store")
    base = os.getcwd()
    emit_diff(masked(planned.plan, needle, base).diff(base))
    for path in planned.unlisted:
        note(f"warning: nothing will lead to {needle.masked(short(path))} any more")


def _line(found: "FoundMention", needle: "Needle") -> str:
    mention = found.mention
    path = needle.masked(short(found.path))
    if mention.what == "file":
        return f"{path}  the whole file"
    text = needle.masked(mention.text)
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    size = f" of {mention.lines:,} lines" if mention.lines > 1 else ""
    return f"{path}:{mention.line}  {mention.what}{size}: {text}"


def show_proof(proof: "PurgeProof", needle: "Needle") -> None:
    """What was looked through, where the text still stands, and what memoryd cannot reach."""
    emit_lines(
        f"looked through {each.count:,} {each.what} ({each.size / 1024:,.0f} KiB)" for each in proof.looked
    )
    emit_lines(f"still there: {needle.masked(place)}" for place in proof.remaining)
    emit_lines(["it is still there" if proof.remaining else "it is gone"])
    for repository in proof.commits:
        count = counted(len(repository.places), "place", "places")
        top = needle.masked(short(repository.top))
        emit_lines([f"git history of {top} holds it in {count}; memoryd never changes that:"])
        emit_lines(f"  {commit[:10]} {needle.masked(name)}" for commit, name in repository.places[:_PLACES])
        if len(repository.places) > _PLACES:
            emit_lines([f"  … and {len(repository.places) - _PLACES} more"])
        if not repository.complete:
            emit_lines(["  git could not be asked for all of it"])
    note(_UNREACHED)


def as_json(
    planned: "ForgetPlan", needle: "Needle", operation: int | None, proof: "PurgeProof | None"
) -> dict[str, object]:
    """All of it for machines; the text is masked here, too."""
    from memoryd.services.forgetting.forget import masked

    base = os.getcwd()
    return {
        "text": needle.mask,
        "found": [
            {
                "path": needle.masked(relative(each.path)),
                "line": each.mention.line,
                "lines": each.mention.lines,
                "what": each.mention.what,
                "text": needle.masked(each.mention.text),
                "exact": each.mention.exact,
            }
            for each in planned.found
        ],
        "plan": [
            {"path": relative(change.path), "action": change.action, "diff": change.diff(base)}
            for change in masked(planned.plan, needle, base).changes
        ],
        "problems": [needle.masked(problem) for problem in planned.problems],
        "unlisted": [needle.masked(relative(path)) for path in planned.unlisted],
        "operation": operation,
        "proof": proof
        and {
            "gone": not proof.remaining,
            "looked": [{"what": each.what, "count": each.count, "bytes": each.size} for each in proof.looked],
            "remaining": [needle.masked(place) for place in proof.remaining],
            "commits": [
                {
                    "repository": needle.masked(relative(each.top)),
                    "complete": each.complete,
                    "places": [
                        {"commit": commit, "path": needle.masked(name)} for commit, name in each.places
                    ],
                }
                for each in proof.commits
            ],
        },
    }
