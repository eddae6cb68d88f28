"""New topic files and the index lines that point at them, in the style that the store has."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.plain_text import MOST_READ
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import shorten

_T = TypeVar("_T")

_LONGEST_STEM = 60
_LONGEST_BYTES = 180  # file names end at 255, and a temporary name beside it is longer
_LONGEST_LINE = 150  # the format's advice for an index line, in characters
_LINE_STYLE = re.compile(
    r"^(?P<bullet>[-*+]) .*?\]\([^)\n]*\)[*_]{0,3}\s+(?P<dash>—|--|–|-|:)\s", re.MULTILINE
)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")  # what no YAML scalar may hold as it is


class FrontMatterForm(StrEnum):
    """The two generations of front matter, and its absence."""

    NONE = "none"
    FLAT = "flat"
    NESTED = "nested"


@dataclass(frozen=True, slots=True)
class Style:
    """How a store writes.

    Attributes:
        bullet: `-`, `*` or `+`.
        dash: What stands between a link and its hook.
        joint: `-` or `_`: what joins words in file names.
        form: Form of front matter.
        eol: Line end, LF or CRLF.
    """

    bullet: str
    dash: str
    joint: str
    form: FrontMatterForm
    eol: str

    def line(self, title: str, path: str, hook: str) -> str:
        """An index line of at most 150 characters, where title and path leave room; no line end."""
        destination = f"<{path}>" if re.search(r"[\s()]", path) else path
        start = f"{self.bullet} [{title}]({destination})"
        room = _LONGEST_LINE - len(start) - len(self.dash) - 2
        hook = shorten(hook, room)
        return f"{start} {self.dash} {hook}" if hook else start

    def topic(self, stem: str, description: str, body: str) -> str:
        """The text of a new topic file."""
        value = _yaml(shorten(description, _LONGEST_LINE) or stem)
        head = {
            FrontMatterForm.NONE: [],
            FrontMatterForm.FLAT: [
                "---",
                f"name: {_yaml(stem)}",
                f"description: {value}",
                "type: reference",
                "---",
                "",
            ],
            FrontMatterForm.NESTED: [
                "---",
                f"name: {_yaml(stem)}",
                f"description: {value}",
                "metadata:",
                "  type: reference",
                "---",
                "",
            ],
        }[self.form]
        return "".join(line + self.eol for line in head) + body


def style_of(snapshot: Snapshot) -> Style:
    """The style that most of a store's files have."""
    index = snapshot.index
    text = index.text if index else ""
    lines = list(_LINE_STYLE.finditer(text))
    bullets = Counter(match["bullet"] for match in lines) or Counter(
        re.findall(r"^([-*+]) ", text, re.MULTILINE)
    )
    joints = Counter(character for topic in snapshot.topics for character in topic.stem if character in "-_")
    forms = Counter(_form(topic) for topic in snapshot.topics)
    return Style(
        bullet=_most(bullets, "-"),
        dash=_most(Counter(match["dash"] for match in lines), "—"),
        joint=_most(joints, "-"),
        form=_most(forms, FrontMatterForm.NESTED),
        eol="\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n",
    )


def _most(counts: Counter[_T], default: _T) -> _T:
    return counts.most_common(1)[0][0] if counts else default


def _form(topic: Document) -> FrontMatterForm:
    if topic.front_matter is None:
        return FrontMatterForm.NONE
    return FrontMatterForm.NESTED if "metadata" in topic.front_matter.fields else FrontMatterForm.FLAT


def stem_of(title: str, style: Style) -> str:
    """File stem for a title: lower case, letters and digits of any script, joined in the store's way."""
    title = title[:MOST_READ]
    told = re.sub(r"\([^)]*[/\\][^)]*\)", "", title) or title  # a path in brackets is no name
    words = re.findall(r"\w+", told.casefold().replace("++", "pp").replace("_", " "))
    stem = style.joint.join(words) or "section"
    while len(stem) > _LONGEST_STEM and style.joint in stem:
        stem = stem.rpartition(style.joint)[0]
    return stem.encode()[:_LONGEST_BYTES].decode(errors="ignore")[:_LONGEST_STEM]


def file_for(stem: str, snapshot: Snapshot) -> str:
    """Path of the topic file for a stem: an existing one whose name differs by case at most, else a new one.

    The index file's own name is never taken: on some file systems `memory.md` is `MEMORY.md`.
    """
    wanted = f"{stem}.md"
    if wanted.casefold() == snapshot.store.profile.index_name.casefold():
        wanted = f"{stem}-notes.md"
    return next((path for path in snapshot.documents if path.casefold() == wanted.casefold()), wanted)


def _yaml(value: str) -> str:
    """A YAML scalar: plain where that is safe, else in double quotes."""
    value = _UNPRINTABLE.sub(" ", value)
    if re.fullmatch(r"[^\W\d_][\w./ -]*", value) and value.casefold() not in {
        "true",
        "false",
        "null",
        "yes",
        "no",
        "on",
        "off",
    }:
        return value.strip()
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
