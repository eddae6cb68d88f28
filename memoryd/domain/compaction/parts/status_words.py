"""Words that show whether an entry is current."""

import re
from enum import IntEnum

from memoryd.values import regex


class Status(IntEnum):
    """The status in the words of an entry: it leaves first, is neutral, or stays."""

    OVER = -1
    NONE = 0
    CURRENT = 1


# English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Ukrainian, Turkish.
_CURRENT = (
    "active|current|currently|next steps?|start here|read (?:this )?first|in progress|ongoing|wip|todos?|"
    "to-do|open (?:issues?|questions?|points?|items?|tasks?|work|threads?|bugs?)|what'?s next|"
    "(?<=[(,] )open(?=\\))|(?<=\\()open(?=\\))|"
    "rules?|always|never|critical|important|warning|blocked|blockers?|pending|urgent|mandatory|today|"
    "aktiv|aktive[rs]?|aktuell|aktuelle[rs]?|laufend|laufende[rs]?|offene (?:punkte|fragen|aufgaben)|"
    "nächste schritte|in arbeit|regeln?|immer|niemals|kritisch|wichtig|heute|"
    "hier beginnen|zuerst lesen|achtung|"
    "actif|active|actuel|actuelle|en cours|prochaines? étapes?|à faire|règles?|toujours|jamais|"
    "critique|importante?|attention|commencer ici|aujourd'hui|"
    "activ[oa]s?|actual|en curso|en progreso|próximos pasos|pendientes?|reglas?|"
    "siempre|nunca|crític[oa]|empezar aquí|hoy|"
    "ativ[oa]s?|atual|em andamento|em progresso|próximos passos|pendências|regras?|sempre|comece aqui|hoje|"
    "attiv[oa]|attuale|in corso|prossimi passi|da fare|regole|critico|inizia qui|oggi|"
    "actief|huidige?|lopend|volgende stappen|regels?|altijd|nooit|belangrijk|"
    "aktywne|bieżące|w toku|następne kroki|zasady|zawsze|nigdy|ważne|"
    "активн(?:о|ая|ый|ые)|текущ(?:ее|ая|ий|ие)|в работе|следующие шаги|сейчас|правила|всегда|"
    "никогда|важно|критично|начать здесь|сегодня|поточне|в роботі|важливо|завжди|ніколи|"
    "aktif|güncel|devam eden|sıradaki|kurallar|her zaman|asla|önemli"
)
_OVER = (
    "completed?|shipped|archived?|deprecated|obsolete|superseded|"
    "historical|outdated|reference only|for reference|do not re-?open|don't re-?open|"
    "no longer|retired|abandoned|cancelled|canceled|"
    "erledigt|abgeschlossen(?:e[rs]?)?|fertig|archiv|archiviert|veraltet(?:e[rs]?)?|überholt|"
    "nur zur referenz|nicht wieder öffnen|"
    "terminée?s?|finie?s?|archivée?s?|archives|obsolètes?|historique|livrée?s?|"
    "terminad[oa]s?|completad[oa]s?|archivad[oa]s?|archivo|obsolet[oa]s?|historial|"
    "concluíd[oa]s?|finalizad[oa]s?|arquivad[oa]s?|arquivo|histórico|"
    "completat[oaie]|finit[oaie]|archiviat[oaie]|archivio|storico|"
    "afgerond|gearchiveerd|verouderd|zakończone|ukończone|archiwum|przestarzałe|"
    "готово|завершен[оаы]|завершённые|завершенные|сделано|закрыто|архив|устарело|устаревш(?:ее|ие|ая)|"
    "завершені|архів|застаріле|"
    "tamamlandı|tamamlanan(?:lar)?|bitti|arşiv"
)
# These have other uses inside a text ("browser history", "old server"): they count as its first or last word.
_OVER_AT_AN_END = (
    "(?<!of )done|finished|fixed|closed|resolved|merged|released|history|legacy|old|older|past|previous|"
    "earlier|alt|alte|ältere|frühere|historie|ancien(?:ne)?s?|antigu[oa]s?|anterior(?:es)?|antig[oa]s?|hecho|feito|"
    "fatto|vecchi[oae]?|oud|oude|klaar|stare|старое|старые|история|історія|eski"
)
# Scripts without spaces between words, and Korean, whose words take endings.
_CURRENT_CJK = (
    "进行中|進行中|当前|當前|目前|正在|下一步|待办|待辦|规则|規則|规范|必须|必須|始终|始終|永远不|禁止|重要|关键|關鍵|从这里开始|"
    "現在|作業中|対応中|次の|これから|ルール|規約|常に|決して|必ず|最初に読む|ここから|注意|"
    "진행 ?중|현재|다음|할 ?일|규칙|항상|절대|중요|필수|여기서 시작|오늘"
)
_OVER_CJK = (
    "已完成|完成|已结束|已解決|已解决|已归档|归档|歸檔|已废弃|废弃|廢棄|过时|過時|旧的|历史|歷史|仅供参考|"
    "完了|済み|終了|解決済|アーカイブ|廃止|非推奨|古い|過去|履歴|参考のみ|"
    "완료|종료|해결됨|보관|아카이브|폐기|오래된|과거|이력|참고용"
)
_SIGNS_CURRENT = "★|⭐|🔥|🚧|⚠|❗|🔴|📌"
_SIGNS_OVER = "✅|✔|☑|🗄|📦"

_LATIN = regex(rf"(?<![\w.-])(?:(?P<over>{_OVER})|(?P<current>{_CURRENT}))(?!\w|[.-]\w)", re.IGNORECASE)
_AT_AN_END = regex(
    rf"^\W*(?:{_OVER_AT_AN_END})(?!\w|[.-]\w)|(?<![\w.-])(?:{_OVER_AT_AN_END})\W*$|\((?:{_OVER_AT_AN_END})\)",
    re.IGNORECASE,
)
_OTHER = regex(rf"(?P<over>{_OVER_CJK}|{_SIGNS_OVER})|(?P<current>{_CURRENT_CJK}|{_SIGNS_CURRENT})")
_NOT_DONE = regex(
    r"\b(?:not|isn't|aren't|in|un)[ -]?(?:yet )?(?:done|completed?|finished|closed|resolved|fixed|shipped)\b",
    re.IGNORECASE,
)
_LEAD = 48  # characters of an entry in which a word speaks of the entry and not of its subject
_LEAD_END = regex(r"[.:;—–]|\s-\s|\*\*")
_FEW = 3  # words
_SHOUTED = regex(r"\b(?:NEVER|ALWAYS|CRITICAL|IMPORTANT|MUST|START HERE|DO NOT|NIE|IMMER|JAMAIS|NUNCA)\b")
_STRUCK = regex(r"\s*(?:[-*+]|\d+[.)])?\s*(?:\[[xX]\]|~~)")


def status_of_heading(text: str) -> Status:
    """Return what a heading says of everything below it; of contrary words, those that end a matter count."""
    text = _NOT_DONE.sub("todo", text)
    groups = [*_LATIN.finditer(text), *_OTHER.finditer(text)]
    if _AT_AN_END.search(text) or any(match["over"] for match in groups):
        return Status.OVER
    return Status.CURRENT if groups else Status.NONE


def status_of_entry(text: str) -> Status:
    """Return what an entry says of itself: by its first words, a check mark, a strike, or capitals."""
    if _STRUCK.match(text):
        return Status.OVER
    bare = re.sub(r"^\s*(?:[-*+>|]|\d+[.)])?\s*(?:\[ \]\s*)?[*_\s|]*", "", text)
    lead = _LEAD_END.split(bare[:_LEAD], maxsplit=1)[0]
    first = _LATIN.match(lead) or _OTHER.match(lead)
    found = Status.NONE
    if first or len(lead.split()) <= _FEW:
        found = status_of_heading(lead)
    return Status.CURRENT if found is Status.NONE and _SHOUTED.search(text) else found


def without_status(text: str) -> str:
    """Return a text without its status words and signs."""
    return _AT_AN_END.sub(" ", _OTHER.sub(" ", _LATIN.sub(" ", text)))
