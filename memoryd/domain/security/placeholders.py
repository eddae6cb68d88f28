"""Texts in place of a secret."""

import re
from hashlib import sha256

from memoryd.values import regex

_LEAST_DIFFERENT = 6  # characters: fewer are repeated ones
_FILLER = regex(
    rb"x{4}|\*{3}|\.{3}|\xe2\x80\xa6|example|placeholder|redacted|your[-_]|change[-_]?me|dummy|fake"
    rb"|sample|foobar|replace|secret[-_]?here|abcdefg|bcdefgh|0123456|1234567|2345678|7654321"
    rb"|(.)\1{5}|(..)\2{3}|(....)\3{2}",
    re.IGNORECASE,
)
_VARIABLE = regex(
    rb"\$[A-Za-z_{(].*|<.*|\[.*\]|\{.*|%[sdr(].*|%\w+%|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
    rb"|process\.env\..*|os\.environ.*|getenv.*|secrets?\..*"
)
# Words that stand for any password, and the passwords that programs come with
_WEAK = frozenset(
    b"pass password passwd passwort pwd secret geheim admin root guest user username test testing demo dev"
    b" token key value string changeit letmein hunter2 postgres postgresql mysql mongo mongodb redis"
    b" rabbitmq minio minioadmin foo bar baz foobar xyz abc 123456 12345678 123456789 qwerty none null true"
    b" false x-oauth-basic x-token-auth oauth2 git motdepasse contrasena contrase\xc3\xb1a senha"
    b" wachtwoord haslo parola mypassword mysecret mypass secretpassword supersecret p4ssw0rd passw0rd"
    b" password1 password123 secret123 admin123 hunter22".split()
)
# Tokens that documentation shows, as the beginning of the SHA-256 of what follows their prefix:
# https://docs.stripe.com/keys, the article on the checksums of GitHub
_DOCUMENTED = frozenset({"153a182586451358", "74e11884b07b1d51", "99a92edce7706101"})


def is_placeholder(value: bytes) -> bool:
    """Return whether a value is made up: filler, a variable, a word for a password, or few characters."""
    return (
        is_weak_word(value)
        or bool(_FILLER.search(value) or _VARIABLE.fullmatch(value))
        or len(set(value)) < _LEAST_DIFFERENT
        or sha256(value).hexdigest()[:16] in _DOCUMENTED
    )


def is_weak_word(value: bytes) -> bool:
    """Return whether a value is a word that stands for any password, or one that a program comes with."""
    return value.lower() in _WEAK
