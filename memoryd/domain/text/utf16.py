"""Measures of text as JavaScript and the harness count it."""

# ECMA-262 WhiteSpace and LineTerminator: what String.prototype.trim removes and what \s matches.
# Python's str.strip() differs: it also takes \x1c-\x1f and \x85, and leaves \ufeff.
JS_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def js_trim(text: str) -> str:
    """Trim as JavaScript's `String.prototype.trim` does."""
    return text.strip(JS_SPACE)


def utf16_units(text: str) -> int:
    """Return the length in UTF-16 code units, JavaScript's `length`."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_prefix(text: str, units: int) -> str:
    """Return the longest prefix of at most so many UTF-16 units, without splitting a character."""
    head = text[:units]
    if head.isascii():
        return head
    return head.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore")
