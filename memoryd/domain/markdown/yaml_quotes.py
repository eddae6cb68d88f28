"""Values that YAML misreads, and the quotes that fix them."""

from collections.abc import Iterator
from itertools import islice

from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import FrontMatter, Span
from memoryd.values import dataclass, regex

_MOST = 50  # values checked per file: each takes a run of the parser, and real files have few
_SUSPECT = regex(r"[^\w./(]|.*:(?:\s|$)")  # a value that may not be valid alone
_BLOCK_SCALAR = regex(r"[|>][-+\d]{0,2}(?:\s+#.*)?$")
_BEHIND = regex(r"(?<![ \t])[ \t]+(#[^\r\n]*)")
_NUMBER = regex(r"#+[ \t]*\d")
_REMARK = regex(r"#+(?:\s|$)")
_PROSE = frozenset({"name", "description"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value that YAML does not read as it was written; offsets are code points in the YAML.

    Attributes:
        key: Its key.
        start: Its first character.
        lost: The first character that YAML drops.
        end: After its last character.
        meant: The value as its author meant it; None if that is not certain.
        quoted: The meant value in quotes.
        reason: Why it is not valid YAML, or "".
    """

    key: str
    start: int
    lost: int
    end: int
    meant: str | None
    quoted: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Event:
    """One event of the parser: its kind, the text of a scalar, and its span in the YAML."""

    kind: str
    text: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Misreading:
    """YAML's reading of one front matter, compared with its text.

    Attributes:
        yaml: The text between the fences.
        offset: Start of that text, in bytes of the document's source.
        broken: Values that are not valid YAML, in order.
        cut: Values whose end YAML takes for a comment, in order.
        events: YAML's reading once the broken values are overwritten; empty if it is still not valid.
    """

    yaml: str
    offset: int
    broken: tuple[Value, ...]
    cut: tuple[Value, ...]
    events: tuple[_Event, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the span of a part of the YAML, in bytes of the document's source."""
        at = self.offset + len(self.yaml[:start].encode())
        return Span(at, at + len(self.yaml[start:end].encode()))


def misreading(source: bytes, front_matter: FrontMatter | None) -> Misreading | None:
    """Return the misread values of a file's front matter; None if there can be none."""
    if front_matter is None:
        return None
    inner = frontmatter.yaml_of(source, front_matter.span)
    text = source[inner.start : inner.end].decode()
    if front_matter.problem is None and not _BEHIND.search(text):
        return None
    broken = tuple(islice(_broken(text), _MOST)) if front_matter.problem else ()
    skeleton = text
    for value in broken:
        skeleton = skeleton[: value.start] + "x" * (value.end - value.start) + skeleton[value.end :]
    events = () if frontmatter.read_yaml(skeleton)[1] else tuple(_events(skeleton))
    cut = islice(_cut(text, events, {value.start for value in broken}), _MOST)
    return Misreading(text, inner.start, broken, tuple(cut), events)


def with_quotes(document: Document, found: Misreading, values: tuple[Value, ...]) -> bytes | None:
    """Return the whole file with these values in quotes.

    Return None if that is not certain: the meaning of a value is unclear, or YAML would read another key
    or value differently than before.
    """
    meant = {value.start: value.meant for value in values}
    if None in meant.values() or not found.events or document.undecodable is not None:
        return None
    text = found.yaml
    for value in reversed(values):
        text = text[: value.start] + value.quoted + text[value.end :]
    end = found.span(len(found.yaml), len(found.yaml)).end
    after = document.source[: found.offset] + text.encode() + document.source[end:]
    read = frontmatter.read(after)
    again = misreading(after, read)
    events = again.events if again else tuple(_events(text)) if read else ()
    wanted = [
        (event.kind, meant.get(event.start, event.text) if event.kind == "ScalarEvent" else event.text)
        for event in found.events
    ]
    return after if [(event.kind, event.text) for event in events] == wanted else None


def quote(text: str) -> str:
    """Return a text in the quotes that change it least."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _broken(text: str) -> Iterator[Value]:
    """Yield values that are not valid YAML by themselves."""
    for key, value, start in islice(_suspects(text), _MOST):
        problem = frontmatter.read_yaml(f"k: {value}")[1]
        if problem:
            meant = None if _is_open(value) else frontmatter.unquoted(value)
            reason = _reason(value, meant, problem)
            yield Value(key, start, start, start + len(value), meant, quote(meant or ""), reason)


def _reason(value: str, meant: str | None, problem: str) -> str:
    if problem.startswith("mapping values are not allowed"):
        return 'it contains ": "'
    if value[0] in {'"', "'"} and meant is not None:
        if meant == value:
            return "there is text after its closing quote"
        return "its quotes contain another quote, or a backslash"
    return f"it begins with {value[0]!r}"


def _suspects(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield key, value and offset of one-line values that may need quotes, without comments."""
    lines = text.split("\n")
    at = 0
    continued = -1  # indentation of a multi-line value
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        match = frontmatter.KEY.match(line.rstrip(" \t\r"))
        if line.strip() and _indent(line) <= continued:
            continued = -1
        if match and match["value"] and continued < 0:
            key, value = match["key"], match["value"]
            if _BLOCK_SCALAR.match(value) or (following.strip() and _indent(following) > _indent(line)):
                continued = _indent(line)
            elif _SUSPECT.match(value):
                yield key, _without_remark(key, value), at + match.start("value")
        at += len(line) + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _without_remark(key: str, value: str) -> str:
    for behind in islice(_BEHIND.finditer(value), _MOST):
        if _is_remark(key, value[: behind.start()], behind[1]):
            return value[: behind.start()]
    return value


def _is_open(value: str) -> bool:
    """Return whether a value may continue in the next lines, or be a list or mapping with a typo."""
    closing = {"[": "]", "{": "}"}.get(value[:1])
    return closing is not None and (value.endswith(closing) or closing not in value)


def _cut(text: str, events: tuple[_Event, ...], broken: set[int]) -> Iterator[Value]:
    """Yield plain values followed by text that YAML wrongly takes for a comment."""
    depth = 0  # of brackets
    for event in events:
        bracket = text[event.start : event.end] if event.kind.endswith(("StartEvent", "EndEvent")) else ""
        depth += (bracket in {"[", "{"}) - (bracket in {"]", "}"})
        behind = _BEHIND.match(text, event.end)
        if not (behind and event.text) or depth or event.start in broken or text[event.start] in "\"'|>":
            continue
        line = text[text.rfind("\n", 0, event.start) + 1 : event.start]
        key = line.strip().removesuffix(":").rpartition(" ")[2]
        if not _is_remark(key, event.text, behind[1]):
            end = event.end + len(behind[0].rstrip())
            quoted = quote(text[event.start : end])
            meant = event.text + text[event.end : end]
            yield Value(key, event.start, event.end, end, meant, quoted, "")


def _is_remark(key: str, value: str, rest: str) -> bool:
    """Return whether `rest`, which begins with a hash sign, is meant as a comment on the value before it.

    “#54”, “#general” and text inside brackets or code are text; “# one of these” is a comment.
    """
    if value.count("`") % 2 or any(value.count(one) > value.count(other) for one, other in ("()", "[]")):
        return False
    if value[:1] in {'"', "'"} and value.count(value[0]) % 2:
        return False
    if _NUMBER.match(rest):
        return False
    return bool(_REMARK.match(rest)) or (" " not in value and key not in _PROSE)


def _events(yaml_text: str) -> Iterator[_Event]:
    """Yield the parser's events for a text that is known to be valid."""
    import yaml  # noqa: PLC0415  # slow to import, see frontmatter

    for event in yaml.parse(yaml_text, Loader=yaml.CBaseLoader):
        if event.start_mark and event.end_mark:  # always true here
            text = getattr(event, "value", None)
            yield _Event(type(event).__name__, text, event.start_mark.index, event.end_mark.index)
