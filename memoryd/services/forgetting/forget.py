"""Plans that remove a text from stores."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from memoryd.adapters import edits
from memoryd.adapters.stores import contents, files
from memoryd.domain.edits.combine import then, with_changes
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan, file_change
from memoryd.domain.forgetting.mentions import Mention, mentions, without
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.links.names import reachable
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.removal.remove import without_files
from memoryd.domain.stores.profiles import may_rewrite, rewrite_refusal
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.domain.text.phrases import counted
from memoryd.errors import RefusedError
from memoryd.values import dataclass

_UNTOUCHED = "it contains the text in an encoding other than UTF-8; fix or remove it by hand"


@dataclass(frozen=True, slots=True)
class FoundMention:
    """A mention of the text to forget, with its store and the absolute path of its file."""

    store: Store
    path: str
    mention: Mention


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """All mentions that were found, and the plan that removes them.

    Attributes:
        found: All mentions of the needle, and notes that only contain its words.
        plan: Removes the mentions.
        problems: Why something cannot be removed or was not searched, a sentence each.
        unlisted: Absolute paths of topic files that stay, but to which nothing would link any more.
    """

    found: tuple[FoundMention, ...]
    plan: Plan
    problems: tuple[str, ...]
    unlisted: tuple[str, ...]


def plan_forget(
    stores: Iterable[Store],
    needle: Needle,
    *,
    similar: bool = False,
    rewrites: frozenset[str] = frozenset(),
) -> ForgetPlan:
    """Find the mentions of a needle, and plan to remove them.

    Args:
        stores: The stores to search.
        needle: The text to forget.
        similar: Also remove notes that only contain its words.
        rewrites: Names of profiles that the configuration allows to be rewritten.
    """
    found: list[FoundMention] = []
    problems: list[str] = []
    unlisted: list[str] = []
    changes: dict[str, FileChange] = {}
    for store in stores:
        try:
            snapshot = contents.snapshot(store)
        except files.UnreadableError as error:
            problems.append(error.message)
            continue
        problems += [f"{store.root}/{each.path} was not searched: {each.reason}" for each in snapshot.unread]
        here = list(_found(snapshot, needle))
        found += here
        problems += [f"{path} is not changed: {_UNTOUCHED}" for path in _in_other_encodings(here)]
        going = {each.path for each in here if each.mention.exact or similar}
        going -= set(_in_other_encodings(here))
        if not going:
            continue
        if not may_rewrite(store.profile, rewrites):
            problems.append(f"{store.root} is not changed: {rewrite_refusal(store.profile)}")
            continue
        pending, refused = _changes(snapshot, needle, going, similar=similar)
        problems += refused
        changes |= pending
        unlisted += _unlisted(snapshot, pending)
    plan = Plan("forget", (_fix(changes),) if changes else ())
    return ForgetPlan(tuple(found), plan, tuple(problems), tuple(unlisted))


def _found(snapshot: Snapshot, needle: Needle) -> Iterable[FoundMention]:
    for path, document in snapshot.documents.items():
        exact = False
        if needle.is_in_text(f"{path}\n\n{document.text}") or needle.words_are_in_text(
            f"{path} {document.text}"
        ):
            for mention in mentions(document, needle, is_index=_is_index(snapshot, document)):
                exact = exact or mention.exact
                yield FoundMention(snapshot.store, f"{snapshot.store.root}/{path}", mention)
        is_odd = document.undecodable is not None or b"\0" in document.raw
        if is_odd and not exact and needle.is_in_bytes(document.raw):
            mention = Mention("encoding", 1, 0, "it is there in an encoding other than UTF-8", exact=True)
            yield FoundMention(snapshot.store, f"{snapshot.store.root}/{path}", mention)


def _in_other_encodings(found: Iterable[FoundMention]) -> list[str]:
    return [each.path for each in found if each.mention.what == "encoding"]


def _is_index(snapshot: Snapshot, document: Document) -> bool:
    return document.path == snapshot.store.profile.index_name


def _changes(
    snapshot: Snapshot, needle: Needle, going: set[str], *, similar: bool
) -> tuple[dict[str, FileChange], list[str]]:
    """Return the changes of a store by path, and why files cannot be changed."""
    root = snapshot.store.root
    left = dict(snapshot.documents)
    gone = []
    for path, document in snapshot.documents.items():
        if f"{root}/{path}" in going:
            after = without(document, needle, is_index=_is_index(snapshot, document), similar=similar)
            if after is None:
                gone.append(path)
            else:
                left[path] = parse(path, after)
    pending = {f"{root}/{path}": file_change(snapshot, path, document.raw) for path, document in left.items()}
    edited = replace(snapshot, documents=left)
    unlinked = {each.path: each for each in without_files(edited, gone)}
    changes = {}
    problems = []
    for each in then(pending, unlinked).values():
        try:
            edits.refuse(each)
        except RefusedError as error:
            problems.append(error.message)
        else:
            changes[each.path] = each
    return changes, problems


def _unlisted(snapshot: Snapshot, pending: Mapping[str, FileChange]) -> list[str]:
    later = with_changes(snapshot, pending)
    lost = reachable(snapshot).keys() - reachable(later).keys()
    return [f"{snapshot.store.root}/{path}" for path in sorted(lost & later.documents.keys())]


def _fix(changes: Mapping[str, FileChange]) -> Fix:
    ordered = tuple(changes[path] for path in sorted(changes))
    gone = sum(change.after is None for change in ordered)
    changed = len(ordered) - gone
    parts = [counted(changed, "file changed", "files changed")] * bool(changed)
    parts += [counted(gone, "file removed", "files removed")] * bool(gone)
    return Fix(f"forget a text: {', '.join(parts)}", Applicability.UNSAFE, ordered)


def rewritten(needle: Needle, indexes: Mapping[str, str], *, similar: bool) -> "_Rewrite":
    """Return a function that removes a needle from recorded contents; `indexes` has index files by root."""
    return _Rewrite(needle, indexes, similar)


@dataclass(frozen=True, slots=True)
class _Rewrite:
    needle: Needle
    indexes: Mapping[str, str]
    similar: bool

    def __call__(self, root: str, path: str, content: bytes) -> bytes | None:
        """Return a content without the mentions of the needle; None if nothing of it may stay."""
        document = parse(path, content)
        if document.undecodable is not None:
            return None
        is_index = path == self.indexes.get(root, "MEMORY.md")
        after = without(document, self.needle, is_index=is_index, similar=self.similar)
        return None if after is None or self.needle.is_in_bytes(after) else after


def masked(plan: Plan, needle: Needle, base: str) -> Plan:
    """Return a plan to show, with paths relative to a directory and the text masked."""

    def hide(content: bytes | None) -> bytes | None:
        return None if content is None else needle.masked(content.decode(errors="replace")).encode()

    return replace(
        plan,
        fixes=tuple(
            replace(
                fix,
                changes=tuple(
                    replace(
                        change,
                        path=os.path.join(base, needle.masked(os.path.relpath(change.path, base))),
                        before=hide(change.before),
                        after=hide(change.after),
                    )
                    for change in fix.changes
                ),
            )
            for fix in plan.fixes
        ),
    )
