from pathlib import Path
from stat import S_IMODE

import pytest

from memoryd.adapters.report import read_wish, write_wish
from memoryd.domain.report.watch import ReportWish
from memoryd.errors import MemorydError


@pytest.mark.parametrize(
    "wish", [ReportWish("90d", is_redacted=False), ReportWish("2026-01-31", is_redacted=True)]
)
def test_what_is_wanted_is_read_again(tmp_path: Path, wish: ReportWish) -> None:
    path = tmp_path / "state/report.watched"
    write_wish(path, wish)
    assert read_wish(path) == wish
    assert S_IMODE(path.stat().st_mode) == 0o600
    for _ in range(2):
        write_wish(path, None)
        assert read_wish(path) is None


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{}", b'{"since": 1}', b"[" * 99_999, b"null"])
def test_what_is_no_wish_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wish").write_bytes(content)
    assert read_wish(tmp_path / "wish") is None


def test_a_wish_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MemorydError, match="cannot write"):
        write_wish(tmp_path / "file/wish", ReportWish("90d", is_redacted=False))
