"""What a merge tells."""

from memoryd.domain.merging.merge import MergedFile
from memoryd.domain.merging.telling import lines_of
from memoryd.domain.merging.versions import Doubt


def test_lines() -> None:
    doubts = tuple((number, Doubt.EDITED_TWICE) for number in range(1, 31))
    lines = lines_of(MergedFile(b"", 2, doubts, ("name",)), "M.md")
    assert lines[0] == "M.md: 2 conflicts between markers"
    assert lines[1] == "M.md: both sides changed name; ours stays"
    assert lines[2] == "M.md:1: kept, edited differently on both sides"
    assert lines[-1] == "M.md: 12 more"
    assert len(lines) == 21
