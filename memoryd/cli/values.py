"""Values that parameters take, for completion in shells."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from memoryd.values import regex

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from memoryd.domain.stores.store import Scope

_MOST = 50  # values of a database that are offered
_ROW = regex(r"^\| ([A-Z]\d{3}) \| ([a-z][a-z0-9-]+) \| [a-z]+ \| (.+) \|$", re.MULTILINE)
FREE = frozenset({"AGE", "ALARM", "DAY", "FINGERPRINT", "KEY", "LINE", "N", "PART", "QUERY", "TEXT", "TIME"})
"""Metavars of what only the user knows."""


class Completion(NamedTuple):
    """A value, and a few words about it."""

    value: str
    about: str = ""


FILES, DIRECTORIES = Completion(":files"), Completion(":directories")
"""Answers that the shell itself completes a path; no value begins with a colon."""

Completer = Callable[[str], Iterable[Completion]]
"""Yields values that may begin with a text; the caller leaves out those that do not."""


def topic_files() -> "Mapping[str, Traversable]":
    """Return the files of the help topics by name, sorted."""
    from importlib.resources import files

    found = (each for each in files("memoryd").joinpath("docs").iterdir() if each.name.endswith(".md"))
    return {each.name.removesuffix(".md"): each for each in sorted(found, key=lambda each: each.name)}


def summary(file: "Traversable") -> str:
    """Return the sentence below the title of a topic."""
    return file.read_text(encoding="utf-8").split("\n")[2].removesuffix(".")


def topics() -> Iterator[Completion]:
    """Yield the topics of the help, sorted by name."""
    return (Completion(name, summary(file)) for name, file in topic_files().items())


def _rules(text: str) -> Iterator[Completion]:
    """Yield codes, or names if the text is no beginning of a code.

    The help topic has the same table as the program and is read in a tenth of the time of the rules.
    """
    from importlib.resources import files

    table = files("memoryd").joinpath("docs", "rules.md").read_text(encoding="utf-8")
    for code, name, summary in _ROW.findall(table):
        if text[:1].islower():
            yield Completion(name, f"{code}: {summary}")
        else:
            yield Completion(code, f"{name}: {summary}")


def _several_rules(text: str) -> Iterator[Completion]:
    """Yield codes after the last comma."""
    before, comma, last = text.rpartition(",")
    for code, about in _rules(last):
        yield Completion(f"{before}{comma}{code}", about)


def _near() -> "Mapping[str, Mapping[str, Scope]]":
    from pathlib import Path

    from memoryd.adapters.stores.discovery import Places, agents_near
    from memoryd.config.locations import locate

    where = locate(os.environ)
    return agents_near(Places(where.home, where.claude), Path.cwd())


def _agents(_text: str) -> Iterator[Completion]:
    for name, stores in sorted(_near().items()):
        if name[:1] not in "-:":  # would be an option, or an answer of ours
            yield Completion(name, ", ".join(sorted(set(stores.values()))))


def agent_topics(agent: str) -> list[Completion]:
    """Return the names of an agent's topic files."""
    names = {
        entry.name.removesuffix(".md")
        for root in _near().get(agent, {})
        for entry in os.scandir(root)
        if entry.name.endswith(".md") and entry.name != "MEMORY.md"
    }
    return [Completion(name) for name in sorted(names) if name[:1] not in "-:"]


def _operations(_text: str) -> Iterator[Completion]:
    from memoryd.adapters.history.records import recent_operations
    from memoryd.config.locations import locate

    for each in recent_operations(locate(os.environ).history, _MOST):
        yield Completion(str(each.id), f"{_time(each.time)} {each.cause}: {each.title}")


def _versions(text: str) -> Iterator[Completion]:
    """Yield the recorded versions of a file after an `@`."""
    path, at, version = text.rpartition("@")
    if not at or not (version.isdecimal() or not version):
        return
    from memoryd.adapters.history.records import recent_versions
    from memoryd.config.locations import locate

    full = os.path.abspath(os.path.expanduser(path))
    paths = (full, os.path.realpath(full))
    for each in recent_versions(locate(os.environ).history, paths, _MOST):
        deleted = " deleted" if each.is_deletion else ""
        yield Completion(f"{path}@{each.number}", _time(each.time) + deleted)


def _time(seconds: float) -> str:
    from datetime import datetime

    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")


def _types(text: str) -> Iterator[Completion]:
    """Yield types after the last comma."""
    from memoryd.domain.stores.claude_code import TYPES

    before, comma, _ = text.rpartition(",")
    return (Completion(f"{before}{comma}{each}") for each in TYPES)


def _enforcement(text: str) -> Iterator[Completion]:
    """Yield what the daemon may do, for all stores or after the scope that is typed."""
    from memoryd.config.daemon import Enforce

    scope, equals, _ = text.rpartition("=")
    return (Completion(f"{scope}{equals}{each}") for each in Enforce)


def _path(_text: str) -> Iterable[Completion]:
    return [FILES]


def _directory(_text: str) -> Iterable[Completion]:
    return [DIRECTORIES]


def _directory_name(_text: str) -> Iterator[Completion]:
    yield Completion(os.path.basename(os.getcwd()), "the working directory")


def _machines(_text: str) -> Iterator[Completion]:
    from memoryd.adapters.sync import identified
    from memoryd.config.locations import locate
    from memoryd.services.sync.forgotten_texts import open_texts

    directory = locate(os.environ).sync
    settings = identified(directory)
    ledger = open_texts(directory, settings).ledger if settings else None
    for each in ledger.machines.values() if ledger else ():
        if not each.is_dropped and each.name[:1] not in "-:" and each.name.isprintable():
            yield Completion(each.name, each.id)


COMPLETERS: dict[str, tuple[Completer, ...]] = {
    "AGENT": (_agents,),
    "AGENT|PATH": (_agents, _path),
    "FROM": (_agents, _directory),
    "TO": (_agents, _directory),
    "PATH": (_path,),
    "FILE": (_path,),
    "FILE...": (_path,),
    "BASE": (_path,),
    "OURS": (_path,),
    "THEIRS": (_path,),
    "STORE...": (_directory,),
    "REPO": (_directory,),
    "DIRECTORY": (_directory,),
    "REMOTE": (_directory,),
    "MACHINE": (_machines,),
    "NAME": (_directory_name,),
    "CODE": (_rules,),
    "[SCOPE=]WORD": (_enforcement,),
    "RULES": (_several_rules,),
    "TYPE": (_types,),
    "OPERATION": (_operations,),
    "FILE[@VERSION]": (_versions, _path),
    "FILE[@VERSION]|STORE": (_versions, _path),
    "A": (_versions, _path),
    "B": (_versions, _path),
}
"""By the metavar of a parameter; the first that yields a value answers."""


def candidates(metavar: str, text: str) -> list[Completion]:
    """Return the values of a parameter that begin with a text, or `FILES` or `DIRECTORIES`.

    Args:
        metavar: Of the parameter, as its help has it; `<a|b>` lists the values.
        text: What is typed of the value.
    """
    if metavar.startswith("<"):
        listed = map(Completion, metavar.strip("<>").split("|"))
        return [each for each in listed if each.value.startswith(text)]
    for complete in COMPLETERS.get(metavar, ()):
        known = complete(text)
        if found := [each for each in known if each in {FILES, DIRECTORIES} or each.value.startswith(text)]:
            return found
    return []
