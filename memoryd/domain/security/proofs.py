"""Checksums of secrets, and decoded ones."""

import base64
import binascii
import json
from zlib import crc32

from memoryd.values import regex

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = 6  # characters at the end of a token of GitHub or npm
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SEPARATOR = b"1"
_SNOWFLAKE = regex(rb"[0-9]{17,20}")
_CREDENTIALS = regex(rb"[!-9;-~]{1,64}:([!-~]{6,128})")
_STORAGE_KEY = 64  # bytes of a key of Azure Storage
# The sample of jwt.io, and the keys of Supabase that are meant to be published
_PUBLIC_CLAIMS = {"sub": ("1234567890",), "name": ("John Doe",), "role": ("anon",)}


def base62_checksum(text: bytes) -> bytes:
    """Return the CRC32 of a text in six digits of base 62, as GitHub writes it.

    Source: https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
    """
    rest, digits = crc32(text), ""
    while rest:
        rest, digit = divmod(rest, len(_BASE62))
        digits = _BASE62[digit] + digits
    return digits.rjust(_CHECKSUM, "0").encode()


def has_base62_checksum(token: bytes) -> bool:
    """Return whether the part of a token after its last underscore ends with its checksum."""
    body = token.rpartition(b"_")[2]
    return base62_checksum(body[:-_CHECKSUM]) == body[-_CHECKSUM:]


def has_bech32_checksum(token: bytes) -> bool:
    """Return whether a text has a checksum of Bech32, as an age identity has.

    Source: https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki
    """
    prefix, _, data = token.lower().rpartition(_BECH32_SEPARATOR)
    values = [_BECH32.find(chr(each)) for each in data]
    expanded = [each >> 5 for each in prefix] + [0] + [each & 31 for each in prefix]
    return -1 not in values and _polymod(expanded + values) == 1


def bech32_checksum(prefix: bytes, values: list[int]) -> list[int]:
    """Return the six values of five bits that complete the data of a prefix in lower case."""
    expanded = [each >> 5 for each in prefix] + [0] + [each & 31 for each in prefix]
    rest = _polymod([*expanded, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    return [(rest >> 5 * (5 - place)) & 31 for place in range(6)]


def _polymod(values: list[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            rest ^= generator if top >> place & 1 else 0
    return rest


def is_signed_claim(token: bytes) -> bool:
    """Return whether a text is a JSON web token that grants something: its parts decode, and it is signed.

    Source: https://www.rfc-editor.org/rfc/rfc7519
    """
    header, payload, _ = (_json(part) for part in token.split(b"."))
    if header is None or payload is None or str(header.get("alg", "none")).lower() == "none":
        return False
    return not any(payload.get(name) in public for name, public in _PUBLIC_CLAIMS.items())


def _json(part: bytes) -> dict[str, object] | None:
    raw = decoded(part)
    try:
        value = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def decoded(text: bytes) -> bytes | None:
    """Return what a text in base64, with either alphabet and with or without padding, stands for."""
    bare = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def begins_with_snowflake(token: bytes) -> bool:
    """Return whether the first part of a text is the id of a user of Discord in base64."""
    return bool(_SNOWFLAKE.fullmatch(decoded(token.partition(b".")[0]) or b""))


def is_storage_key(token: bytes) -> bool:
    """Return whether a text in base64 stands for 64 bytes."""
    return len(decoded(token) or b"") == _STORAGE_KEY


def is_basic_credentials(token: bytes) -> bool:
    """Return whether a text in base64 stands for a user and a password, as HTTP sends them."""
    return bool(_CREDENTIALS.fullmatch(decoded(token) or b""))
