import base64
from collections.abc import Callable

import pytest

from memoryd.domain.forgetting.needle import Needle


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp437"])
@pytest.mark.parametrize("wanted", ["Käse 4242", "key-4242"])
def test_bytes_hold_it_whatever_their_encoding(wanted: str, encoding: str) -> None:
    needle = Needle(wanted)
    assert needle.is_in_bytes(f"über {wanted.upper()}\n".encode(encoding))
    assert not needle.is_in_bytes("über alles\n".encode(encoding))


def test_other_scripts_in_encodings_of_former_days() -> None:
    assert Needle("секретный ключ").is_in_bytes("это Секретный ключ".encode("koi8_r"))
    assert Needle("秘密番号").is_in_bytes("これは秘密番号".encode("shift_jis"))
    assert Needle("秘密番号").is_in_bytes("これは秘密番号".encode("utf-16"))


@pytest.mark.parametrize("before", ["", "a", "ab", "user:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
def test_base64_of_it_is_known_wherever_it_stands(before: str, encode: Callable[[bytes], bytes]) -> None:
    wanted = "hunter2-Käse/42 ?>?~~ secret&key" * 3
    needle = Needle(wanted)
    assert needle.is_in_base64(b"- Basic " + encode(f"{before}{wanted} x".encode()))
    assert not needle.is_in_base64(b"- Basic " + encode(f"{before} something else {wanted[1:]}".encode()))


def test_what_is_short_may_stand_in_base64_by_chance() -> None:
    assert not Needle("hunter2").is_in_base64(base64.b64encode(b"hunter2"))
