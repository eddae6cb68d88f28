"""Tokens of texts, estimated."""

from math import ceil

from memoryd.values import regex

LATIN = 3.1
"""Characters a token of Markdown in Latin letters, measured with the client; the usual 4 is 29 % too high."""

# Characters of other scripts, and how many of them are one token. These are rough: byte-pair encodings have
# few tokens for them.
_SCRIPTS = (
    (regex("[\u0370-\u03ff\u0400-\u052f]"), 2.0),  # Greek, Cyrillic
    (regex("[\u0530-\u08ff]"), 1.6),  # Armenian, Hebrew, Arabic
    (regex("[\u0900-\u1fff]"), 1.2),  # scripts of India and South-East Asia, Georgian
    (regex("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"), 1.0),  # Chinese, Japanese, Korean
    (regex("[\U00010000-\U0010ffff]"), 0.5),  # emoji, rare ideographs
)


def estimated_tokens(text: str) -> int:
    """Return an estimate of the tokens of a text, for any of the usual models.

    Args:
        text: Prose or Markdown.
    """
    if text.isascii():
        return ceil(len(text) / LATIN)
    left = len(text)
    tokens = 0.0
    for characters, of_token in _SCRIPTS:
        count = len(characters.findall(text))
        left -= count
        tokens += count / of_token
    return ceil(tokens + left / LATIN)
