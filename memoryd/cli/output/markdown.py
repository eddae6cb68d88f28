"""Markdown of the help topics, rendered for a terminal."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby, zip_longest

from memoryd.cli.output.terminal import has_colour, styled
from memoryd.values import regex

_WIDEST = 100  # columns; longer lines are hard to read
_CODE = regex(r"`([^`]+)`")
_ITEM = regex(r"(?:-|\d+\.) ")
_ITEM_START = regex(r"\n(?=(?:-|\d+\.) )")
_CELLS = regex(r"(?<!\\)\|")
_SPACE = "\x1f"  # replaces spaces in code, where lines must not break


def render(markdown: str) -> str:
    """Return a topic wrapped and styled for a terminal; elsewhere unchanged."""
    if sys.stdout is None or not sys.stdout.isatty():
        return markdown
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    lines = (line for block in _blocks(markdown) for line in _rendered(block, width))
    return "\n".join(lines).strip("\n") + "\n"


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Yield paragraphs, lists, tables and code as their lines."""
    for number, fenced in enumerate(re.split(r"^```.*\n", markdown, flags=re.MULTILINE)):
        if number % 2:
            yield [f"    {line}".rstrip() for line in fenced.splitlines()]
            continue
        for is_blank, lines in groupby(fenced.splitlines(), lambda line: not line.strip()):
            if not is_blank:
                yield list(lines)


def _rendered(block: list[str], width: int) -> Iterator[str]:
    first = block[0]
    if first.startswith("    "):
        yield from block
    elif first.startswith("#"):
        yield _heading(first.lstrip("# "))
    elif first.startswith("|"):
        yield from _table([_cells(row) for row in block if not row.startswith("|--")], width)
    else:
        for item in _ITEM_START.split("\n".join(block)):
            yield from map(_styled, _wrapped(item, width))
    yield ""


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(row.strip().strip("|"))]


def _table(rows: list[list[str]], width: int) -> Iterator[str]:
    """Yield aligned columns of wrapped cells; where they do not fit, the last cell below the others."""
    widths = _widths(rows, width)
    for number, cells in enumerate(rows):
        if widths:
            columns = (_wrapped(cell, size) for cell, size in zip(cells, widths, strict=True))
            lines = zip_longest(*columns, fillvalue="")
            shown = ["  ".join(map(_padded, line, widths)).rstrip() for line in lines]
        else:
            *others, last = cells
            shown = _wrapped("  ".join(filter(None, others)), width)
            shown += [f"    {line}" for line in _wrapped(last, width - 4)]
        yield from map(_heading if number == 0 else _styled, shown)


def _widths(rows: list[list[str]], width: int) -> list[int]:
    """Return the widths of columns that fit; none if words and code are too wide for that."""
    columns = list(zip(*rows, strict=True))
    least = [max(_size(word) for cell in column for word in _words(cell)) for column in columns]
    widths = [max(map(_size, column)) for column in columns]
    room = width - 2 * (len(widths) - 1)
    while sum(widths) > room:
        loose = [number for number, size in enumerate(widths) if size > least[number]]
        if not loose:
            return []
        widths[max(loose, key=widths.__getitem__)] -= 1
    return widths


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _size(cell))


def _words(text: str) -> list[str]:
    """Return the pieces at whose ends a line may break; spaces inside code are replaced."""
    return _CODE.sub(lambda code: re.sub(r"\s+", _SPACE, code[0]), " ".join(text.split())).split(" ")


def _wrapped(text: str, width: int) -> list[str]:
    """Return lines that end between words, never inside code; those of a list item are indented."""
    protected = " ".join(_words(text))
    item = _ITEM.match(text)
    lines = textwrap.wrap(
        protected,
        max(width, 1),
        subsequent_indent=" " * len(item[0]) if item else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_SPACE, " ") for line in lines]


def _size(cell: str) -> int:
    return len(_CODE.sub(r"\1", cell) if has_colour() else cell)


def _styled(line: str) -> str:
    """Return a line with its code in colour, or between backticks where there are no colours."""
    return _CODE.sub(lambda code: styled(code[1], "cyan"), line) if has_colour() else line


def _heading(line: str) -> str:
    return styled(_CODE.sub(r"\1", line), "bold") if has_colour() else line
