"""Byte-order mark and line ends of a file."""

from memoryd.domain.markdown.frontmatter import BOM
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a file, apart from what it says.

    Attributes:
        has_mark: It begins with a byte-order mark.
        is_crlf: Most of its lines end with CRLF.
        is_ended: Its last line has an end.
    """

    has_mark: bool
    is_crlf: bool
    is_ended: bool

    def plain(self, raw: bytes) -> bytes:
        r"""Return the text of a file of this form without mark, with line ends `\n`, also at its end."""
        text = raw.removeprefix(BOM).replace(b"\r\n", b"\n")
        return text if self.is_ended or not text else text + b"\n"

    def apply(self, text: bytes) -> bytes:
        """Return a plain text in this form."""
        if not self.is_ended:
            text = text.removesuffix(b"\n")
        if self.is_crlf:
            text = text.replace(b"\n", b"\r\n")
        return BOM * self.has_mark + text


def read_form(raw: bytes) -> Form:
    """Return the form of a file."""
    is_crlf = raw.count(b"\r\n") * 2 > raw.count(b"\n")
    return Form(raw.startswith(BOM), is_crlf, raw.endswith(b"\n") or not raw.removeprefix(BOM))
