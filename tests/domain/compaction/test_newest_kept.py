"""Of 40 lines that were just written, 38 at least stay in view, however the index file is laid out."""

import pytest
from domain.compaction.compacting import applied, compact, index_text, snapshot

from memoryd.domain.history.past import UNKNOWN, Past, read_past

NEW = [f"- new fact {number} about the harbor" for number in range(40)]
OLD = [f"- fact {number} about the plumbing" for number in range(190)]


def sections(lines: list[str], size: int, heading: str = "## Part {}") -> str:
    parts = [lines[at : at + size] for at in range(0, len(lines), size)]
    return "".join(f"\n{heading.format(at)}\n" + "\n".join(part) + "\n" for at, part in enumerate(parts))


def dated(groups: list[list[str]], days: list[int]) -> str:
    return "".join(
        f"\n## 2026-03-{day:02}\n" + "\n".join(group) + "\n" for day, group in zip(days, groups, strict=True)
    )


GROUPS = [OLD[at : at + 19] for at in range(0, 190, 19)]
TABLE = "# T\n\n| what | why |\n|---|---|\n"


def rows(lines: list[str]) -> str:
    return "".join(f"| {line[2:]} | reason |\n" for line in lines)


def quoted(lines: list[str]) -> str:
    return "".join(f"> {line[2:]}.\n" for line in lines)


def nested(lines: list[str]) -> str:
    return "".join(f"  {line}\n" for line in lines)


def plain(lines: list[str]) -> str:
    return "".join(f"{line[2:].capitalize()}.\n" for line in lines)


STYLES = {
    "flat, newest last": ("# T\n\n" + "\n".join(OLD) + "\n", "# T\n\n" + "\n".join([*OLD, *NEW]) + "\n"),
    "sections": ("# T\n" + sections(OLD, 30), "# T\n" + sections(OLD, 30) + "\n".join(NEW) + "\n"),
    "equal sections": ("# T\n" + sections(OLD[:184], 8), "# T\n" + sections([*OLD[:184], *NEW], 8)),
    "dated sections, newest last": (
        "# T\n" + dated(GROUPS, list(range(1, 11))),
        "# T\n" + dated([*GROUPS, NEW], list(range(1, 12))),
    ),
    "dated sections, newest first": (
        "# T\n" + dated(GROUPS[::-1], list(range(10, 0, -1))),
        "# T\n" + dated([NEW, *GROUPS[::-1]], list(range(11, 0, -1))),
    ),
    "table": (TABLE + rows(OLD), TABLE + rows([*OLD, *NEW])),
    "paragraph": ("# T\n\n" + plain(OLD), "# T\n\n" + plain([*OLD, *NEW])),
    "quote": ("# T\n\n" + quoted(OLD), "# T\n\n" + quoted([*OLD, *NEW])),
    "nested list": ("# T\n\n- all\n" + nested(OLD), "# T\n\n- all\n" + nested([*OLD, *NEW])),
}
WITH_PAST = {
    **STYLES,
    "flat, newest first": ("# T\n\n" + "\n".join(OLD) + "\n", "# T\n\n" + "\n".join([*NEW, *OLD]) + "\n"),
}


def seen(after: str, past: Past) -> int:
    before = snapshot({"MEMORY.md": after})
    fix = compact(before, past)
    assert fix is not None
    text = index_text(applied(before, fix)).casefold()
    return sum(f"{line[2:]}{end}" in text for line in NEW for end in ("\n", ".\n", " | reason |\n"))


@pytest.mark.parametrize("style", WITH_PAST)
def test_the_newest_stay_where_the_past_is_known(style: str) -> None:
    before, after = WITH_PAST[style]
    assert seen(after, read_past([(1.0, before.encode()), (2.0, after.encode())])) >= 38


@pytest.mark.parametrize("style", STYLES)
def test_the_newest_stay_where_only_the_file_is_known(style: str) -> None:
    assert seen(STYLES[style][1], UNKNOWN) >= 38


def test_dates_of_lines_tell_that_a_flat_file_runs_newest_first() -> None:
    lines = [f"- 2026-{day // 28 + 1:02}-{day % 28 + 1:02}: fact {day}" for day in range(230)]
    before = snapshot({"MEMORY.md": "# T\n\n" + "\n".join(lines[::-1]) + "\n"})
    fix = compact(before)
    assert fix is not None
    text = index_text(applied(before, fix)).split("\n")
    assert set(lines[-60:]) <= set(text)
    assert not set(lines[:20]) & set(text)
