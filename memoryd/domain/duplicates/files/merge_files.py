"""The merge of two topic files as a fix."""

import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote

from memoryd.domain.dates.expiry import is_expiry
from memoryd.domain.duplicates.files.join import joined
from memoryd.domain.duplicates.pairs import contradict
from memoryd.domain.duplicates.words import words_of
from memoryd.domain.edits.combine import with_changes
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.links.names import WikiNames, reachable
from memoryd.domain.links.pointers import Pointer
from memoryd.domain.links.relink import destination_of, relinked
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.frontmatter import KEY, yaml_of
from memoryd.domain.markdown.model import BlockKind, Link, Span
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import regex

_MOST = 200  # links to one file that are changed
_LONG = 200  # characters of an index line
_SEPARATOR = regex(r"^[*_~`]*\s*(?:[—–:-]+\s+)?")
_DIRECTIVE = regex(rb"<!--\s*memoryd:")
# Keys that may differ, since they describe one file: its name, its purpose, its dates.
_OWN_KEYS = regex(
    r"name|title|description|date|created\w*|modified\w*|updated\w*|last[_-]\w+|timestamp|"
    r"node_type|originSessionId",
    re.IGNORECASE,
)


def merge_fix(
    snapshot: Snapshot, pointers: tuple[Pointer, ...], kept: Document, gone: Document
) -> Fix | None:
    """Return the fix that merges a topic file into another one and removes it.

    The entries and blocks that `kept` does not have below the same headings are added to it, and so are
    the description and the index summary. Return None if a part, link or way to a file would be lost, if
    only one of the files is protected, or if they contradict each other.

    Args:
        snapshot: The store.
        pointers: The pointers of its index file.
        kept: The topic file that stays.
        gone: The topic file that is removed.
    """
    if not _can_merge(snapshot, kept, gone) or _is_pinned(snapshot, pointers, kept, gone):
        return None
    renamed, hook = _with_one_pointer(snapshot, pointers, kept, gone)
    together = joined(kept, gone, tuple(_told(kept, gone, hook)))
    if together is None:
        return None
    contents = {kept.path: together}
    for path, document in renamed.documents.items():
        if path == gone.path:
            continue
        own = parse(path, contents[path]) if path in contents else document
        after = _led_elsewhere(renamed, own, kept, gone)
        if after is None:
            return None
        if after != snapshot.documents[path].raw:
            contents[path] = after
    changes = [
        file_change(snapshot, path, content)
        for path, content in contents.items()
        if content != snapshot.documents[path].raw
    ]
    changes.append(file_change(snapshot, gone.path, None))
    after_all = with_changes(snapshot, {each.path: each for each in changes})
    if not _is_whole(snapshot, after_all, kept, gone):
        return None
    return Fix(f'merge "{gone.path}" into "{kept.path}"', Applicability.UNSAFE, tuple(changes))


def _can_merge(snapshot: Snapshot, kept: Document, gone: Document) -> bool:
    index = snapshot.store.profile.index_name
    return (
        index not in {kept.path, gone.path}
        and posixpath.dirname(kept.path) == posixpath.dirname(gone.path)
        and all(each.undecodable is None for each in snapshot.documents.values())
        and not gone.definitions
        and not any(f"[{label}]".lower() in gone.text.lower() for label in kept.definitions)
        and b"[^" not in gone.source  # footnotes are numbered per file
        and snapshot.store.profile.rewrites
        and not pinned(kept)
        and not _DIRECTIVE.search(gone.source)
        and _is_of_one_kind(kept, gone)
        and _is_closed(kept)
        and not contradict(snapshot.store.root, kept, gone)
    )


def _is_of_one_kind(kept: Document, gone: Document) -> bool:
    """Return whether both front matters have the same type, owner, expiry: all except a file's own keys."""
    mine, theirs = (each.front_matter.fields if each.front_matter else {} for each in (kept, gone))
    if any(is_expiry(key) and theirs.get(key) != value for key, value in mine.items()):
        return False  # it would expire the other one, too
    if gone.front_matter is None:
        return True
    told = {key: value for key, value in theirs.items() if not _OWN_KEYS.fullmatch(key.rpartition(".")[2])}
    if any(mine.get(key) != value for key, value in told.items()):
        return False
    return gone.front_matter.problem is None and _lines(gone) <= _lines(kept)


def _lines(document: Document) -> set[str]:
    """Return the lines of front matter, without those of a file's own keys."""
    if document.front_matter is None:
        return set()
    found = set()
    is_own = False
    for line in document.slice(yaml_of(document.source, document.front_matter.span)).splitlines():
        key = KEY.match(line.rstrip())
        is_own = bool(_OWN_KEYS.fullmatch(key["key"])) if key else is_own
        if line.strip() and not is_own:
            found.add(line.rstrip())
    return found


def _is_closed(document: Document) -> bool:
    """Return whether text after a file stays text: no code block or HTML is left open."""
    last = parse("", document.raw.rstrip() + b"\n\nx\n").blocks[-1:]
    return [(block.kind, block.span.end - block.span.start) for block in last] == [(BlockKind.PARAGRAPH, 2)]


def _told(kept: Document, gone: Document, hook: str) -> list[str]:
    """Return the description and summary of the removed file, as far as the kept one lacks them."""
    lines = [line for each in (kept, gone) for line in each.source[each.body :].decode().split("\n")]
    known = {words_of(line).tokens for line in ("", kept.description, *lines)}
    told = []
    for text in (gone.description.strip(), hook):
        tokens = words_of(text).tokens
        if tokens not in known:
            told.append(text)
            known.add(tokens)
    return told


def _is_pinned(snapshot: Snapshot, pointers: tuple[Pointer, ...], *documents: Document) -> bool:
    """Return whether the index file has a pinned line for one of several files."""
    places = {f"{snapshot.store.root}/{each.path}" for each in documents}
    if snapshot.index is None or not (pins := pinned(snapshot.index)):
        return False
    return any(each.target[0] in places and touches(each.line, pins) for each in pointers)


def _with_one_pointer(
    snapshot: Snapshot, known: tuple[Pointer, ...], kept: Document, gone: Document
) -> tuple[Snapshot, str]:
    """Return the store without the index line of the removed file, if the kept one has an index line.

    The summary of that line is moved to the other line, or returned if there is no room.
    """
    index = snapshot.index
    root = snapshot.store.root
    others = [pointer for pointer in known if pointer.target[0] == f"{root}/{kept.path}"]
    if index is None or not others:
        return snapshot, ""
    going = [each for each in known if each.is_whole and each.target[0] == f"{root}/{gone.path}"]
    edits = [(each.line, b"") for each in going]
    hooks = list(dict.fromkeys(filter(None, (_hook(index, each) for each in going))))
    said = {words_of(text).tokens for text in (_hook(index, others[0]), kept.description, gone.description)}
    hook = "; ".join(each for each in hooks if words_of(each).tokens not in said)
    if hook and (line := _with_hook(index, others[0], hook)):
        edits.append((others[0].line, line))
        hook = ""
    source = index.source
    for line_span, text in sorted(edits, reverse=True):
        source = source[: line_span.start] + text + source[line_span.end :]
    documents = {**snapshot.documents, index.path: parse(index.path, source)}
    return replace(snapshot, documents=documents), hook


def _hook(index: Document, pointer: Pointer) -> str:
    """Return the text after the link of an index line."""
    rest = index.slice(Span(pointer.link.span.end, pointer.line.end))
    return _SEPARATOR.sub("", rest).strip()


def _with_hook(index: Document, pointer: Pointer, hook: str) -> bytes | None:
    """Return an index line with a longer summary; None if there is no room for it."""
    line = index.slice(pointer.line)
    text = line.rstrip()
    more = f"{text.rstrip('.')}; {hook}" if _hook(index, pointer) else f"{text} — {hook}"
    if not pointer.is_whole or "<!--" in line or (len(more) > _LONG and "[" not in hook):
        return None
    return (more + line[len(text) :]).encode()


def _led_elsewhere(snapshot: Snapshot, document: Document, kept: Document, gone: Document) -> bytes | None:
    """Return a document with its links and mentions of one file changed to the other; None if one cannot be.

    In the kept file, a link to the removed one becomes a link to a heading, or text.
    """
    root = snapshot.store.root
    places = {f"{root}/{gone.path}"}
    own = {*places, f"{root}/{kept.path}"} if document.path == kept.path else set()
    for _ in range(_MOST):
        link = next(
            (
                each
                for each in document.links
                if _means(root, document, each, places)
                or (_means(root, document, each, own) and _is_new(document, each.span, kept))
            ),
            None,
        )
        if link is None:
            return _renamed(snapshot, document, kept, gone)
        after = None
        if document.path == kept.path:
            after = _within(document, link)
        if after is None:
            new = destination_of(document.path, f"{root}/{kept.path}", root, link.destination)
            after = relinked(document, link, new)
        if after is None:
            return None
        document = parse(document.path, after)
    return None


def _is_new(document: Document, span: Span, kept: Document) -> bool:
    """Return whether a part of a merged file is not from the kept one."""
    return document.source[span.start : span.end] not in kept.source


def _means(root: str, document: Document, link: Link, places: set[str]) -> bool:
    return any(absolute(root, document.path, path) in places for path in file_paths(link.destination))


def _within(document: Document, link: Link) -> bytes | None:
    """Return a file whose link to itself becomes one to a heading, or text; None if that is not certain."""
    if "#" in link.destination:
        return relinked(document, link, "#" + link.destination.partition("#")[2])
    source, span = document.source, link.span
    end = source.rfind(b"](", span.start, span.end)
    text = source[span.start + 1 : end]
    if not source.startswith(b"[", span.start) or not text.strip():
        return None
    return source[: span.start] + text + source[span.end :]


def _renamed(snapshot: Snapshot, document: Document, kept: Document, gone: Document) -> bytes:
    names = WikiNames(snapshot.documents)
    name = next(
        (each for each in (kept.name, kept.stem) if each and names.targets(each) == (kept.path,)), kept.stem
    )
    source = document.source
    for link in reversed(document.wiki_links):
        inner = source[link.span.start : link.span.end]
        at = inner.find(link.name.encode(), 2)
        is_own = document.path == kept.path and _is_new(document, link.span, kept)
        if at >= 0 and names.targets(link.name) in {(gone.path,), (kept.path,) if is_own else (gone.path,)}:
            changed = inner[:at] + name.encode() + inner[at + len(link.name.encode()) :]
            if document.path == kept.path and b"#" not in inner:
                changed = inner[2:-2].rpartition(b"|")[2].strip(b" \\")
            source = source[: link.span.start] + changed + source[link.span.end :]
    old, new = (posixpath.basename(each.path).encode() for each in (gone, kept))
    whole = f"{posixpath.basename(snapshot.store.root)}/{gone.path}".encode()

    def rename(found: re.Match[bytes]) -> bytes:
        own = found[1] in {b"", b"./"} or f"/{found[0].decode()}".endswith(f"/{whole.decode()}")
        return found[1] + new if own else found[0]

    return re.sub(rb"(?<![\w./~-])(/?(?:[\w.~-]+/)*)" + re.escape(old) + rb"(?!\w)", rename, source)


def _is_whole(before: Snapshot, after: Snapshot, kept: Document, gone: Document) -> bool:
    """Return whether no link breaks, and all topics stay reachable."""
    known, answering = WikiNames(before.documents), WikiNames(after.documents)
    root = before.store.root
    for document in after.documents.values():
        if any(known.targets(link.name) and not answering.targets(link.name) for link in document.wiki_links):
            return False
        if any(_means(root, document, link, {f"{root}/{gone.path}"}) for link in document.links):
            return False
    anchors = {anchor.lower() for anchor in after.documents[kept.path].anchors}
    there = {anchor.lower() for anchor in gone.anchors}
    used = {
        unquote(link.destination.partition("#")[2]).lower()
        for document in before.documents.values()
        for link in document.links
        if "#" in link.destination
        and (document is gone or _means(root, document, link, {f"{root}/{gone.path}"}))
    }
    reached = set(reachable(before)) - {gone.path} <= {*reachable(after)}
    return reached and used & there <= anchors
