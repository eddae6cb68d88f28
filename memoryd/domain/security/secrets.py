"""Secrets in a text."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import lru_cache
from hashlib import sha256
from itertools import islice

from memoryd.domain.security.kinds import BEGINNING, INNER, SecretKind, long_runs
from memoryd.domain.security.placeholders import is_placeholder, is_weak_word
from memoryd.domain.security.proofs import decoded
from memoryd.domain.security.sentences import spoken_passwords
from memoryd.values import dataclass, regex

_SHOWN = 4  # characters
_MOST_SPOKEN = 200  # passwords in sentences of one text: more are made up
_DIGITS = 10  # of a fingerprint
_LONGEST_KEY = 20_000  # bytes of the body of a private key
_KEY_HEADER = regex(
    rb"-----BEGIN (?P<kind>(?:[A-Z0-9]{2,10} ){0,3})PRIVATE KEY(?: BLOCK)?-----|Private-Lines: \d{1,3}"
)
_KEY_MARKS = (b"-----BEGIN ", b"Private-Lines: ")
_KEY_LINE = regex(rb"[A-Za-z0-9+/=]{40}")
_KEY_END = regex(rb"-----END [A-Z0-9 ]{1,40}-----|Private-MAC:")
_URL = regex(
    rb"://(?P<user>[^\s/:@\"'<>`\\()\[\]{}|]{0,64}):(?P<password>[^\s/@\"'<>`\\]{3,256})"
    rb"@(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
)
_NO_HOST = regex(rb"(?:.*\.)?(?:example(?:\.(?:com|org|net|edu))?|test|invalid)\.?", re.IGNORECASE)
_LOCAL = regex(rb"localhost|127\..*|\[::1\]|0\.0\.0\.0|[^.]*|.*\.(?:local|localhost|internal)", re.IGNORECASE)
# An escape of Markdown; zero-width characters and the soft hyphen
_INVISIBLE = rb"(?:\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad)*"
_SILENT = regex(  # each alternative begins with a byte, so that `re` skips to the next of them
    rb"\\(?=[_-])|\xe2(?:\x80[\x8b-\x8d]|\x81\xa0)" + _INVISIBLE
    + rb"|\xef\xbb\xbf" + _INVISIBLE + rb"|\xc2\xad" + _INVISIBLE
)  # fmt: skip
_BASE64 = regex(rb"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{24,}+={0,2}(?![A-Za-z0-9+/_=-])")
_STRONG = 12  # characters of a password that was not typed for a local service


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text; neither its representation nor anything made from it shows it.

    Attributes:
        kind: A noun for what it is.
        start: Offset of its first byte.
        end: Offset after its last byte.
        value: The secret itself.
        is_certain: Its form tells that it is a secret; if not, a sentence does.
        is_guessable: A person may have chosen it: not even a digest of it may be shown.
    """

    kind: str
    start: int
    end: int
    value: bytes = field(repr=False)
    is_certain: bool = True
    is_guessable: bool = False

    @property
    def mask(self) -> str:
        """Its first characters, at most four and at most a third of it."""
        shown = min(_SHOWN, len(self.value) // 3)
        return f"{self.value[:shown].decode(errors='replace')}…"


def fingerprint(secret: Secret, place: str) -> str:
    """Return a name for a secret by which a person can ask for it.

    That of a token is made from the token. A password could be guessed from that: its name is made from
    where it is.

    Args:
        secret: The secret.
        place: Where it is, including a number if there are several.
    """
    told = place.encode(errors="surrogateescape") if secret.is_guessable else b"".join(secret.value.split())
    return sha256(b"memoryd secret\0" + told).hexdigest()[:_DIGITS]


@lru_cache(maxsize=1024)  # one finding may name, and be free of the secrets of, hundreds of files
def secrets_in(source: bytes) -> tuple[Secret, ...]:
    """Return the secrets in a text, in order; of those that overlap, the one that its form tells."""
    found = [*_private_keys(source), *_tokens(source), *_passwords_in_urls(source), *_disguised(source)]
    found += [
        Secret("password", start, end, source[start:end], is_certain=False, is_guessable=True)
        for start, end in islice(spoken_passwords(source), _MOST_SPOKEN)
    ]
    covered = bytearray(len(source)) if found else bytearray()
    kept = []
    for secret in found:  # the surest kind first
        if 1 not in covered[secret.start : secret.end]:
            kept.append(secret)
            covered[secret.start : secret.end] = b"\1" * (secret.end - secret.start)
    return tuple(sorted(kept, key=lambda each: each.start))


def _places(source: bytes, mark: bytes) -> Iterator[int]:
    at = source.find(mark)
    while at >= 0:
        yield at
        at = source.find(mark, at + len(mark))


def _private_keys(source: bytes) -> Iterator[Secret]:
    """Yield private keys that have a body, whatever is before each of its lines."""
    for mark in _KEY_MARKS:
        for at in _places(source, mark):
            header = _KEY_HEADER.match(source, at)
            if header is None:
                continue
            limit = header.end() + _LONGEST_KEY
            after = source.find(mark[:5], header.end(), limit)  # no part of a key is looked at twice
            last = _KEY_END.match(source, after) if after >= 0 else None
            line = _KEY_LINE.search(source, header.end(), after if after >= 0 else limit)
            if line and not is_placeholder(line[0]):
                end = last.end() if last else line.end()
                what = (header["kind"] or b"").decode()
                kind = f"{what}private key" if what else "private key"
                yield Secret(kind.replace("ENCRYPTED", "encrypted"), at, end, source[at:end])


def _tokens(source: bytes) -> Iterator[Secret]:
    """Yield secrets that are known by their form."""
    long = long_runs(source)
    for kind in BEGINNING:
        for mark in kind.marks:
            at = source.find(mark) if not kind.is_one_run or mark in long else -1
            while at >= 0:
                match = kind.shape.match(source, at)
                if match:
                    yield from _token(kind, match, len(mark))
                at = source.find(mark, match.end() if match else at + len(mark))
    for kind in INNER:
        if any(mark in long for mark in kind.marks) and kind.shape.search(long):
            for match in kind.shape.finditer(source):
                yield from _token(kind, match, 0)


def _disguised(source: bytes) -> Iterator[Secret]:
    """Yield tokens with escapes of Markdown or invisible characters in them, and tokens in base64."""
    if _SILENT.search(source):
        parts, starts, origins, last, length = [], [0], [0], 0, 0
        for match in _SILENT.finditer(source):
            parts.append(source[last : match.start()])
            length += match.start() - last
            last = match.end()
            starts.append(length)
            origins.append(last)
        for secret in _tokens(b"".join([*parts, source[last:]])):
            first, end = bisect_right(starts, secret.start) - 1, bisect_left(starts, secret.end) - 1
            start = origins[first] + secret.start - starts[first]
            stop = origins[end] + secret.end - starts[end]
            yield Secret(secret.kind, start, stop, source[start:stop])
    for match in _BASE64.finditer(source) if _BASE64.search(long_runs(source)) else ():
        raw = decoded(match[0])
        if raw and raw.isascii() and (inner := next(_tokens(raw), None)):
            yield Secret(f"{inner.kind} in base64", *match.span(), match[0])


def _token(kind: SecretKind, match: re.Match[bytes], prefix: int) -> Iterator[Secret]:
    start, end = match.span(1 if match.re.groups else 0)
    value = match.string[start:end]
    body = value if match.re.groups else value[prefix:]
    if not is_placeholder(body) and (kind.is_one is None or kind.is_one(value)):
        yield Secret(kind.name, start, end, value)


def _passwords_in_urls(source: bytes) -> Iterator[Secret]:
    for at in _places(source, b"://"):
        match = _URL.match(source, at)
        if match and source[at - 1 : at].isalnum() and _is_real(*match.group("user", "password", "host")):
            start, end = match.span("password")
            yield Secret("password in a URL", start, end, source[start:end], is_guessable=True)


def _is_real(user: bytes, password: bytes, host: bytes) -> bool:
    """Return whether a password in a URL is more than an example or the default of a local service."""
    if is_placeholder(password) or len(password) < _SHOWN or password.lower() == user.lower():
        return False
    if _NO_HOST.fullmatch(host) or is_weak_word(host):
        return False
    is_strong = len(password) >= _STRONG and any(map(bytes.isdigit, _characters(password)))
    return is_strong or not _LOCAL.fullmatch(host)


def _characters(text: bytes) -> Iterable[bytes]:
    return (text[at : at + 1] for at in range(len(text)))
