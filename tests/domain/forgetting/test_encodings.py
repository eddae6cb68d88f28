import base64
from collections.abc import Callable

import pytest

from memoryd.domain.forgetting.needle import Subject


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp437"])
@pytest.mark.parametrize("wanted", ["Käse 4242", "key-4242"])
def test_bytes_hold_it_whatever_their_encoding(wanted: str, encoding: str) -> None:
    subject = Subject(wanted)
    assert subject.held_by(f"über {wanted.upper()}\n".encode(encoding))
    assert not subject.held_by("über alles\n".encode(encoding))


def test_other_scripts_in_encodings_of_former_days() -> None:
    assert Subject("секретный ключ").held_by("это Секретный ключ".encode("koi8_r"))
    assert Subject("秘密番号").held_by("これは秘密番号".encode("shift_jis"))
    assert Subject("秘密番号").held_by("これは秘密番号".encode("utf-16"))


@pytest.mark.parametrize("before", ["", "a", "ab", "user:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
def test_base64_of_it_is_known_wherever_it_stands(before: str, encode: Callable[[bytes], bytes]) -> None:
    wanted = "hunter2-Käse/42 ?>?~~ secret&key" * 3
    subject = Subject(wanted)
    assert subject.encoded_in(b"- Basic " + encode(f"{before}{wanted} x".encode()))
    assert not subject.encoded_in(b"- Basic " + encode(f"{before} something else {wanted[1:]}".encode()))


def test_what_is_short_may_stand_in_base64_by_chance() -> None:
    assert not Subject("hunter2").encoded_in(base64.b64encode(b"hunter2"))
