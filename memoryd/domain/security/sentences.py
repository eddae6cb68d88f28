"""Passwords in sentences and assignments, in many languages."""

import re
from collections.abc import Iterator
from functools import lru_cache

from memoryd.domain.security.placeholders import is_placeholder
from memoryd.values import regex

# Words for a password or a key, in lower case as far as they are ASCII
_WORDS = """
password,passwd,passphrase,passcode,api key,api-key,api_key,apikey,access key,access_key,
secret key,secret_key,auth token,auth_token,access token,access_token,client secret,client_secret,
passwort,kennwort,zugangscode,mot de passe,clé api,contraseña,contrasena,clave api,senha,palavra-passe,
wachtwoord,hasło,haslo,heslo,lösenord,adgangskode,salasana,jelszó,şifre,parola,
пароль,Пароль,пароля,密码,密碼,口令,パスワード,비밀번호,암호,mật khẩu,kata sandi
""".encode()
_CORES = (b"pass", b"key", b"token", b"secret", b"api")  # in most of them: few texts have any
_WHAT_FOR = (
    r"(?:[ \t]+(?:for|of|to|on|at|zum|zur|für|von|im|beim|pour|de|du|del|para|do|da|per|di|voor|van|dla|na"
    r"|для|от)"
    r"[ \t][^\n:=.;,`\"']{1,40}?)?"
)
_IS = (
    r"(?::=|=>|->|[:=：＝]|(?:is|ist)(?: now| still| jetzt)?:?|(?:lautet|heißt|est|es|é|è|to|jest):?|это|—"
    r"|は|是|为|為|는|은|이|adalah|là|är|er|on)"
)
_VALUE = (
    r"(?:[\"'`「“„«](?P<quoted>[^\s\"'`」”“»]{6,128})[\"'`」”“»]"
    r"|(?P<plain>[^\s\"'`,;()<>\[\]{}|。、]{6,128}))"
)
_SAID = regex(
    r"[\"'`*_\]]{0,3}" + _WHAT_FOR + r"[ \t]{0,3}(?:\([^()\n]{1,30}\)[ \t]{0,3})?" + _IS
    + r"[ \t]{0,3}(?:\*\*|[*_])?" + _VALUE
)  # fmt: skip
_FOLLOWING = 260  # bytes after the word
# Names of algorithms, formats and versions, paths, numbers and digests: they have letters and digits, too
_TECHNICAL = regex(
    r"(?:sha|md|hs|rs|es|ps|aes|rc|base|utf|ed|x|bcrypt|argon|scrypt|pbkdf|oauth|tls|v|ipv|k8s|hmac)[-_]?\d\S*"
    r"|[0-9a-f-]{7,}|\d[\d.,:/%+-]*\w{0,3}|[\w.-]*[/\\]\S*|\S*\(\S*|[\w-]+\.[a-z]{1,4}(?::\d+)?|\S*://\S*"
    r"|[@#&]\S+|[a-z]+(?:[._-][a-z0-9]+)*\.[a-z]+[\w.\[\]]*",
    re.IGNORECASE,
)
_LETTER, _DIGIT, _PUNCTUATION = regex(r"[^\W\d_]"), regex(r"\d"), regex(r"[!-/:-@\[-`{-~]")
_LEAST_PLAIN = 9  # characters of a value without quotes and punctuation


def spoken_passwords(source: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end, in bytes, of the values that a text calls a password or key."""
    lower = source.lower()
    missing = tuple(core for core in _CORES if core not in lower)
    for word in _words(is_ascii=source.isascii(), missing=missing):
        at = lower.find(word)
        while at >= 0:
            after = at + len(word)
            text = source[after : after + _FOLLOWING].decode(errors="ignore")
            if match := _SAID.match(text):
                group = "quoted" if match["quoted"] else "plain"
                value = match["quoted"] or match["plain"].rstrip(".?:*_")
                if _is_password(value, is_quoted=group == "quoted"):
                    start = after + len(text[: match.start(group)].encode())
                    yield start, start + len(value.encode())
            at = lower.find(word, after)


@lru_cache(maxsize=64)
def _words(*, is_ascii: bool, missing: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the words that a text can have, given parts of words that it has not."""
    words = _WORDS.strip().replace(b"\n", b"").split(b",")
    return tuple(
        each
        for each in words
        if (each.isascii() or not is_ascii) and not any(map(each.__contains__, missing))
    )


def _is_password(value: str, *, is_quoted: bool) -> bool:
    """Return whether a value looks as if it was made to be secret: letters, digits, punctuation, and long."""
    if not (_DIGIT.search(value) and (_LETTER.search(value) or _PUNCTUATION.search(value))):
        return False
    if is_placeholder(value.encode()) or _TECHNICAL.fullmatch(value):
        return False
    is_mixed = bool(_LETTER.search(value) and _PUNCTUATION.search(value))
    return is_quoted or is_mixed or len(value) >= _LEAST_PLAIN
