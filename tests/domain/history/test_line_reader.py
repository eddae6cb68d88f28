"""Lines of versions, read once."""

import pytest

from memoryd.domain.history import line_reader
from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_lines import lines_of
from memoryd.domain.history.versions import Version


def versions(count: int) -> list[Version]:
    return [
        Version(number, 60.0 * number, "/s", "/s/a.md", str(number), None, None)
        for number in range(1, count + 1)
    ]


def content(version: Version) -> bytes:
    return f"# a\n\n  - one\n- two {version.id}\n# one\n- caf\xe9\n---\n".encode("latin-1")


@pytest.mark.parametrize("most", [0, 100, 10**9])
def test_the_lines_are_those_of_the_content(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(line_reader, "_MOST", most)
    read = LineReader(content)
    for each in [*versions(100), *reversed(versions(100))]:
        assert read(each) == lines_of(content(each))
        assert list(read(each)) == list(lines_of(content(each)))


def test_each_version_is_read_once_while_it_is_among_the_last_ones() -> None:
    seen: list[int] = []

    def counted(version: Version) -> bytes:
        seen.append(version.id)
        return content(version)

    read = LineReader(counted)
    known = versions(100)
    for at, each in enumerate(known):
        for earlier in [each, *reversed(known[max(at - 41, 0) : at])]:
            read(earlier)
    assert seen == [each.id for each in known]


def test_a_deleted_file_has_no_lines() -> None:
    assert LineReader(lambda _: None)(versions(1)[0]) == {}
