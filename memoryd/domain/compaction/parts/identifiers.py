"""Rare identifiers and key nouns, which readers search for."""

import re

from memoryd.values import regex

_WORD = regex(
    r"`(?P<code>[^`\n]+)`"
    r"|(?P<plain>(?<![\w`])[#@$]?\w+(?:[./:#@$+\\-]++\w+)*"
    r"(?:[./:#@$+\\-]*+\[[\w.%/-]++\](?:[./-]*+\w+(?:[./-]++\w+)*)?)?)"
)
_ODD = regex(r"[\d_/:#@$\[]|\w\.\w|[a-z][A-Z]|[A-Z]{2}")
_LETTER = regex(r"[^\W\d_]")
_NUMBERED = regex(r"#\d{2,}")
_TWO = regex(r"\w.*?\w")
_NOUN = regex(r"[^\W\d_]{4,}")
_LEAST, _MOST = 3, 60  # characters of an identifier
_RUN = regex(r"(?<![\w'’./])[^\W\d_]+(?:[ -][^\W\d_]+)*(?![\w'’/]|\.\w)")
_RUN_WORD = regex(r"[^\W\d_]+")
_LONGEST_PHRASE = 3  # words
_MOST_READ = 2000  # characters of a line whose phrases are taken
_LEAD_IN = regex(
    r"\s*+(?:[-*+]|\d+[.)])?\s*+(?:\[[ xX]\]\s+)?"
    r"(?:\[(?P<link>[^\[\]`*<>\\\n]{4,40})\]\("
    r"|\*\*(?P<bold>[^*`\[\]<>|\n]{4,40})\*\*|(?P<plain>[^*`\[\]<>|\n:—–]{4,40})(?::\s| [—–-] ))"
)
_OBJECT = regex(
    r"\s+(?:[\d|\"'“„«(]|(?:the|an?|its?|his|her|our|my|your|their|this|that|these|those|any|all|each|every|no"
    r"|some|one|two|only|more|less|der|die|das|dem|den|des|eine?[mnrs]?|kein\w*|une?|las?|les?|el|los|il|lo|gli"
    r"|uma?|os?|as|sua|su|un)(?!\w))",
    re.IGNORECASE,
)
# Runs of katakana, of Han and of Hangul; hiragana are endings and particles.
_CJK = regex(r"[\u30a1-\u30fa\u30fc]{3,20}|[\u3400-\u9fff]{2,6}|[\uac00-\ud7af]{2,8}")
_KANA = regex(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_COMMON_WORDS = (
    "added adds after all and any are been but can did does for full get got had has how its let may "
    "new not now old one out own set the too two use via was way who why yes yet you open done fix add "
    "run e.g i.e etc todo note wip about above again against also always another around because before "
    "being below between both cannot could doing down during each either else even ever every first "
    "from have having here https http into itself just keep last like made make makes many more most "
    "much must longer need needs never next none noted notes nothing once only other others ours over "
    "same see should since some such take than that their them then there these they thing this those "
    "through uses used user using very want wants were what when where whether which while will with "
    "within without work works would your yours true false null aber alle allem allen aller alles "
    "andere auch beim dann dass dein denn diese diesem diesen dieser dieses doch durch eine einem einen "
    "einer eines haben hier immer jede jeder kann kein keine mehr muss nach nicht noch nur oder ohne "
    "sein sich sind sondern soll über unter vom wenn werden wird wurde zum zur zwischen aussi avec "
    "avoir cette ceux chaque comme dans depuis donc elle elles encore entre être faire leur lors mais "
    "même nous pour quand sans sera sont sous tout toute tous très vous cela ante antes cada como "
    "cuando desde donde ella ellos esta este esto hasta para pero porque puede según siempre sobre "
    "también todos tras ainda depois isso mesmo muito pela pelo pode quando quem seus também você anche "
    "come cosa dalla dalle degli della delle deve dopo ogni questo sono tutti deleted exact exists "
    "fixed removed worth zero beyond someone everyone anyone already takes taken calls shows show holds "
    "hold gets sets claims starts stops goes fails means stays says knows keeps kept lives moved moves "
    "gives given comes returns contains includes allows requires ignored instead"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def identifiers(text: str) -> tuple[str, ...]:
    """Return the names of code, files, versions and tickets in a text, each once, in order."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match["code"] or match["plain"]
        says = _names_something(word) and word.casefold() not in _COMMON
        if _LEAST <= len(word) <= _MOST and says and (match["code"] or _ODD.search(word)):
            found[word.strip()] = None
    return tuple(found)


def _names_something(word: str) -> bool:
    """Return whether a word has a letter and a further letter or digit, or is `#12`: a number is no name."""
    return bool((_LETTER.search(word) and _TWO.search(word)) or _NUMBERED.search(word))


def nouns(text: str) -> tuple[str, ...]:
    """Return the words of a text that say what it is about, each once, in order."""
    words = [
        word
        for word in _NOUN.findall(_bare(text))
        if word.casefold() not in _COMMON and not _KANA.search(word)
    ]
    return tuple(dict.fromkeys([*words, *_CJK.findall(_bare(text))]))


def phrases(text: str) -> tuple[str, ...]:
    """Return the pairs and triples of neighbouring words that say what a text is about, each once.

    A pair that an article, a number or code follows ends in a verb mostly ("build takes 7 minutes"), and
    so says nothing.
    """
    found: dict[str, None] = {}
    bare = _bare(text[:_MOST_READ])
    for run in _RUN.finditer(bare):
        told = run[0]
        words = list(_RUN_WORD.finditer(told))
        good = [_is_noun(word[0]) for word in words]
        for first in range(len(words) - 1):
            for last in range(first + 1, min(first + _LONGEST_PHRASE, len(words))):
                if not all(good[first : last + 1]):
                    break
                if _OBJECT.match(bare, run.start() + words[last].end()):
                    continue
                found[told[words[first].start() : words[last].end()]] = None
    return tuple(found)


def leads_in(line: str) -> str:
    """Return the words that an entry begins with and that name its subject; "" where there are none.

    They are the text of a link, or bold, or before a colon or dash.
    """
    match = _LEAD_IN.match(line)
    words = (match["link"] or match["bold"] or match["plain"]).strip(" .:,") if match else ""
    return words if len(_RUN_WORD.findall(words)) > 1 and nouns(words) else ""


def _bare(text: str) -> str:
    """Return a text with a bar instead of code, and a comma instead of links and emphasis."""
    return re.sub(r"`[^`]*`|(https?://\S+|\]\([^)\]]*\)|[*_]{2,3})", _mark, text)


def _mark(match: re.Match[str]) -> str:
    return " , " if match[1] else " | "


def _is_noun(word: str) -> bool:
    return bool(_NOUN.fullmatch(word)) and word.casefold() not in _COMMON and not _KANA.search(word)
