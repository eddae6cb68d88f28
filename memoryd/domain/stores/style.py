"""Style of a store: bullets, dashes, front matter, file names."""

import re
from collections import Counter
from enum import StrEnum
from typing import TypeVar

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.plain_text import MOST_READ
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import shorten
from memoryd.values import dataclass, regex

_T = TypeVar("_T")

_LONGEST_STEM = 40
_LONGEST_BYTES = 180  # file names may have 255, and temporary names are longer
_MOST_BRACKETS = 50  # front matter with many more is not read, since it may nest too deeply
LONGEST_LINE = 150  # characters: the format's advice for an index line
_LINE_STYLE = regex(
    r"^(?P<bullet>[-*+]) .*?\]\([^)\n]{0,400}\)[*_]{0,3}\s+(?P<dash>—|--|–|-|:)\s", re.MULTILINE
)
_RESERVED = regex(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # not file names on Windows
_UNPRINTABLE = regex("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")  # not allowed in YAML scalars


class FrontMatterForm(StrEnum):
    """The two generations of front matter, and its absence."""

    NONE = "none"
    FLAT = "flat"
    NESTED = "nested"


@dataclass(frozen=True, slots=True)
class Style:
    """The style of a store.

    Attributes:
        bullet: `-`, `*` or `+`.
        dash: The text between a link and its summary.
        joint: `-` or `_`: the separator of words in file names.
        form: Form of front matter.
        eol: Line end, LF or CRLF.
    """

    bullet: str
    dash: str
    joint: str
    form: FrontMatterForm
    eol: str

    def line(self, title: str, path: str, hook: str, most: int = LONGEST_LINE) -> str:
        """Return an index line of at most so many characters if title and path leave room; no line end."""
        destination = f"<{path}>" if re.search(r"[\s()]", path) else path
        start = f"{self.bullet} [{title}]({destination})"
        room = most - len(start) - len(self.dash) - 2
        hook = shorten(hook, room)
        return f"{start} {self.dash} {hook}" if hook else start

    def topic(self, stem: str, description: str, body: str) -> str:
        """Return the text of a new topic file."""
        value = _yaml(shorten(description, LONGEST_LINE) or stem)
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
    """Return the style that most of a store's files have."""
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
    """Return the file stem for a title: lower case, letters and digits of any script, joined in the style."""
    title = title[:MOST_READ]
    told = re.sub(r"\([^)]*[/\\][^)]*\)", "", title) or title  # a path in parentheses is not a name
    words = re.findall(r"\w+", told.casefold().replace("++", "pp").replace("_", " "))
    stem = style.joint.join(words) or "section"
    while len(stem) > _LONGEST_STEM and style.joint in stem:
        stem = stem.rpartition(style.joint)[0]
    if _RESERVED.fullmatch(stem):
        stem += f"{style.joint}notes"
    return stem.encode()[:_LONGEST_BYTES].decode(errors="ignore")[:_LONGEST_STEM]


def file_for(stem: str, snapshot: Snapshot) -> str:
    """Return the path of the topic file for a stem: an existing one up to case, else a new one.

    The index file's own name is never used: on some file systems `memory.md` is `MEMORY.md`.
    """
    wanted = f"{stem}.md"
    if wanted.casefold() == snapshot.store.profile.index_name.casefold():
        wanted = f"{stem}-notes.md"
    return next((path for path in snapshot.documents if path.casefold() == wanted.casefold()), wanted)


def _yaml(value: str) -> str:
    """Return a YAML scalar: plain if that is safe, else in double quotes."""
    value = _UNPRINTABLE.sub(" ", value)
    if sum(map(value.count, "[{")) > _MOST_BRACKETS:
        value = re.sub(r"[\[\]{}]", "", value)
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
