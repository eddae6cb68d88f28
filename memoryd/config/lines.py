"""Lines of keys and faults in TOML files."""

from memoryd.values import regex

_HEADER = regex(r"\s*\[\[?\s*(?P<key>[^\]#]+?)\s*\]")
_KEY = regex(r"\s*(?P<key>(?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = regex(r"[\w-]+|\"([^\"]*)\"|'([^']*)'")
_AT = regex(r"\(at line (\d+), column \d+\)")
_TWICE = regex(r"Cannot (?:overwrite|declare|redefine|mutate)")
_MOST = 60  # characters of a line that a message quotes


def line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """Return the line, from 1, that sets a key or the nearest table around it; None if there is none.

    Args:
        text: The file.
        keys: The names of the tables around the key, and its own.
    """
    table: tuple[str, ...] = ()
    best, depth = None, 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = path = _parts(header["key"])
        elif found := _KEY.match(line):
            path = (*table, *_parts(found["key"]))
        else:
            continue
        common = len(path) if keys[: len(path)] == path else 0
        if common > depth:
            best, depth = number, common
    return best


def syntax_fault(text: str, error: Exception) -> tuple[int, str]:
    """Return the line, from 1, and a clause about a file that is not TOML."""
    found = _AT.search(str(error))
    lines = text.split("\n")
    number = min(int(found[1]) if found else len(lines), len(lines))
    written = lines[number - 1].strip()
    shown = f"{written[:_MOST]}…" if len(written) > _MOST else written
    what = "this key or table is there twice" if _TWICE.match(str(error)) else "this is not TOML"
    return number, f"{what}: {shown}" if shown else what


def _parts(key: str) -> tuple[str, ...]:
    """Return the parts of a dotted key without their quotes."""
    return tuple(part[1] or part[2] or part[0].strip("\"'") for part in _PART.finditer(key))
