"""Destinations that stand for a path and name none."""

import re
from functools import lru_cache

from memoryd.values import regex

# A slot of a template, a glob, or a part that is left out. `app/[id]/page.tsx` is a real path.
_SLOT = regex(
    r"<[^<>]*>|\{[^{}]*\}|\$\(|\$[A-Za-z_]\w*|%[A-Z][A-Z_]{2,}%|\*|…|(?:\A|[\s/])\.\.\.(?:\Z|[\s/])"
    r"|\A\[[^\[\]]*\]\Z"
)
_SAMPLE = regex(
    r"(?:\A|/)(?:path|pfad|chemin|ruta|caminho|percorso)/(?:to|zu|vers|a|hacia|para)/"
    r"|(?:\A|[/_-])(?:(?:x{3,}|n{3,}|y{4})(?=[._-])|(?:your|ihre?|votre)[_-])"
    r"|(?:\A|/)(?:YYYY|JJJJ|AAAA|ГГГГ|NN+)\b",
    re.IGNORECASE,
)
# Words for a destination, by language.
_DESTINATIONS = """
    url uri link links path paths href src file files filename filepath target dest destination address adr
    image img ref reference anchor relpath permalink
    ziel pfad adresse datei dateiname verweis bild
    lien chemin fichier cible
    enlace ruta archivo fichero destino dirección caminho arquivo endereço
    percorso indirizzo collegamento destinazione
    bestand pad koppeling adres bestandsnaam
    ścieżka plik odnośnik bağlantı yol dosya
    ссылка путь файл адрес
    链接 路径 文件 网址 地址 目标 文件名 連結 路徑 檔案 網址 リンク パス ファイル アドレス 링크 경로 파일 주소
    رابط مسار ملف liên-kết
"""
_AROUND = "to of the a an your my some here relative absolute full real actual new old md"
_LABELED = "title text name label link file topic description titel titre título titolo 标题 名称"
_FORMS, _JOINERS, _LABELS = (frozenset(words.split()) for words in (_DESTINATIONS, _AROUND, _LABELED))
_NAMED_LIKE_A_FORM = frozenset(
    {"file.md", "filename.md", "file-name.md", "file_name.md", "path.md", "name.md"}
)
_PARTS = regex(r"[\s_-]+")
_MARKS = regex(r"[\[\]<>{}*_`\"'().:…]+")
# Pages of a forge that stand where files seem to be: `../../issues/5` in a README.
_FORGE_PAGE = regex(
    r"(?:\.\./)+(?:(?:issues|pull|pulls|discussions|milestone)(?:/\d+)?|(?:releases|wiki|actions|security)(?:/.*)?"
    r"|(?:commit|compare|blob|tree)/.+|issues/new.*)"
)


@lru_cache(16_384)
def is_placeholder(destination: str, text: str) -> bool:
    """Return whether a destination only shows where a path goes: `url`, `<root>/x`, `path/to/file`.

    Pages of a forge (`../../issues/5`) count as well: no file has their path.

    Args:
        destination: The destination of a link.
        text: The text of the link.
    """
    path = destination.partition("#")[0]
    if _SLOT.search(path) or _SAMPLE.search(path) or _FORGE_PAGE.fullmatch(path):
        return True
    folded = path.casefold().removeprefix("./")
    if folded in _NAMED_LIKE_A_FORM:
        return bool(_words(text)) and _words(text) <= _LABELS | _FORMS | _JOINERS
    if "/" in folded or "." in folded or "#" in destination:
        return False
    words = _words(folded)
    return folded in _FORMS or (bool(words & _FORMS) and words <= _FORMS | _JOINERS)


def is_part_placeholder(fragment: str) -> bool:
    """Return whether a fragment only shows where one goes: `#anchor`, `#<id>`, `#...`."""
    folded = fragment.casefold()
    return bool(_SLOT.search(fragment)) or folded in {
        "anchor", "heading", "fragment", "id", "slug", "section", "anker", "ancre", "ancla", "…", "...",
    }  # fmt: skip


def _words(text: str) -> set[str]:
    return {word for word in _PARTS.split(_MARKS.sub(" ", text.casefold())) if word}
