import base64

import pytest
from domain.security.labelled import PLACEHOLDERS
from domain.security.samples import MAKERS, SAMPLES, b64, private_key, seeded, web_token
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.security.secrets import fingerprint, secrets_in

TOKEN = SAMPLES[0][1]
AROUND = ("{}", "- Use {} for CI.", "`{}`", "**{}**", "x={}\n", '{{"key": "{}"}}', "| a | {} |", "({})")
every_sample = pytest.mark.parametrize(
    ("kind", "text"), SAMPLES, ids=[f"{kind} {number}" for number, (kind, _) in enumerate(SAMPLES)]
)


def kinds(text: str) -> list[str]:
    return [each.kind for each in secrets_in(text.encode())]


@every_sample
def test_a_secret_is_found_whatever_is_around_it(kind: str, text: str) -> None:
    assert [kinds(around.format(text)) for around in AROUND] == [[kind]] * len(AROUND)


@every_sample
def test_it_is_not_shown(kind: str, text: str) -> None:
    (secret,) = secrets_in(text.encode())
    assert secret.kind == kind
    told = f"{secret!r} {secret.mask}"
    assert secret.value.decode() not in told
    assert secret.value.decode().startswith(secret.mask[:-1])
    assert len(secret.mask) <= 5


def test_a_checksum_that_is_wrong_is_a_placeholder() -> None:
    token = dict(MAKERS)["npm token"](seeded(1))
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    assert kinds(token) == ["npm token"]
    assert kinds(wrong) == []


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_what_stands_for_a_secret_is_none(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TOKEN.replace("_", "\\_"), "GitHub token"),
        (f"{TOKEN[:20]}\u200b{TOKEN[20:]}", "GitHub token"),
        (f"{TOKEN[:9]}\u00ad{TOKEN[9:]}", "GitHub token"),
        (base64.b64encode(TOKEN.encode()).decode(), "GitHub token in base64"),
    ],
)
def test_a_token_in_disguise_is_found(text: str, kind: str) -> None:
    (found,) = secrets_in(f"é\u200b {text} x\u200b".encode())
    assert (found.kind, found.value.decode()) == (kind, text)


def test_a_web_token_that_is_meant_to_be_published_is_none() -> None:
    head, _, signature = web_token(seeded(1)).split(".")
    for claims in (
        b'{"role": "anon", "iss": "supabase"}',
        b'{"sub": "1234567890", "name": "John Doe"}',
        b"{",
    ):
        assert kinds(f"{head}.{b64(claims)}.{signature}") == []


@pytest.mark.parametrize(
    ("before", "between"), [("", "\n"), ("> ", "\n> "), ("    ", "\n    "), ('"', "\\n"), ("- ", "\n  ")]
)
def test_a_private_key_is_found_however_its_lines_begin(before: str, between: str) -> None:
    key = private_key(seeded(1), "OPENSSH ")
    assert kinds(before + between.join(key.split("\n"))) == ["OPENSSH private key"]


def test_a_token_is_named_by_itself_and_a_password_by_its_place() -> None:
    (token,) = secrets_in(MAKERS[0][1](seeded(1)).encode())
    (other,) = secrets_in(MAKERS[0][1](seeded(2)).encode())
    assert fingerprint(token, "/a#0") == fingerprint(token, "/b#1") != fingerprint(other, "/a#0")
    passwords = [secrets_in(f"https://a:kX{number}vbQ2mLt@acme.io".encode())[0] for number in range(2)]
    assert len({fingerprint(each, "/a#0") for each in passwords}) == 1
    assert fingerprint(passwords[0], "/a#0") != fingerprint(passwords[0], "/a#1")


@given(st.binary(max_size=300))
def test_any_bytes_can_be_searched(raw: bytes) -> None:
    for secret in secrets_in(raw):
        assert raw[secret.start : secret.end] == secret.value


@given(st.sampled_from(SAMPLES), st.sampled_from(SAMPLES))
def test_one_secret_does_not_hide_another(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert kinds(f"{one[1]}\n{other[1]}") == [one[0], other[0]]
