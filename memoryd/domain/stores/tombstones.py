"""Topic files that only say where their content went."""

import re
from collections.abc import Iterator
from functools import lru_cache

from memoryd.domain.markdown.document import Document
from memoryd.values import regex

_LONGEST = 1_500  # characters: a longer file still has content of its own
_MARKS = regex(r"^[ \t>#*_~`-]+")
_SUBJECT = (
    r"(?:this|the|dieses?|diese[rs]?|ce(?:tte)?|est[ea]|quest[oa]|dit|deze)\s+"
    r"(?:(?:memory|topic)\s+)?(?:file|note|topic|page|memory|document|entry|datei|notiz|seite|thema|fichier|"
    r"note|page|archivo|fichero|nota|página|documento|file|pagina|arquivo|ficheiro|bestand|notitie)\s+"
    r"(?:(?:has|have|is|was|are|been|now|wurde|ist|a|été|est|ha|sido|fue|se|está|è|stato|stata|foi|werd|"
    r"inzwischen|jetzt|maintenant|ahora|ora|agora)\s+){0,3}"
)
_STATEMENTS = (
    # en
    r"(?:moved|migrated|relocated|renamed|folded|absorbed|consolidated|merged|split)(?:\s+up)?[\s*_~]*"
    r"(?:(?:in)?to\b|on\s+\d|[:→>]|->|[.—–)\]*_]*\s*$)|superseded\b|deprecated\b|obsolete\b|tombstone\b|"
    r"replaced\s+by\b|do\s+not\s+use\b|no\s+longer\s+(?:used|maintained)\b|retired\b[:.,]?\s*see\b|"
    # de
    r"verschoben\s+nach\b|umgezogen\s+nach\b|aufgeteilt\s+(?:in|auf)\b|ersetzt\s+durch\b|abgelöst\s+durch\b|"
    r"(?:nach|in|auf|durch|mit)\s+\S+\s+(?:verschoben|umgezogen|aufgeteilt|ersetzt|abgelöst|"
    r"zusammengeführt)\b|"
    r"zusammengeführt\s+(?:in|mit)\b|veraltet\b|überholt\b|nicht\s+mehr\s+(?:verwenden|benutzen)\b|"
    # fr
    r"déplacée?\s+(?:vers|dans)\b|remplacée?\s+par\b|obsolète\b|(?:scindée?|divisée?)\s+en\b|"
    r"fusionnée?\s+(?:dans|avec)\b|ne\s+plus\s+utiliser\b|"
    # es, pt
    r"(?:movid|trasladad|transferid)[oa]\s+(?:a|para)\b|(?:re[em]mplazad|"
    r"sustituid|substituíd)[oa]\s+po[rl]\b|"
    r"obsolet[oa]\b|dividid[oa]\s+en?m?\b|fusionad[oa]\s+(?:en|con)\b|"
    r"mesclad[oa]\s+em\b|no\s+usar\b|não\s+usar\b|"
    # it, nl
    r"spostat[oa]\s+in\b|sostituit[oa]\s+da\b|divis[oa]\s+in\b|non\s+usare\b|"
    r"verplaatst\s+naar\b|vervangen\s+door\b|verouderd\b|gesplitst\s+in\b|"
    # ru
    r"перемещ[её]н[оаы]?\s+в\b|перенес[её]н[оаы]?\s+в\b|заменен[оаы]?\s+на\b|"
    r"устарел[оаи]?\b|разделен[оаы]?\s+на\b"
)
_SAYS = regex(
    rf"(?:^|[.!—–:(>*_-]\s*)(?:{_SUBJECT})?(?:{_STATEMENTS})"
    r"|已(?:移至|移到|移动到|迁移|拆分|合并到|废弃|弃用|被取代)|不再使用|"
    r"(?:移動|廃止|分割|統合)(?:され|しま)した|(?:이동|폐기)(?:됨|되었)",
    re.IGNORECASE | re.MULTILINE,
)
_POINTER = regex(r"\.md\b|\]\(|\[\[")


@lru_cache(maxsize=4096)
def is_tombstone(document: Document) -> bool:
    """Return whether a short file says that its content was moved, split or replaced, and names a file.

    It says so in its name, its description, or its first lines: headings and the line after them.
    """
    text = document.source[document.body :].decode()
    if len(text) > _LONGEST:
        return False
    told = "\n".join((document.name, document.description, *_opening(text)))
    return bool(_POINTER.search(f"{document.description}\n{text}") and _SAYS.search(told))


def _opening(text: str) -> Iterator[str]:
    """Yield the first headings of a text and the line after them, without their markup."""
    for line in filter(None, map(str.strip, text.split("\n"))):
        yield _MARKS.sub("", line)
        if not line.startswith("#"):
            return
