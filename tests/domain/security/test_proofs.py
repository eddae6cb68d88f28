import pytest
from domain.security.samples import age_identity, seeded

from memoryd.domain.security.proofs import (
    base62_checksum,
    decoded,
    has_base62_checksum,
    has_bech32_checksum,
    is_signed_claim,
)


def test_the_checksum_of_github_is_that_of_its_article() -> None:
    # https://stackoverflow.com/questions/69600474: a token that was revoked years ago
    assert base62_checksum(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ") == b"0mLq17"
    assert has_base62_checksum(b"a_" + b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + b"0mLq17")
    assert not has_base62_checksum(b"a_" + b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + b"0mLq18")


def test_the_checksum_of_an_identity_is_that_of_bech32() -> None:
    assert has_bech32_checksum(b"A12UEL5L")  # a test vector of BIP 173
    assert not has_bech32_checksum(b"A12UEL5Q")
    identity = age_identity(seeded(1))
    assert has_bech32_checksum(identity.encode())
    assert not has_bech32_checksum(identity.replace("Q", "P", 1).encode())


@pytest.mark.parametrize(
    ("text", "meant"), [(b"YWI", b"ab"), (b"YWI=", b"ab"), (b"-_8", b"\xfb\xff"), (b"a", None)]
)
def test_base64_is_read_with_either_alphabet(text: bytes, meant: bytes | None) -> None:
    assert decoded(text) == meant


@pytest.mark.parametrize("token", [b"e30.e30.x", b"a.b.c", b"W10.W10.x", b"eyJhbGciOiJub25lIn0.e30.x"])
def test_what_does_not_decode_or_is_not_signed_grants_nothing(token: bytes) -> None:
    assert not is_signed_claim(token)
