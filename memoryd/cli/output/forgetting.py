"""Output of `forget`, with the text masked."""

import os
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import broken, emit_diff, emit_lines, note, relative, short, styled
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.domain.forgetting.needle import Needle
    from memoryd.services.forgetting.forget import ForgetPlan, FoundMention
    from memoryd.services.forgetting.purge import PurgeProof

_SHOWN = 120  # characters of an entry
_MOST_COMMITS = 10  # shown of one repository
_UNREACHED = (
    "memoryd cannot reach: compressed and encrypted files in stores, which are not opened; clones, remotes "
    "and backups; session records of the harness; what running "
    "agents have loaded; freed blocks of the disk"
)


def show(planned: "ForgetPlan", needle: "Needle", *, similar: bool) -> None:
    """Print the matches, exact ones first, and the diff."""
    from memoryd.services.forgetting.forget import masked

    exact = [each for each in planned.found if each.mention.exact]
    others = [each for each in planned.found if not each.mention.exact]
    for title, found in (
        (f'Contains "{needle.mask}"', exact),
        ("Contains its words" + ("" if similar else ", kept without --similar"), others),
    ):
        if found:
            emit_lines([styled(f"{title} ({len(found)})", "bold")])
            for each in found:
                emit_lines(broken(f"  {_line(each, needle)}", "    "))
            emit_lines([""])
    if not planned.found:
        note("nothing found in any store")
    base = os.getcwd()
    emit_diff(masked(planned.plan, needle, base).diff(base))
    for path in planned.unlisted:
        note(f"warning: nothing will link to {needle.masked(short(path))} any more")


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
    """Print what was searched, where the text remains, and what memoryd cannot reach."""
    emit_lines(f"searched {each.count:,} {each.what} ({each.size / 1024:,.0f} KiB)" for each in proof.looked)
    emit_lines(f"still in: {needle.masked(place)}" for place in proof.remaining)
    emit_lines(["the text is still there" if proof.remaining else "the text was removed everywhere"])
    for repository in proof.commits:
        count = counted(len(repository.places), "place", "places")
        base = needle.masked(short(repository.top))
        emit_lines([f"the git history of {base} contains it in {count}; memoryd never changes git history:"])
        emit_lines(
            f"  {commit[:10]} {needle.masked(name)}" for commit, name in repository.places[:_MOST_COMMITS]
        )
        if len(repository.places) > _MOST_COMMITS:
            emit_lines([f"  … and {len(repository.places) - _MOST_COMMITS} more"])
        if not repository.complete:
            emit_lines(["  git did not report all of its history"])
    note(_UNREACHED)


def as_json(
    planned: "ForgetPlan", needle: "Needle", operation: int | None, proof: "PurgeProof | None"
) -> dict[str, object]:
    """Return the matches, the plan and the proof as JSON, with the text masked."""
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
