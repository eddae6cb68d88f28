"""Rare identifiers and key nouns, which readers search for."""

import re

_WORD = re.compile(
    r"`(?P<code>[^`\n]{2,48})`"
    r"|(?P<plain>(?<![\w`])[#@$]?\w+(?:[./:#@$+\\-]++\w+)*"
    r"(?:[./:#@$+\\-]*+\[[\w.%/-]++\][./-]*+\w+(?:[./-]++\w+)*)?\]?)"
)
_ODD = re.compile(r"[\d_/:#@$\[]|\w\.\w|[a-z][A-Z]|[A-Z]{2}")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBERED = re.compile(r"#\d{2,}")
_TWO = re.compile(r"\w.*?\w")
_NOUN = re.compile(r"[^\W\d_]{4,}")
_LEAST = 3  # characters of an identifier
# Runs of katakana, of Han and of Hangul; hiragana are endings and particles.
_CJK = re.compile(r"[\u30a1-\u30fa\u30fc]{3,10}|[\u3400-\u9fff]{2,6}|[\uac00-\ud7af]{2,8}")
_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_COMMON_WORDS = (
    "all any are been but can did does for full get got had has how its let may new not now old one out own "
    "set the too two use via was way who why yes yet you open done fix add run e.g i.e etc todo note wip "
    "about above after again against also always another around because been before being below between "
    "both cannot could does doing done down during each either else even ever every first from have "
    "having here https http into itself just keep last like made make makes many more most much must "
    "need needs never next none note noted notes nothing once only other others ours over same see "
    "should since some such take than that their them then there these they thing this those through "
    "uses used user using very want wants was were what when where whether which while will with within "
    "without work works would your yours true false null aber alle allem allen aller alles andere auch "
    "beim dann dass dein denn diese diesem diesen dieser dieses doch durch eine einem einen einer eines "
    "haben hier immer jede jeder kann kein keine mehr muss nach nicht noch nur oder ohne sein sich sind "
    "sondern soll über unter vom wenn werden wird wurde zum zur zwischen aussi avec avoir cette ceux "
    "chaque comme dans depuis donc elle elles encore entre être faire leur lors mais même nous pour "
    "quand sans sera sont sous tout toute tous très vous cela ante antes cada como cuando desde donde "
    "ella ellos esta este esto hasta para pero porque puede según siempre sobre también todo todos tras "
    "ainda depois isso mesmo muito pela pelo pode quando quem seus também você anche come cosa dalla "
    "dalle degli della delle deve dopo ogni questo sono tutti"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def identifiers(text: str) -> tuple[str, ...]:
    """Return the names of code, files, versions and tickets in a text, each once, in order."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match["code"] or match["plain"]
        says = _names_something(word) and word.casefold() not in _COMMON
        if len(word) >= _LEAST and says and (match["code"] or _ODD.search(word)):
            found[word.strip()] = None
    return tuple(found)


def _names_something(word: str) -> bool:
    """Return whether a word has a letter and a further letter or digit, or is `#12`: a number is no name."""
    return bool((_LETTER.search(word) and _TWO.search(word)) or _NUMBERED.search(word))


def nouns(text: str) -> tuple[str, ...]:
    """Return the words of a text that say what it is about, each once, in order."""
    bare = re.sub(r"`[^`]*`|https?://\S+|\]\([^)\]]*\)", " ", text)
    words = [
        word for word in _NOUN.findall(bare) if word.casefold() not in _COMMON and not _KANA.search(word)
    ]
    return tuple(dict.fromkeys([*words, *_CJK.findall(bare)]))
