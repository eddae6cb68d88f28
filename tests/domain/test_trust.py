import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.trust import Escape, TrustedRepository, ledger_text, read_ledger
from memoryd.errors import MemorydError

repositories = st.builds(
    TrustedRepository,
    st.text(max_size=8).map(lambda text: "/" + text.replace("\0", "")),
    st.integers(0, 2**64),
)


@given(st.frozensets(repositories))
def test_what_is_written_is_read_again_in_one_order(trusted: frozenset[TrustedRepository]) -> None:
    text = ledger_text(trusted)
    assert read_ledger(text) == trusted
    assert ledger_text(sorted(trusted, key=lambda each: -each.device)) == text


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"version": 2, "repositories": []}',
        b'{"version": 1}',
        b'{"version": 1, "repositories": [{"path": "r", "device": 1}]}',
        b'{"version": 1, "repositories": [{"path": "/r\\u0000", "device": 1}]}',
        b'{"version": 1, "repositories": [{"path": "/r", "device": "1"}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_of_repositories_is_refused(text: bytes) -> None:
    with pytest.raises(MemorydError):
        read_ledger(text)


def test_an_escape_says_what_names_it() -> None:
    link = Escape("/r/a", "/etc", "/r")
    assert link.message.startswith("is a symbolic link to /etc, outside")
    settings = Escape("/r/settings.json", "/etc", "/r", b"{}")
    assert settings.message.startswith("autoMemoryDirectory is /etc, outside")
