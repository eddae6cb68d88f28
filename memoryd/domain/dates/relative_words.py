"""Words for relative dates, by language."""

import re

from memoryd.values import regex

_COUNT_EN = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|a few|few|a couple of|a couple|several|some"
    r"|many|half an"
    r"|\d{1,2})"
)
_ENGLISH = (
    r"the day (?:before yesterday|after tomorrow)|yesterday|tomorrow|(?:earlier|later) (?:today|this week"
    r"|this month)"
    r"|(?:this|yesterday) (?:morning|afternoon|evening)|tonight|last night|the other day"
    r"|(?<!\bthe )(?<!\beach )(?<!\bevery )(?<!\bof )(?<!\bper )"
    r"(?:last|next|this|past) (?:week|weekend|month|quarter|year|monday|tuesday|wednesday|thursday|friday"
    r"|saturday"
    r"|sunday)(?! (?:of|view|button|tab|filter|column|page|label)\b)"
    rf"|(?<!\bthan )(?<!\bfrom )(?<!\bsince )(?<!\bbefore )(?<!\bunder )(?<!\bover )"
    rf"(?<!\bwithin ){_COUNT_EN} (?:minute|hour|day|week|month"
    rf"|year)s? ago"
    r"|as of today"
    r"|(?:(?<=^)|(?<=[.;!] ))recently(?=,? (?:we|i|they|he|she|the|a|an|it|some|all|our|my)\b)"
    r"|(?:(?<=was )|(?<=were )|(?<=has )|(?<=have )|(?<=had )|(?<=been )|(?<=we )|(?<=\bi )|(?<=they )"
    r"|(?<=team )"
    r"|(?<=user ))recently"
)
_GERMAN = (
    r"gestern|vorgestern|übermorgen|heute (?:morgen|früh|abend|nachmittag|mittag|nacht)"
    r"|(?:letzte|nächste|diese|vergangene|vorige|kommende) woche"
    r"|(?:letzten|nächsten|diesen|vergangenen|vorigen|kommenden) (?:monat|montag|dienstag|mittwoch"
    r"|donnerstag|freitag"
    r"|samstag|sonntag)|(?:letztes|nächstes|voriges) (?:jahr|quartal|wochenende)"
    r"|vor (?:einem|einer|zwei|drei|vier|fünf|einigen|ein paar|wenigen|\d{1,2}) "
    r"(?:tag|tagen|woche|wochen|monat|monaten|stunde|stunden|jahr|jahren)"
    r"|vor kurzem|kürzlich|neulich"
)
_FRENCH = (
    r"avant-hier|après-demain|hier (?:matin|soir|après-midi)|ce (?:matin|soir)|cet après-midi|cette semaine"
    r"|la semaine (?:dernière|prochaine|passée)|le mois (?:dernier|prochain|passé)"
    r"|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) (?:dernier|prochain)"
    r"|il y a (?:une?|deux|trois|quatre|cinq|quelques|plusieurs|\d{1,2}) (?:jours?|semaines?|mois|heures?"
    r"|ans?)"
    r"|récemment"
)
_SPANISH = (
    r"ayer|anteayer|antier|anoche|pasado mañana|esta (?:mañana|tarde|noche|semana)"
    r"|(?:la )?semana (?:pasada|próxima|que viene)|(?:el )?mes (?:pasado|próximo|que viene)"
    r"|(?:el )?(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo) (?:pasado|próximo)"
    r"|hace (?:una?|dos|tres|cuatro|cinco|unos|unas|pocos|pocas|varios|varias|\d{1,2}) "
    r"(?:días?|semanas?|mes|meses|horas?|años?)|recientemente"
)
_PORTUGUESE = (
    r"ontem|anteontem|amanhã|(?:n?esta|hoje de|hoje à) (?:manhã|tarde|noite|semana)"
    r"|(?:n?a )?semana (?:passada|que vem)|(?:n?a )?próxima semana|(?:n?o )?mês (?:passado|que vem)"
    r"|há (?:uma?|dois|duas|três|alguns|algumas|\d{1,2}) (?:dias?|semanas?|mês|meses|horas?)"
    r"|(?:dois|duas|três|alguns|algumas|\d{1,2}) (?:dias|semanas|meses|horas) atrás|recentemente"
)
_ITALIAN = (
    r"(?:l['’])?altro ieri|ieri|domani|dopodomani|stamattina|stamani|stasera|stanotte|questa (?:mattina"
    r"|settimana)"
    r"|(?:la )?settimana (?:scorsa|prossima|passata)|(?:il )?mese (?:scorso|prossimo|passato)"
    r"|(?:lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica) (?:scors[oa]|prossim[oa])"
    r"|(?:un|una|due|tre|quattro|pochi|poche|alcuni|alcune|\d{1,2}) (?:giorn[oi]|settiman[ae]|mes[ei]"
    r"|or[ae]) fa"
    r"|di recente"
)
_RUSSIAN = (
    r"вчера|позавчера|завтра|послезавтра|на (?:прошлой|этой|следующей) неделе|в (?:прошлом|этом"
    r"|следующем) месяце"
    r"|в (?:прошлый|прошлую|прошлое|следующий|следующую) (?:понедельник|вторник|среду|четверг|пятницу|субботу"
    r"|воскресенье)"
    r"|(?:два|две|три|четыре|пять|несколько|пару|\d{1,2}) (?:дня|дней|недели|недель|месяца|месяцев|часа"
    r"|часов) назад"
    r"|(?:день|неделю|месяц|час) назад|недавно|сегодня (?:утром|днём|вечером)"
)
_FURTHER = (
    r"gisteren|eergisteren|vanochtend|vanmorgen|vanavond|(?:vorige|afgelopen|volgende) (?:week|maand)"
    r"|wczoraj|przedwczoraj|jutro|dziś rano|w (?:zeszłym|przyszłym) (?:tygodniu|miesiącu)|niedawno"
)
_DENSE = (
    "昨天|昨日|昨晚|昨夜|昨晩|前天|一昨日|今早|今晨|今朝|今晚|今夜"
    "|(?:明天|明日)(?!计划|計畫|安排|汇报|任务|待办|予定|の予定)"
    "|后天|後天|明後日"
    "|上周|上週|上星期|下周|下週|下星期|本周|本週|这周|這週|先週|今週|来週|上个月|上個月|下个月|下個月|先月|来月|先日"
    r"|(?:[两二三四五六七八九十几数]|\d{1,2})(?:天|周|週|个月|個月|小时|小時|日|週間|か月|ヶ月|カ月|時間)(?:之)?前"
    "|(?:어제|내일)(?=[은는의도에,.]|부터|까지|\\s|$)|그저께|엊그제|어젯밤|모레(?=[은는의도에,.]|\\s|$)"
    "|지난주|지난달|이번 ?주|다음 ?주|다음 ?달"
    r"|(?:\d{1,2}|며칠|몇) ?(?:일|주|개월|달|시간) ?전|얼마 ?전"
)
# No part of a longer word, name or path; `yesterday.md` is a file.
_BEFORE, _BEHIND = r"(?<![\w\"'“‘«/@#.=<>≤≥;-])(?<![=<>≤≥] )", r"(?![\w\"”»/@=-]|\.\w|['’]\w{2})"
_SPACED = f"{_ENGLISH}|{_GERMAN}|{_FRENCH}|{_SPANISH}|{_PORTUGUESE}|{_ITALIAN}|{_RUSSIAN}|{_FURTHER}"
RELATIVE = regex(
    rf"{_BEFORE}(?:{_SPACED}){_BEHIND}|(?<![「『“\"])(?:{_DENSE})(?![」』”\"])", re.IGNORECASE | re.MULTILINE
)
"""Words that always mean a day or a time."""

# Words that may also mean “nowadays”, or something else in another language, each with the signs of an event.
_DENSE_START = 0x2E80  # first code point of scripts without word boundaries
_PAST_EN = (
    r"\A(?!.*\b(?:is|are|isn['’]t|aren['’]t|does|do|can|will|would|should|may)\b).*(?:"
    r"\b(?!(?:need|feed|speed|seed|embed|indeed|based|supposed|used|named|called|required"
    r"|unsupported)\b)\w{2,}ed\b"
    r"|\b(?:done|found|broke|made|built|wrote|written|began|ran|met|chose|chosen|seen|saw|went|got|took"
    r"|sent|gave|came"
    r"|was|were|had|lost|left|told|said|learnt|taught|kept|held|set up|shut|brought|bought|paid|spent"
    r"|fell|fixed)\b"
    r")"
)
_PAST_DE = r"\b(?:wurden?|haben|hat|hatten?|war|waren|ging|kam|gab|fiel|\w{3,}ten?|\w*ge\w{3,}(?:t|en))\b"
_PAST_FR = r"\b(?:a|ai|as|avons|avez|ont|été|était|étaient|est|sont|\w{2,}é(?:e|s|es)?)\b"
_PAST_ES = r"\b(?:se|ha|han|hemos|he|fue|fueron|\w{2,}(?:ó|aron|ieron|amos|imos|ado|ido|é|í))\b"
_PAST_PT = r"\b(?:foi|foram|fizemos|\w{2,}(?:ou|aram|eram|iram|amos|emos|imos|ado|ido))\b"
_PAST_IT = r"\b(?:ha|hanno|abbiamo|ho|è|sono|stat[oaie]|\w{2,}(?:at|it|ut)[oaie])\b"
_PAST_RU = r"\b\w{2,}(?:л|ла|ло|ли|лся|лась|лись|но|на|ны)\b"
_WORDS_FR = r"\b(?:le|la|les|des|du|une?|nous|on|il|elle)\b"


def _alone(word: str) -> re.Pattern[str]:
    is_dense = ord(word[0]) >= _DENSE_START
    return regex(word if is_dense else rf"{_BEFORE}(?:{word})(?!['’]\w){_BEHIND}", re.IGNORECASE)


AMBIGUOUS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (_alone(word), regex(signs, re.IGNORECASE))
    for word, signs in (
        (r"today", _PAST_EN),
        (
            r"recently(?=\s*(?:[.;,)]|$))",
            r"\A(?!.*(?:n['’]t|\bnot\b|\bno\b|\bnever\b|\bmost\b|\bleast\b)).*\w{3,}ed\b",
        ),
        (r"heute", _PAST_DE),
        (r"aujourd['’]hui", _PAST_FR),
        (r"hier|demain", rf"(?:{_PAST_FR}).*?{_WORDS_FR}|{_WORDS_FR}.*?(?:{_PAST_FR})"),
        (r"hoy", _PAST_ES),
        (r"hoje", _PAST_PT),
        (r"oggi", _PAST_IT),
        (r"сегодня", _PAST_RU),
        (r"vandaag", r"\b(?:is|zijn|heeft|hebben|werd|werden)\b"),
        (r"dzisiaj|dziś", r"\b\w{2,}(?:ł|ła|ło|li|ły|no|to)\b"),
        (r"今天", r"了|已|过|過|完成"),
        (r"今日", r"した|ました|った|了|已|完了"),
        (r"오늘", r"했|었|았|였|됐|완료"),
    )
)
"""Words that mean a day next to an event, and the signs of an event in the same sentence."""

GERMAN = regex(
    r"\b(?:der|das|den|dem|ist|und|nicht|ein|eine|wird|sind|liegt|steht|wir|man|auf|zu|siehe)\b",
    re.IGNORECASE,
)
"""Words that show that “hier” is German and means “here”."""

STANDING = regex(
    r"\b(?:each|every|always|whenever|per)\b(?! (?:deploy|run|test|build)\w* (?:broke|failed))"
    r"|\b(?:today|yesterday) (?:\+|and|&|/) (?:today|yesterday)\b"
    r"|今天[和与及]昨天|昨天[和与及]今天|今日と昨日|YYYY|\{date\}|<date>|%Y|\brelative\b|\babsolute\b|\bconvert"
    r"|\b(?:immer|jede[nmrs]?|jeweils|chaque|toujours|cada|siempre|sempre|ogni|кажд\w+|всегда)\b|每|毎"
    r"|매(?:일|번)",
    re.IGNORECASE,
)
"""Signs of a standing instruction, in which “today” is the day of the reader."""

_HINTS = (
    "yester tomorrow today tonight recently gestern heute übermorgen woche neulich kürzlich aujourd "
    "demain semaine récemment dernier prochain ayer antier anoche mañana semana hace pasado próximo "
    "recientemente ontem amanhã hoje atrás recentemente ieri domani oggi stamatt stamani stasera "
    "stanotte settimana scors prossim вчера завтра сегодня недел месяц прошл следующ назад недавно "
    "gister vandaag vano vanm vana afgelopen volgende vorige wczoraj jutro dzisiaj dziś tygodniu "
    "miesiącu niedawno 天 昨 晚 夜 今 明 周 週 星期 月 前 先日 어제 그저 엊그 어젯 내일 모레 지난 "
    "이번 다음 전 오늘"
)
HINTS = (
    *_HINTS.split(),
    *(
        " ago",
        "last ",
        "next ",
        "this ",
        "past ",
        "other day",
        "earlier ",
        "later ",
        " monat",
        " jahr",
        "vor ",
    ),
    *(
        "hier",
        "hoy",
        "ce matin",
        "ce soir",
        "cet apr",
        "il y a",
        "mois",
        " mes ",
        "há ",
        "próxima",
        "mês ",
        " fa",
        "mese ",
    ),
    *("di recente", "cette", "esta ", "questa "),
)
"""Parts of words, in lower case: text without any of them has no relative date."""

_SPANS = ("week", "month", "quarter", "year", "day", "night", "morning", "afternoon", "evening")
BESIDE = {
    **dict.fromkeys(("last ", "next ", "this ", "past "), _SPANS),
    " ago": ("minute", "hour", "day", "week", "month", "year"),
    " mes ": ("pasado", "próximo", "que viene"),
    "mese ": ("scors", "prossim", "passat"),
    " fa": ("giorn", "settiman", "mes", "ora ", "ore "),
}
"""Parts of words for each hint that also occurs in other words: one of them must stand beside it."""
