"""The ledger of trusted repositories: private, whole, and only the user's."""

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import python

from memoryd.adapters.trust import change_trusted, read_trusted
from memoryd.domain.trust import TrustedRepository, ledger_text, read_ledger
from memoryd.errors import MemorydError

ONE = TrustedRepository("/code/x", 7)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "state/memoryd/trusted.json"
    assert read_trusted(path) == frozenset()
    change_trusted(path, lambda before: before | {ONE})
    assert read_trusted(path) == {ONE}
    change_trusted(path, lambda before: before - {ONE})
    assert read_trusted(path) == frozenset()


def test_it_is_private_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "state/trusted.json"
    before = os.umask(0)
    try:
        change_trusted(path, lambda before: before | {ONE})
    finally:
        os.umask(before)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_one_that_others_can_write_trusts_nothing(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "trusted.json"
    path.write_bytes(ledger_text([ONE]))
    path.chmod(mode)
    with pytest.raises(MemorydError, match="other users can write"):
        read_trusted(path)


def test_a_link_or_a_pipe_in_its_place_trusts_nothing(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(ledger_text([ONE]))
    (tmp_path / "trusted.json").symlink_to("real.json")
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("trusted.json", "pipe.json"):
        with pytest.raises(MemorydError, match="cannot read the trusted repositories"):
            read_trusted(tmp_path / name)


def test_two_processes_lose_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "state/trusted.json"
    code = (
        "import sys; from pathlib import Path; from memoryd.adapters.trust import change_trusted\n"
        "from memoryd.domain.trust import TrustedRepository\n"
        "for i in range(20): change_trusted(Path(sys.argv[1]), "
        "lambda b: b | {TrustedRepository(f'/{sys.argv[2]}/{i}', 1)})"
    )
    running = [subprocess.Popen(python("-c", code, str(path), name)) for name in "abc"]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    assert len(read_trusted(path)) == 60


_JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists) | st.fixed_dictionaries(
    {"version": st.just(1), "repositories": st.lists(st.dictionaries(st.text(), st.text()) | st.integers())}
)


@given(st.binary(max_size=400) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_ledger_or_an_error(text: bytes) -> None:
    with suppress(MemorydError):
        read_ledger(text)


@given(st.frozensets(st.builds(TrustedRepository, st.from_regex(r"/[^\0]*", fullmatch=True), st.integers())))
def test_it_holds_any_path(trusted: frozenset[TrustedRepository]) -> None:
    assert read_ledger(ledger_text(trusted)) == trusted
