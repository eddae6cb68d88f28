"""Copies and remnants that other programs leave beside memory."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from memoryd.domain.markdown.document import Document
from memoryd.values import regex

_LEAST_COMMON = 0.5  # share of the words of both texts
_LEAST_HELD = 0.8  # share of the words of the shorter text: an older copy lacks what came later
_LEAST_WORDS = 4  # words of a shorter text that is compared alone
_CONFLICT = r"(?:conflic|konflik|conflit|конфликт|競合|冲突|衝突|충돌)"
_COPY = (
    r"(?:copy|kopie|kopia|kopi|copie|copia|cópia|c[oó]pia|копия|копі[яї]|コピー|复制|複製|副本|사본|복사본)"
)

# Names that only other programs give: the real file may be missing.
_CERTAIN = (
    r"(?P<stem>.+)\.sync-conflict-\d{8}-\d{6}(?:-\w+)?(?P<end>\.\w+)",  # Syncthing
    rf"(?P<stem>.+) \((?=[^()]*{_CONFLICT})(?=[^()]*(?:{_COPY}|\d{{6}}|\d{{4}}-\d\d))[^()]*\)(?P<end>\.\w+)",
    r"(?P<stem>.+) conflicted copy(?: [\w -]*)?(?P<end>\.\w+)",
    r"(?P<stem>.+)(?P<end>\.\w+)\.(?:orig|rej)",  # merges and patches
    r"(?P<stem>.+)(?P<end>\.\w+)~",
    r"#(?P<stem>.+)(?P<end>\.\w+)#",
    r"(?P<stem>.+)(?P<end>\.\w+)\.(?:te?mp|tmp\.\d+\.[0-9a-f]+)",  # the last form is the client's
)
# Names that mean something else without the real file.
_BESIDE = (
    r"(?P<stem>.+) \(\d{1,3}\)(?P<end>\.\w+)",
    r"\.?(?P<stem>[^.].*)(?P<end>\.md)\.(?:bak\d*|backup|old|save|sw[a-p]|kate-swp|icloud|part|partial)",
    r"\.~lock\.(?P<stem>.+)(?P<end>\.md)#",
    r"(?P<stem>.+)[._](?:BACKUP|BASE|LOCAL|REMOTE)[._]\d+(?P<end>\.\w+)",  # git mergetool
    r"(?P<stem>.+)_conflict-\d{8}-\d{6}(?P<end>\.\w+)",  # ownCloud
)
# Names that people give, too: the content must be alike.
_ALIKE = (
    r"(?P<stem>.+) [2-9](?P<end>\.\w+)",  # iCloud
    rf"(?P<stem>.+?)(?: [-–—])? ?{_COPY}(?: \d{{1,3}}| \(\d{{1,3}}\))?(?P<end>\.\w+)",
    rf"{_COPY} (?:of|von|de|di|do|da|van|af|av|z) (?P<stem>.+)(?P<end>\.\w+)",
    r"копия (?P<stem>.+)(?P<end>\.\w+)",
    rf"(?P<stem>.+?)の{_COPY}(?P<end>\.\w+)",
    rf"(?P<stem>.+?)[ ._-]*[(\[]{_CONFLICT}\w*(?: \d{{1,3}})?[)\]](?P<end>\.\w+)",  # Google Drive
    rf"[(\[]{_CONFLICT}\w*[)\]] (?P<stem>.+)(?P<end>\.\w+)",
    rf"(?P<stem>.+)\.{_CONFLICT}\w*(?P<end>\.\w+)",  # Resilio
)
_HOST = regex(r"(?P<stem>.+?)-(?=[\w-]*[A-Z])[A-Za-z0-9][\w-]{4,}(?P<end>\.\w+)")  # OneDrive


def _either(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(regex(each, re.IGNORECASE) for each in patterns)


_CERTAINLY, _BESIDE_FILE, _BESIDE_TEXT = range(3)
_BY_NAME, _WITH_FILE, _WITH_TEXT = map(_either, (_CERTAIN, _BESIDE, _ALIKE))
_TOKEN = regex(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")


def original(
    path: str, documents: Mapping[str, Document], index_name: str = "", names: Collection[str] = ()
) -> str | None:
    """Return the path of the file that another one is a copy or remnant of; None if it is neither.

    Names that people give, too (“x 2.md”, “x copy.md”, “x-LAPTOP-4F2K.md”), count only beside the real file
    and with similar or no content. Copies of the index file need no similar content, since that changes
    in every session.

    Args:
        path: The file's path.
        documents: The files of the store, by path.
        index_name: The name of its index file.
        names: Further names in the directory of the file.
    """
    folder, slash, name = path.rpartition("/")
    directory = folder + slash
    for kind, told in _real_names(name):
        real = directory + told
        if kind == _CERTAINLY:
            return real
        if real == path or not (real in documents or told in names):
            continue
        if kind == _BESIDE_FILE or (real == index_name and kind == _BESIDE_TEXT):
            return real
        if path in documents and real in documents and _are_alike(documents[path], documents[real]):
            return real
    return None


@lru_cache(maxsize=4096)  # several rules ask for it
def _real_names(name: str) -> tuple[tuple[int, str], ...]:
    """Return the names that a file may be a copy of, with how sure that is, the surest first."""
    return tuple(
        (kind, found["stem"] + found["end"])
        for kind, patterns in enumerate((_BY_NAME, _WITH_FILE, _WITH_TEXT, (_HOST,)))
        for found in (pattern.fullmatch(name) for pattern in patterns)
        if found
    )


def _are_alike(copy: Document, real: Document) -> bool:
    """Return whether two files have most of their words in common, or one is empty."""
    one, other = ({*_TOKEN.findall(each.source[each.body :].decode().casefold())} for each in (copy, real))
    common = len(one & other)
    least = min(len(one), len(other))
    if not least:
        return True
    is_held = least >= _LEAST_WORDS and common >= _LEAST_HELD * least
    return is_held or common >= _LEAST_COMMON * len(one | other)
