"""Counted nouns and shortened sentences."""


def counted(number: int, one: str, many: str) -> str:
    """Return a number with the noun that it counts."""
    return f"{number:,} {one if number == 1 else many}"


def shorten(text: str, most: int) -> str:
    """Return at most so many characters, cut between words, with an ellipsis and no open code span."""
    if len(text) <= most:
        return text
    if most < 12:  # noqa: PLR2004  # too short to be readable
        return ""
    cut = text[: most - 1]
    cut = cut[: cut.rfind(" ")] if " " in cut[most // 2 :] else cut
    if cut.count("`") % 2:
        cut = cut[: cut.rindex("`")]
    cut = cut.rstrip(" ,;:—–-(*_")
    return f"{cut}…" if cut else ""


def one_line(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())
