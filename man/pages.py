"""Manual pages, made from the commands and the help topics."""  # noqa: INP001  # not a package

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from memoryd import __version__
from memoryd.cli import app
from memoryd.cli.help_pages import sentence_of
from memoryd.cli.values import summary, topic_files

if TYPE_CHECKING:
    from typer._click import Context

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_ITEM = re.compile(r"(-|\d+\.) ")
_ITEM_START = re.compile(r"\n(?=(?:-|\d+\.) )")
_CELLS = re.compile(r"(?<!\\)\|")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def pages() -> Mapping[str, str]:
    """Return the text of each page by the name of its file."""
    program: Any = typer.main.get_command(app)
    root = typer.Context(program, info_name="memoryd")
    found = {"memoryd.1": _program_page(root)}
    for name, command in program.commands.items():
        context = typer.Context(command, parent=root, info_name=name)
        found[f"memoryd-{name}.1"] = _command_page(context)
    for name, file in topic_files().items():
        found[f"memoryd-{name}.7"] = _topic_page(name, file.read_text(encoding="utf-8"), summary(file))
    return found


def write_pages(directory: Path) -> Mapping[Path, str]:
    """Write the pages, and return where in an installation each belongs, by its path.

    Args:
        directory: Where they are written.
    """
    found = {}
    for name, text in pages().items():
        path = directory / name
        path.write_text(text, encoding="utf-8")
        found[path] = f"share/man/man{name[-1]}/{name}"
    return found


def _program_page(root: "Context") -> str:
    program: Any = root.command
    lines = [*_head("memoryd", 1, "look after what AI coding agents remember"), *_usage(root)]
    lines += [".SH DESCRIPTION", _text(program.help), *_parameters(root), ".SH COMMANDS"]
    for heading, names in program.panels.items():
        lines += [f".SS {_text(heading)}"]
        for name in names:
            about = _text(sentence_of(program.commands[name]))
            lines += [".TP", f"\\fBmemoryd\\-{_code(name)}\\fR(1)", about]
    topics = topic_files()
    lines += [*_section_of(topics["checking"], "Exit codes", "EXIT STATUS")]
    lines += [".SH GUIDES", "The text of", "\\fBmemoryd help \\fITOPIC\\fR:"]
    for name, file in topics.items():
        lines += [".TP", f"\\fBmemoryd\\-{_code(name)}\\fR(7)", _text(summary(file))]
    return _joined(lines)


def _section_of(topic: Any, heading: str, title: str) -> Iterator[str]:  # noqa: ANN401  # a Traversable
    """Yield a section of a help topic; nothing if it has none of that heading."""
    _, found, rest = topic.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    if found:
        yield f".SH {title}"
        yield from _markdown(rest.partition("\n## ")[0])


def _command_page(context: "Context") -> str:
    command: Any = context.command
    name = str(context.info_name)
    lines = [*_head(f"memoryd-{name}", 1, sentence_of(command)), *_usage(context)]
    lines += [".SH DESCRIPTION", *_help(command.help or ""), *_parameters(context)]
    for word, inner in getattr(command, "commands", {}).items():
        below = typer.Context(inner, parent=context, info_name=word)
        lines += [f".SH memoryd {_code(name)} {_code(word)}", *_usage(below, heading="")]
        lines += [".PP", *_help(inner.help or ""), *_parameters(below, level=".SS")]
    see = ["\\fBmemoryd\\fR(1)"]
    if name in topic_files():
        see.append(f"\\fBmemoryd\\-{_code(name)}\\fR(7)")
    return _joined([*lines, ".SH SEE ALSO", ",\n".join(see)])


def _topic_page(name: str, source: str, sentence: str) -> str:
    lines = [*_head(f"memoryd-{name}", 7, sentence), ".SH DESCRIPTION"]
    lines += _markdown("\n".join(source.split("\n")[4:]))
    return _joined([*lines, ".SH SEE ALSO", "\\fBmemoryd\\fR(1)"])


def _head(name: str, section: int, sentence: str) -> Iterator[str]:
    yield f'.TH {_code(name).upper()} {section} "" "memoryd {__version__}" "memoryd"'
    yield ".SH NAME"
    yield f"{_code(name)} \\- {_text(sentence)}"


def _usage(context: "Context", heading: str = ".SH SYNOPSIS") -> Iterator[str]:
    pieces = context.command.collect_usage_pieces(context)
    if heading:
        yield heading
    yield f"\\fB{_code(context.command_path)}\\fR {_text(' '.join(pieces))}"


def _help(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help; indented ones are examples."""
    for number, paragraph in enumerate(re.split(r"\n[^\S\n]*\n", text.replace("\b", "").strip())):
        if number and not paragraph.startswith("  "):
            yield ".PP"
        if paragraph.startswith("  "):
            yield from _example(textwrap.dedent(paragraph).split("\n"))
        else:
            yield _text(" ".join(paragraph.split()))


def _parameters(context: "Context", level: str = ".SH") -> Iterator[str]:
    """Yield the arguments and options, as the help has them."""
    known = context.command.get_params(context)
    records = [(each, record) for each in known if (record := each.get_help_record(context))]
    for kind, group in groupby(records, lambda each: each[0].param_type_name):
        yield f"{level} {'ARGUMENTS' if kind == 'argument' else 'OPTIONS'}"
        for _, (names, about) in group:
            yield from (".TP", f"\\fB{_code(names)}\\fR", _text(about))


def _markdown(source: str) -> Iterator[str]:
    """Yield a help topic from its second paragraph on."""
    for number, fenced in enumerate(re.split(r"^```.*\n", source, flags=re.MULTILINE)):
        if number % 2:
            yield from _example(fenced.rstrip("\n").split("\n"))
            continue
        for is_blank, lines in groupby(fenced.split("\n"), lambda line: not line.strip()):
            if not is_blank:
                yield from _block(list(lines))


def _block(lines: list[str]) -> Iterator[str]:
    first = lines[0]
    if first.startswith("    "):
        yield from _example([line[4:] for line in lines])
    elif first.startswith("#"):
        yield f".SH {_text(first.lstrip('# ')).upper()}" if first.startswith("## ") else f".SS {_text(first)}"
    elif first.startswith("|"):
        yield from _table([_cells(row) for row in lines if not row.startswith("|--")])
    else:
        for item in _ITEM_START.split("\n".join(lines)):
            mark = _ITEM.match(item)
            text = " ".join(item[mark.end() if mark else 0 :].split())
            if mark is None:
                yield ".PP"
            else:
                yield ".IP \\(bu 2" if mark[1] == "-" else f".IP {mark[1]} 4"
            yield _text(text)


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(row.strip().strip("|"))]


def _table(rows: list[list[str]]) -> Iterator[str]:
    """Yield a paragraph for each row: the first cell, and below it the others."""
    (_, *heads), *rest = rows
    for first, *others in rest:
        yield ".TP"
        yield _text(first)
        told = [(head, cell) for head, cell in zip(heads, others, strict=False) if cell]
        yield (
            "\n.br\n".join(
                f"{_text(head)}: {_text(cell)}" if len(heads) > 1 else _text(cell) for head, cell in told
            )
            or "\\&"
        )


def _example(lines: Iterable[str]) -> Iterator[str]:
    yield from (".PP", ".RS 4", ".EX", *map(_code, lines), ".EE", ".RE")


def _text(text: str) -> str:
    """Return text with code and options in bold, and options as they are typed."""
    pieces = []
    for number, piece in enumerate(_CODE.split(text)):
        if number % 2:
            pieces.append(f"\\fB{_code(piece)}\\fR")
        else:
            strong = _STRONG.sub(r"\\fB\1\\fR", piece.replace("\\", "\\e"))
            pieces.append(_OPTION.sub(lambda option: option[0].replace("-", "\\-"), strong))
    return _guarded("".join(pieces))


def _code(text: str) -> str:
    """Return text as it is typed: its hyphens are no dashes, its backslashes no commands."""
    return _guarded(text.replace("\\", "\\e").replace("-", "\\-"))


def _guarded(line: str) -> str:
    """Return a line that is no request of roff."""
    return f"\\&{line}" if line.startswith((".", "'")) else line


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
