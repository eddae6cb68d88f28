import pytest

from memoryd.domain.security.placeholders import is_placeholder

MADE_UP = [
    "x" * 20,
    "your-api-key",
    "EXAMPLEKEY1234567",
    "abcdefghijklmnop",
    "0123456789abcdef",
    "changeme",
    "CHANGE_ME",
    "$TOKEN",
    "${TOKEN}",
    "$(pass show ci)",
    "<token>",
    "[REDACTED]",
    "{token}",
    "%s",
    "%TOKEN%",
    "MY_API_KEY",
    "process.env.KEY",
    "os.environ['KEY']",
    "abc1abc1abc1abc1",
    "aaaaaaaaaabbbbbbb",
    "sk…",
    "password",
    "p4ssw0rd",
]


@pytest.mark.parametrize("value", MADE_UP)
def test_what_is_made_up_is_known(value: str) -> None:
    assert is_placeholder(value.encode())


@pytest.mark.parametrize(
    "value", ["kX7vbQ2m9LtR", "9fceb02d0ae598e95dc970b7", "Pa$$w0rd-47", "a%40b8Xq2", "UPPER1CASE9KEY"]
)
def test_what_may_be_a_secret_is_none(value: str) -> None:
    assert not is_placeholder(value.encode())
