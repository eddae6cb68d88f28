"""L: links."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from memoryd.domain.document import Document, Snapshot, Span
from memoryd.domain.links import absolute, exists, file_paths, is_machine_path, reachable
from memoryd.domain.lint import Finding, Severity, rule
from memoryd.domain.store import Scope

_SEARCHED = 100  # broken links of a store for which a similar name is searched: it takes milliseconds each

_DATED = re.compile(r"(?:^|/)\d{4}-?\d{2}-?\d{2}(?:\D|$)")


@rule("L001", "broken-link", Severity.ERROR)
def broken_link(snapshot: Snapshot) -> Iterator[Finding]:
    """A link leads to a file that does not exist.

    Names count letter by letter, also where the file system of this machine does not care. Links
    in code, comments and front matter are none; URLs, anchors, drive letters, paths that version
    control ignores, and, in a store that is shared, paths of one machine are not judged.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- Deploy.md
        Ship on Mondays.

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md#when), [site](https://example.com), [code](C:/x.cpp), `[no](link.md)`
        --- deploy.md
        # When
    """
    count = 0
    for document in snapshot.documents.values():
        for link in document.links:
            paths = file_paths(link.destination)
            if not paths or _unjudged(snapshot, paths[0]):
                continue
            places = [absolute(snapshot.store.root, document.path, path) for path in paths]
            if any(exists(place, snapshot.listings) or place in snapshot.ignored for place in places):
                continue
            count += 1
            suggestion = _suggestion(snapshot, document, places[0], search=count <= _SEARCHED)
            yield Finding(document, link.span, f"“{link.destination}” does not exist{suggestion}")


def _unjudged(snapshot: Snapshot, path: str) -> bool:
    return is_machine_path(path) and (snapshot.store.scope is Scope.PROJECT or path.startswith("~"))


def _suggestion(snapshot: Snapshot, document: Document, place: str, *, search: bool) -> str:
    """What was probably meant."""
    root = snapshot.store.root
    directory, _, name = place.rpartition("/")
    siblings = snapshot.listings.get(directory or "/") or frozenset()
    folded = next((sibling for sibling in sorted(siblings) if sibling.casefold() == name.casefold()), None)
    if folded:
        return f": only the case differs from “{folded}”"
    if not directory.startswith(root):
        return ""
    names = {path.rpartition("/")[2]: path for path in snapshot.documents if path != document.path}
    if name in names:
        return f": there is “{names[name]}”"
    near = get_close_matches(name, sorted(names), n=1, cutoff=0.75) if search else []
    return f": did you mean “{names[near[0]]}”?" if near else ""


@rule("L004", "unlisted-topic", Severity.WARNING)
def unlisted_topic(snapshot: Snapshot) -> Iterator[Finding]:
    """The index file leads to this topic file in no way: the agent will not know that it exists.

    Ways are a link, a wiki link, a plain mention of the file's name, a link to its folder, a mention
    of that (`logs/`), or any of these from a topic file that is reached. Dated logs need none. A
    store without index file has other troubles.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- deploy.md
        Ship on Mondays.
        --- secrets-rotation.md
        Every quarter.

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md), [[rotation]], `plain-mention.md`
        --- deploy.md
        Ship on Mondays, see [people](people.md).
        --- secrets.md
        ---
        name: rotation
        ---
        Every quarter.
        --- people.md
        Ask Ann.
        --- plain-mention.md
        Also found.
        --- logs/2026-02-03.md
        Deployed.
    """
    if snapshot.index is None or not snapshot.store.profile.leads:
        return
    reached = reachable(snapshot)
    for topic in snapshot.topics:
        if topic.path not in reached and not _DATED.search(topic.path):
            message = f"{snapshot.store.profile.index_name} does not lead to it: the agent will not find it"
            yield Finding(topic, Span(topic.body, topic.body), message)
