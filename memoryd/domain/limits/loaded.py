"""The text that a harness loads of an index file."""

import re
import unicodedata

from memoryd.domain.limits.counted_text import counted_text
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.text.utf16 import JS_SPACE, js_trim, utf16_prefix, utf16_units
from memoryd.values import dataclass, regex

_QUOTE_UNITS = 80  # a longer first line is shortened in the notice
_QUOTE_LEAST_UNITS = 40  # the quote is not cut at white space before this
_LAST_SPACE = regex(f"[{JS_SPACE}]+[^{JS_SPACE}]*$")

_LINE_ENDS = regex("\r\n|[\r\u2028\u2029]")

_KEPT = frozenset("\t\n\u200c\u200d\ufe0e\ufe0f")

# Default_Ignorable_Code_Point of Unicode that no general category "C..." covers.
_IGNORABLE = regex(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

# Names seen escaped on the wire. A longer name that starts with one of them is not escaped.
_RESERVED_TAG = regex(
    r"<(\s*/?\s*(?:system-reminder|task-notification|command-name|bash_input|tick)(?![\w-]))",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class LoadedView:
    """The loaded text of an index file.

    Attributes:
        text: The text that the agent sees, without the notice; "" if the harness shows nothing.
        notice: The harness's own warning, verbatim; None where nothing was cut.
        empty: There is nothing to load. The harness says so (agent memory) or is silent (auto memory).
        lines: Lines of the text that the limits count, 0 where it is empty.
        units: UTF-16 units of that text.
        cut_offset: Offset in `Document.source`, in bytes from 0, of the first byte that is not loaded;
            None if all is loaded. A cut between two lines is at the newline between them.
        resume_offset: The same of the first byte after the cut that is loaded again; None if the end is lost.
    """

    text: str
    notice: str | None
    empty: bool
    lines: int
    units: int
    cut_offset: int | None
    resume_offset: int | None = None

    @property
    def context(self) -> str:
        """The whole context: the text and, if it was cut, the notice."""
        return self.text if self.notice is None else f"{self.text}\n\n{self.notice}"


def loaded_view(raw: bytes, profile: Profile) -> LoadedView:
    """Load an index file as the harness does; any bytes are legal.

    Args:
        raw: The bytes of the file.
        profile: The rules of the harness.
    """
    if not profile.measured:
        return _documented_view(raw, profile)
    counted = counted_text(raw, profile)
    text = counted.text
    lines = text.count("\n") + 1 if text else 0
    units = utf16_units(text)
    if profile.max_bytes is not None and len(raw) > profile.max_bytes:
        return LoadedView("", None, empty=not text, lines=lines, units=units, cut_offset=0)

    # The harness's two ways of loading differ in more than what they strip (measured): the one that strips
    # nothing has a sentence for an empty file, the other one trims the loaded text again.
    strips = profile.strips_front_matter
    if not text:
        shown = "" if strips else empty_text(profile.index_name)
        return LoadedView(shown, None, empty=True, lines=0, units=0, cut_offset=None)

    loaded = _within_limits(text, profile)
    if len(loaded) == len(text):
        shown = displayed(text)
        return LoadedView(
            text=js_trim(shown) if strips else shown,
            notice=None,
            empty=strips and not shown,
            lines=lines,
            units=units,
            cut_offset=None,
        )
    shown = displayed(loaded + "\n")[:-1]  # a CR at the cut joins the line feed in front of the notice
    return LoadedView(
        text=shown.lstrip(JS_SPACE) if strips else shown,
        notice=displayed(_notice(text, loaded, profile)),
        empty=False,
        lines=lines,
        units=units,
        cut_offset=counted.source_offset(len(loaded)),
    )


def empty_text(index_name: str) -> str:
    """Return what an agent reads of an empty or missing index file."""
    return f"Your {index_name} is currently empty. When you save new memories, they will appear here."


def _documented_view(raw: bytes, profile: Profile) -> LoadedView:
    """Return the view of a harness with documented limits only: the text up to the first limit."""
    bom = len(raw) - len(raw.removeprefix(b"\xef\xbb\xbf"))
    text = raw[bom:].decode(errors="replace")
    if profile.keeps_tail and profile.max_units is not None and profile.unit.size(text) > profile.max_units:
        return _view_of_ends(text, profile, profile.max_units, bom)
    loaded = _within_limits(text, profile)
    is_cut = bool(text[len(loaded) :].strip())
    return LoadedView(
        text=loaded if is_cut else text,
        notice=None,
        empty=not text.strip(),
        lines=text.rstrip("\n").count("\n") + 1 if text else 0,
        units=profile.unit.size(text),
        cut_offset=bom + len(loaded.encode()) if is_cut else None,
    )


def _view_of_ends(text: str, profile: Profile, most: int, bom: int) -> LoadedView:
    """Return the view of a text that loses its middle.

    Args:
        text: The text, over its limit.
        profile: The rules of the harness.
        most: Its limit, in its unit.
        bom: Bytes of the file before the text.
    """
    head, tail = profile.unit.prefix(text, most // 2), profile.unit.suffix(text, most - most // 2)
    lost = profile.unit.size(text[len(head) : len(text) - len(tail)])
    return LoadedView(
        text=f"{head}…{lost} {profile.unit.value} truncated…{tail}",
        notice=None,
        empty=False,
        lines=text.rstrip("\n").count("\n") + 1,
        units=profile.unit.size(text),
        cut_offset=bom + len(head.encode()),
        resume_offset=bom + len(text.encode()) - len(tail.encode()),
    )


def _first_lines(text: str, most: int | None) -> str:
    return text if most is None else "\n".join(text.split("\n", most)[:most])


def _within_limits(text: str, profile: Profile) -> str:
    """Return the start of a text that is loaded."""
    text = _first_lines(text, profile.max_lines)
    if profile.max_units is None or profile.unit.size(text) <= profile.max_units:
        return text
    # The newline itself is not loaded, so it may be right after the last unit allowed.
    newline = profile.unit.prefix(text, profile.max_units + 1).rfind("\n") if profile.cuts_at_line else -1
    return text[:newline] if newline >= 0 else profile.unit.prefix(text, profile.max_units)


def _notice(text: str, loaded: str, profile: Profile) -> str:
    """Return the warning about a text that is only loaded in part."""
    lines = text.count("\n") + 1
    units = utf16_units(text)
    if profile.max_units is None or units <= profile.max_units:
        size = f"{lines} lines (limit: {profile.max_lines})"
    elif profile.max_lines is None or lines <= profile.max_lines:
        size = f"{_kilobytes(units)} (limit: {_kilobytes(profile.max_units)}) — index entries are too long"
    else:
        size = f"{lines} lines and {_kilobytes(units)}"

    if text[len(loaded)] == "\n":
        first = loaded.count("\n") + 2
        cut_line = js_trim(text[len(loaded) + 1 :].split("\n", 1)[0])
        quote = f' ("{_shortened(cut_line)}")' if cut_line else ""
        cut = f"{lines - first + 1} of {lines} lines were cut off, starting at line {first}{quote}"
    else:
        cut = f"everything after the first {profile.max_units} characters of line 1 was cut off"
    return (
        f"> WARNING: {profile.index_name} is {size}. Only part of it was loaded: {cut}. "
        "Keep index entries to one line under ~200 chars; move detail into topic files."
    )


def _kilobytes(units: int) -> str:
    """Return units in KB with one decimal, halves rounded up, `.0` dropped."""
    whole, tenth = divmod((units * 10 + 512) // 1024, 10)
    return f"{whole}.{tenth}KB" if tenth else f"{whole}KB"


def _shortened(line: str) -> str:
    """Return a line as the notice quotes it."""
    if utf16_units(line) <= _QUOTE_UNITS:
        return line
    head = utf16_prefix(line, _QUOTE_UNITS - 1)
    space = _LAST_SPACE.search(head)
    if space and utf16_units(head[: space.start()]) > _QUOTE_LEAST_UNITS:
        head = head[: space.start()]
    return head.rstrip(JS_SPACE) + "…"


def displayed(text: str) -> str:
    """Return a text as the model sees it: one kind of line end, no invisible characters, escaped tags."""
    text = _LINE_ENDS.sub("\n", text)
    hidden = dict.fromkeys(ord(character) for character in set(text) if _is_hidden(character))
    return _RESERVED_TAG.sub(r"<\\\1", text.translate(hidden))


def _is_hidden(character: str) -> bool:
    """Return whether a code point is control, format, private-use, unassigned, surrogate or ignorable."""
    if character in _KEPT:
        return False
    return unicodedata.category(character).startswith("C") or _IGNORABLE.match(character) is not None
