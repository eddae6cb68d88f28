"""Faults of front matter: repeated keys, missing fences, blank lines."""

import re
from collections.abc import Iterator

from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.model import FrontMatter, Span
from memoryd.values import dataclass, regex

_KEY_TEXT = regex(rb"(?:^[ \t]*(?:- +)?|[{,][ \t]*)[\"']?([^\s:\"'{}\[\],#]+)[\"']?[ \t]*:", re.MULTILINE)
_OPENING = regex(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n")
_BLANK_ABOVE = regex(rb"(?:\xef\xbb\xbf)?(?P<blank>(?:[ \t]*\r?\n)+)(?=---[ \t]*\r?\n)")
_TOP_KEY = regex(rb"[\"']?(?P<key>[A-Za-z_][\w-]{0,60})[\"']?:(?:[ \t]+\S.*)?[ \t]*\r?$")
_GLUED_KEY = regex(rb"(?P<key>name|description|type):(?![\s/])\S.*$")
_BELOW = regex(rb"[ \t]+\S|- +\S")  # a line that belongs to the key above it
# What editors and people put where the closing fence belongs.
_FENCE_ALIKE = regex(
    rb"[ \t]*(?:\.{3}|-{2}|-{4,}|={3,}|\*{3,}|_{3,}|\+{3}|`{3}|(?:\xe2\x80[\x93\x94]-?){1,3}"
    rb"|-\xe2\x80[\x93\x94])[ \t]*\r?$|[ \t]+---[ \t]*\r?$"
)
_MEMORY_KEYS = frozenset(
    b"name description type metadata title tags created updated modified date status expires "
    b"valid_until review_by originSessionId node_type summary scope".split()
)
_BLANK_BEFORE = regex(rb"\n[ \t]*\r?\n\Z")
_LOWER = regex(rb"[a-z][a-z0-9_-]*")
_MOST_LINES = 200  # read of front matter that may be unclosed


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that occurs more than once in one mapping of front matter; spans are bytes of the file."""

    key: str
    first: Span
    again: Span


@dataclass(frozen=True, slots=True)
class UnclosedBlock:
    """Front matter whose closing fence is missing.

    Attributes:
        opening: The opening fence.
        end: Where the closing fence belongs: after the last line with a key, in bytes of the file.
        fence: The line that was meant as the closing fence, or an empty span.
        closed_by: The line of dashes further down that closes it instead, or None.
        is_certain: Whether the closing fence can belong nowhere else.
    """

    opening: Span
    end: int
    fence: Span
    closed_by: Span | None
    is_certain: bool


def repeated_keys(source: bytes, front_matter: FrontMatter) -> Iterator[RepeatedKey]:
    """Yield the keys that occur again in the same mapping.

    Args:
        source: The whole file.
        front_matter: Its front matter, valid or not: in invalid YAML, only keys of the outermost mapping
            are compared.
    """
    inner = frontmatter.yaml_of(source, front_matter.span)
    texts = _KEY_TEXT.findall(source, inner.start, inner.end)
    if len(set(texts)) == len(texts):
        return
    if front_matter.problem is None:
        yield from _in_yaml(source[inner.start : inner.end].decode(), inner.start)
        return
    first: dict[bytes, Span] = {}
    for line in _lines(source, inner):
        if match := _TOP_KEY.match(source[line.start : line.end]):
            span = Span(line.start, line.start + len(match[0].rstrip()))
            known = first.setdefault(match["key"], span)
            if known is not span:
                yield RepeatedKey(match["key"].decode(), known, span)


def _in_yaml(text: str, offset: int) -> Iterator[RepeatedKey]:
    import yaml  # noqa: PLC0415  # slow to import, see frontmatter

    def span(node: yaml.Node) -> Span:
        at = offset + len(text[: node.start_mark.index].encode())
        line = text[node.start_mark.index :].partition("\n")[0].rstrip()
        return Span(at, at + len(line.encode()))

    todo = [yaml.compose(text, Loader=yaml.CBaseLoader)]
    seen: set[int] = set()  # an alias leads to the same node again
    found = []
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            todo += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        first: dict[str, Span] = {}
        for key, value in node.value:
            todo.append(value)
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                here = span(key)
                known = first.setdefault(key.value, here)
                if known is not here:
                    found.append(RepeatedKey(key.value, known, here))
    yield from sorted(found, key=lambda each: each.again)


def unclosed(source: bytes, front_matter: FrontMatter | None) -> UnclosedBlock | None:
    """Return front matter that begins in the first line and is never closed, or only far below.

    Args:
        source: The whole file in UTF-8.
        front_matter: Its front matter as read, or None.
    """
    opening = _OPENING.match(source)
    if not opening or (front_matter and front_matter.problem is None):
        return None
    keys, end = _keys_from(source, opening.end())
    if not keys or not (_MEMORY_KEYS.intersection(keys) or sum(map(_is_lower, keys)) > 1):
        return None
    following = next(_lines(source, Span(end, len(source))), Span(end, end))
    line = source[following.start : following.end]
    is_fence = bool(_FENCE_ALIKE.match(line))
    is_certain = is_fence or not line.strip() or line.startswith(b"#")
    closing = None
    if front_matter:
        start = source.rindex(b"---", front_matter.span.start, front_matter.span.end)
        closing = Span(start, start + 3)
        if start <= following.start or not _is_prose_in(source, Span(end, start)):
            return None
        # Directly below text, the line that closes it would become the underline of a heading.
        is_certain = is_certain and bool(_BLANK_BEFORE.search(source[:start]))
    is_valid = frontmatter.read_yaml(source[opening.end() : end].decode())[1] is None
    fence = following if is_fence else Span(end, end)
    start = source.index(b"---")
    return UnclosedBlock(Span(start, start + 3), end, fence, closing, is_valid and is_certain)


def late(source: bytes) -> Span | None:
    """Return the blank lines above the front matter of a memory, which hide it; None if there are none."""
    blank = _BLANK_ABOVE.match(source)
    if not blank:
        return None
    found = frontmatter.read(source[blank.end() :])
    is_memory = found and {"name", "description"} & found.fields.keys()
    return Span(blank.start("blank"), blank.end("blank")) if is_memory else None


def glued_keys(source: bytes) -> list[Span]:
    """Return the keys of a block between fences that no space separates from their values.

    YAML takes `name:deploy` for text. Blocks in which any line has a key are left to the YAML parser.
    """
    opening = _OPENING.match(source)
    if not opening:
        return []
    found: list[Span] = []
    for line in _lines(source, Span(opening.end(), len(source))):
        text = source[line.start : line.end].rstrip()
        if text == b"---":
            return found
        match = _GLUED_KEY.match(text)
        if not match:
            return []
        found.append(Span(line.start, line.start + len(text)))
    return []


def _keys_from(source: bytes, start: int) -> tuple[list[bytes], int]:
    """Return the keys of consecutive lines of front matter, and the end of the last line."""
    keys: list[bytes] = []
    end = start
    is_apart = False
    for count, line in enumerate(_lines(source, Span(start, len(source)))):
        text = source[line.start : line.end]
        match = _TOP_KEY.match(text)
        if not text.strip():
            is_apart = True
        elif match and (not is_apart or match["key"] in _MEMORY_KEYS):
            keys.append(match["key"])
        elif not (keys and not is_apart and _BELOW.match(text)) or _FENCE_ALIKE.match(text):
            break
        if text.strip():
            is_apart, end = False, min(line.end + 1, len(source))
        if count > _MOST_LINES:
            return [], start
    return keys, end


def _is_prose_in(source: bytes, span: Span) -> bool:
    """Return whether a part that begins with a blank line or a fence has text that is no key or comment."""
    lines = [source[line.start : line.end] for line in _lines(source, span)]
    return (not lines[0].strip() or bool(_FENCE_ALIKE.match(lines[0]))) and any(
        line.strip() and not line.startswith(b"#") and not _TOP_KEY.match(line) for line in lines[1:]
    )


def _is_lower(key: bytes) -> bool:
    return bool(_LOWER.fullmatch(key))


def _lines(source: bytes, span: Span) -> Iterator[Span]:
    """Yield the lines of a part of a file, without line feeds."""
    start = span.start
    while start < span.end:
        end = source.find(b"\n", start, span.end)
        end = span.end if end < 0 else end
        yield Span(start, end)
        start = end + 1
