"""Words that say until when a memory is valid."""

import re

from memoryd.values import regex

_KEYS = (
    r"expir(?:es?|y|ation|ing)(?:[ _-](?:on|at|after|date))?|valid[ _-](?:until|till|through|thru|to)"
    r"|good until"
    r"|review[ _-](?:by|on|due|date|after)|revisit[ _-](?:by|on|after)|recheck[ _-](?:by|on|after)"
    r"|(?:remove|delete)[ _-]after"
    r"|gültig bis(?: zum)?|gilt bis(?: zum)?|befristet bis(?: zum)?|verfällt am|läuft ab am|ablaufdatum"
    r"|expire le|valable jusqu['’]au|valide jusqu['’]au|à revoir(?: avant)? le"
    r"|caduca(?: el)?|expira(?: el| em)?|vence(?: el| em)?|válid[oa] (?:hasta(?: el)?|até(?: o)?)"
    r"|scade(?: il)?|scadenza|valid[oa] fino al?|revisar antes d[eo]"
    r"|истекает|действует до|действительн[аоы]? до|годен до"
    r"|有效期(?:至|到)?|有效至|到期日?|过期(?:时间|日期)?|失效(?:时间|日期)?|有効期限|期限|만료일?|유효 ?기간"
)
# A day: how a date begins, in figures or with the name of a month.
_DAY = r"(?=[QW]?\d|[A-Z][a-z]{2}|(?:the )?end of \w|ende \w)"
EXPIRY_WORDS = regex(
    rf"(?P<sign>\A\s*|[(\[{{|;,.，。、（；]\s*|[—–]\s*|(?<=\s)-\s+|--\s*|<!--\s*)?"
    rf"(?<![\w-])[*_`]{{0,3}}(?P<key>{_KEYS})[*_`]{{0,3}}\s*(?P<colon>[:=：]?)[*_`]{{0,3}}\s*{_DAY}",
    re.IGNORECASE,
)
"""Words such as “valid until” or “expires:” before a date."""

UNTIL = regex(
    rf"(?<![\w-])(?P<key>until|till|through|(?<=[(（—–] )bis(?: zum)?|(?<=[(（])(?:bis(?: zum)?|jusqu['’]au"
    rf"|hasta(?: el)?"
    rf"|até(?: o)?|fino al?|до)|(?<=[—–] )(?:jusqu['’]au|hasta(?: el)?|até(?: o)?|fino al?|до))[ ]+{_DAY}",
    re.IGNORECASE,
)
"""The word “until” before a date; in other languages than English, only after a bracket or dash."""

MENTIONS = regex(
    r"(?<![\d.-])(?P<date>20\d\d(?:-\d\d-\d\d|年\d{1,2}月\d{1,2}日|년 ?\d{1,2}월 ?\d{1,2}일))\s*"
    r"(?P<key>まで有効|まで(?=[)）。]|\s*\Z)|까지 ?유효|까지(?=[)）.]|\s*\Z)|到期|过期|失效|前有效|失効)"
)
"""Words of East Asian languages that follow their date."""

HINTS = (
    *(
        "expir",
        "valid",
        "good until",
        "review",
        "revisit",
        "recheck",
        "remove",
        "delete",
        "until",
        "till ",
        "through",
    ),
    *(
        "bis ",
        "gültig",
        "verfällt",
        "läuft ab",
        "ablauf",
        "valable",
        "jusqu",
        "à revoir",
        "caduca",
        "vence",
        "hasta",
    ),
    *(
        "até",
        "scade",
        "fino a",
        "revisar",
        "истекает",
        "действ",
        "годен",
        "до ",
        "期",
        "失效",
        "失効",
        "有効",
        "有效",
    ),
    *("まで", "까지", "만료", "유효"),
)
"""Parts of words, in lower case: text without any of them has no words about expiry."""

# A sentence about the past, about a range, or about what data cover: it stays true.
_HISTORY = regex(
    r"\b(?:was|were|had|did|been|used|ran|lasted|lived|went|existed|worked|since|from|between|then|now"
    r"|formerly"
    r"|previously|originally|initially|war|waren|wurde|wurden|hatte|seit|dann|était|avait|puis|era|fue"
    r"|tenía|desde"
    r"|foi|tinha|ha|aveva|stato|poi|был|была|было|были|затем|covers?|covering|includes?|including"
    r"|contains?|records?"
    r"|recorded|reviewed|measured|checked|read|data|logs?|commits?|history|messages|emails|snapshot|valid"
    r"|expires?"
    r"|knowledge|cutoff|training|estimate[ds]?|billed|paid|worked|reached|completed|shipped|merged"
    r"|released|done)\b"
    r"|[—–-]\s*\d{4}",
    re.IGNORECASE,
)
_PAST = regex(r"\b[a-z]{3,}ed\b", re.IGNORECASE)
# Participles that describe a state rather than an event.
_STATE_WORDS = (
    "paused blocked disabled postponed deferred delayed suspended locked reserved banned planned "
    "scheduled needed required allowed pinned extended closed supported muted snoozed limited embargoed "
    "freezed forbidden restricted enabled unsupported shared rented hosted based need feed speed seed "
    "indeed embed"
)
_STATES = frozenset(_STATE_WORDS.split())
_SENTENCE_END = regex(r"[.!?](?:\s|\Z)|\n")


def is_history(text: str, start: int, end: int) -> bool:
    """Return whether the sentence around “until” and its date tells of the past.

    Args:
        text: The text.
        start: Where the word begins.
        end: Where the date begins.
    """
    before = list(_SENTENCE_END.finditer(text, 0, start))
    begin = before[-1].end() if before else 0
    after = _SENTENCE_END.search(text, end)
    sentence = text[begin : after.start() if after else len(text)]
    if _HISTORY.search(sentence):
        return True
    return any(word.lower() not in _STATES for word in _PAST.findall(sentence))
