"""Small stores to be compacted."""

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from memoryd.domain.checks.rule import RuleContext, context_of
from memoryd.domain.compaction.shorten import compact as compact_from
from memoryd.domain.edits.plan import Fix
from memoryd.domain.history.past import Past
from memoryd.domain.limits.threshold import Threshold
from memoryd.domain.links.guesses import broken_links
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT, Profile
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.stores.surroundings import Surroundings


def snapshot(files: dict[str, str | bytes], profile: Profile = CLAUDE_AGENT) -> Snapshot:
    raw = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    store = Store("/s/reviewer", Scope.PROJECT, "reviewer", "/s", profile)
    documents = {path: parse(path, raw[path]) for path in sorted(raw)}
    return Snapshot(store, documents)


def context(store: Snapshot) -> RuleContext:
    names: dict[str, set[str]] = {}
    for path in store.documents:
        place = f"/s/reviewer/{path}"
        while place != "/s/reviewer":
            place, _, name = place.rpartition("/")
            names.setdefault(place, set()).add(name)
    listings = {place: frozenset(found) for place, found in names.items()}
    return context_of(store, Surroundings(listings=listings))


def applied(before: Snapshot, fix: Fix) -> Snapshot:
    documents = dict(before.documents)
    for change in fix.changes:
        path = change.path.removeprefix("/s/reviewer/")
        assert change.before == (documents[path].raw if path in documents else None)
        assert change.after is not None
        documents[path] = parse(path, change.after)
    return replace(before, documents=dict(sorted(documents.items())))


def compact(before: Snapshot, past: Past | None = None) -> Fix | None:
    return compact_from(before, past or Past(), Threshold.SOFT)


def compacted(before: Snapshot) -> Snapshot:
    fix = compact(before)
    assert fix is not None
    return applied(before, fix)


def index_text(store: Snapshot) -> str:
    assert store.index is not None
    return store.index.text


def bare_lines(store: Snapshot) -> Counter[str]:
    """Written again, so that a mistake in the program's own proof shows."""
    return Counter(
        stripped.lstrip("#").strip() if stripped.startswith("#") else stripped
        for document in store.documents.values()
        for line in document.text.removeprefix("\ufeff").split("\n")
        if (stripped := line.rstrip("\r")).strip()
    )


SECTIONED = "# Notes\n" + "".join(
    f"\n## Part {part}\n" + "".join(f"- fact {part}.{fact} is worth knowing\n" for fact in range(14))
    for part in range(15)
)
LINKS = {
    f"{kind}_{number:03}.md": f"---\nname: {kind}-{number}\ntype: {kind}\n---\nText {number}.\n"
    for number in range(231)
    for kind in (("project", "feedback", "user")[number % 3],)
}
LINK_INDEX = "# Memory index\n\n" + "".join(
    f"- [{path[:-3]}]({path}) — hook {path[:-3]}\n" for path in sorted(LINKS)
)


class BrokenLink(NamedTuple):
    """A broken link as it is written, the file that it is in, and the path that it leads to."""

    file: str
    kind: str
    destination: str
    path: str


def broken_targets(store: Snapshot) -> set[BrokenLink]:
    """All links to missing files, whatever a message may guess about them."""
    around = context(store)
    return {
        BrokenLink(document.path, kind_of(document.slice(target.link.span)), target.link.destination, path)
        for document, target, _ in broken_links(around.links, around.around)
        for path in target.places[:1]
    }


def kind_of(written: str) -> str:
    """How a link is written: as a link, an image, by reference, or bare."""
    mark = written[:1] if written[:1] in {"[", "!", "<"} else ""
    return mark + ("(" if written.endswith(")") else "]" if written.endswith("]") else "")
