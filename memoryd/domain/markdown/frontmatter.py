"""Front matter, read leniently and never rewritten."""

import re
from collections.abc import Iterator, Mapping

from memoryd.domain.markdown.model import FrontMatter, Span
from memoryd.values import regex

BOM = b"\xef\xbb\xbf"
_BLOCK = regex(rb"---[ \t]*\r?\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\r?\n|\Z)")
KEY = regex(r"(?P<indent> *)(?P<key>[\w.-]+):(?:\s+(?P<value>.*))?$")

# libyaml's composer is recursive in C: hostile nesting would crash the process, and real front
# matter is small and flat.
_MOST_BYTES = 64 * 1024
_MOST_NESTING = 100
_MOST_DASHES = 50  # each may open a nested list
# Letters without a meaning in YAML: no quote, bracket, `:`, `#` or line end.
_WORD = r"[A-Za-z0-9_\u00c0-\u024f]"
_REST = r"[A-Za-z0-9_ .,;/()+=<>\u00c0-\u024f\u2013-\u2026\u2190-\u21ff-]"
_LINE = rf"[A-Za-z_][\w-]{{0,60}}: {_WORD}{_REST}*\n"
_PLAIN = regex(rf"(?a:(?:{_LINE}|[A-Za-z_][\w-]{{0,60}}:\n(?:  {_LINE})+)+)")
_MARKER = regex(r"[-?]\s")
_LEAST_QUOTED = 2


def read(source: bytes) -> FrontMatter | None:
    """Read the block between `---` lines at the start of a file.

    Two thematic breaks around prose are not front matter: the block must be a YAML mapping or, if it is
    invalid, have at least one line that starts with a key.

    Args:
        source: The whole file in UTF-8, with or without byte-order mark.
    """
    start = len(BOM) if source.startswith(BOM) else 0
    if not source.startswith(b"---", start):
        return None
    block = _BLOCK.match(source, start)
    if not block:
        return None
    text = block["yaml"].decode()
    plain = _read_plain(text)
    fields, problem = (plain, None) if plain else read_yaml(text)
    if problem:
        fields = dict(_read_lines(text))
        if not fields:
            return None
    return FrontMatter(fields, problem, Span(start, block.end()), block[0])


def yaml_of(source: bytes, span: Span) -> Span:
    """Return the span of the lines between the fences of front matter, in bytes of the file."""
    start = source.index(b"\n", span.start) + 1
    return Span(start, source.rindex(b"---", start, span.end))


def read_yaml(text: str) -> tuple[Mapping[str, str], str | None]:
    """Return the fields by key and None, or no fields and the problem, with its line in the file if known."""
    import yaml  # noqa: PLC0415  # a fifth of a command's start-up, and only files with front matter need it

    if len(text) > _MOST_BYTES or sum(map(text.count, "[{")) > _MOST_NESTING or _deep(text):
        return {}, "it is too large or too deeply nested"
    try:
        value = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  # makes only str, list and dict
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 2})" if error.problem_mark else ""
        return {}, f"{error.problem or error.context}{line}"
    except (yaml.YAMLError, ValueError) as error:
        return {}, str(error).splitlines()[0]
    if not isinstance(value, dict):
        return {}, "it is not a mapping of keys to values" if value else None
    fields = dict(_flatten(value))
    too_large = sum(map(len, fields.values())) > _MOST_BYTES
    return ({}, "its aliases make it too large") if too_large else (fields, None)


def _read_plain(text: str) -> dict[str, str]:
    """Return the fields of a block in the simplest form, which this reads four times as fast as YAML.

    The form is `key: value` on each line, with one level of keys indented by two spaces. Any other block
    has no fields here.
    """
    if not _PLAIN.fullmatch(text) or text.count("- ") > _MOST_DASHES:
        return {}
    fields: dict[str, str] = {}
    outer = ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key[0] == " ":
            key = f"{outer}.{key[2:]}"
        else:
            outer = key
        if key in fields:
            return {}
        fields[key] = value.strip() or "{…}"
    return fields


def _deep(text: str) -> bool:
    """Return whether indentation or block markers nest deeper than in any real front matter."""
    return any(
        len(_MARKER.findall(line)) + len(line) - len(line.lstrip(" ")) > _MOST_NESTING
        for line in text.splitlines()
    )


def _flatten(mapping: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    """Yield scalars by key, one level of nesting as `outer.inner`; other values as a mark of their kind."""
    for key, value in mapping.items():
        if isinstance(value, dict):
            yield str(key), "{…}"
            yield from (
                (f"{key}.{inner}", scalar) for inner, scalar in value.items() if isinstance(scalar, str)
            )
        else:
            yield str(key), value if isinstance(value, str) else "[…]"


def _read_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield `key: value` line by line, quotes stripped, keys below a bare key nested, as a person would."""
    outer = ""
    for line in text.split("\n"):
        match = KEY.match(line.rstrip())
        if not match:
            continue
        value = (match["value"] or "").strip()
        meant = unquoted(value)
        if meant is None:
            meant = value[1:-1] if value[0] == value[-1] and len(value) >= _LEAST_QUOTED else value
        if not match["indent"]:
            outer = match["key"] if not value else ""
            yield match["key"], meant
        elif outer:
            yield f"{outer}.{match['key']}", meant


def unquoted(value: str) -> str | None:
    """Return the text that the author meant by a value that may be in quotes; None if unclear.

    “'it's'” is in quotes, and so is “"the "old" way"”; “"one" and "two"” only begins and ends with one.
    """
    quote = value[:1]
    if quote not in {'"', "'"}:
        return value
    escape = '\\"' if quote == '"' else "''"
    wrapped = value.endswith(quote) and len(value) >= _LEAST_QUOTED
    inner = value[1:-1] if wrapped else value[1:]
    if escape in inner or "\\\\" in inner:
        return None
    depth = 0
    for at in (match.start() for match in re.finditer(quote, inner)):
        before, after = inner[max(at - 1, 0) : at], inner[at + 1 : at + 2]
        if before.isalnum() and after.isalnum():
            continue  # an apostrophe
        opens = not before or before in " \t([{“‘"
        if not opens and not depth:  # closes the first one, so the outer two are not a pair
            return value if _count(quote, value) % 2 == 0 else None
        depth += 1 if opens else -1
    return inner if wrapped and not depth else None


def _count(quote: str, value: str) -> int:
    """Return the number of quotation marks of a kind, without apostrophes."""
    return len(re.findall(rf"(?<![^\W_]){quote}|{quote}(?![^\W_])", value))
