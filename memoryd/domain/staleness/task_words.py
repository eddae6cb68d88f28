"""Words of finished and open tasks, by language."""

import re

from memoryd.values import regex

# In the order of the languages: en, de, fr, es, pt, it, nl, pl, ru, zh, ja, ko.
_DONE = (
    "done|completed|finished|resolved"
    "|erledigt|fertig|abgeschlossen|behoben"
    "|fait|faite|terminée?|finie?|résolue?"
    "|hecho|hecha|terminad[oa]|completad[oa]|resuelt[oa]"
    "|feito|feita|conclu[íi]d[oa]|resolvid[oa]"
    "|fatto|fatta|completat[oa]|finit[oa]|risolt[oa]"
    "|klaar|afgerond|gedaan|gotowe|zrobione"
    "|готово|сделано|выполнено|завершено|решено"
    "|完了|完成|已完成|已解决|已解決|已修复|解決済み|済み|済|완료됨?|해결됨"
)
_CHECK = r"(?:✅|☑️?|✔️?)"
_MARKS = r"[*_`\[(【（]{0,3}"
_MARKS_END = r"[*_`\])】）]{0,3}"
_DAY = r"(?:\s*\(?(?:on |am )?\d{4}-\d\d-\d\d\)?)?"
BEGINS_DONE = regex(
    rf"{_CHECK}?\s*{_MARKS}\s*(?:{_DONE})(?!\w){_DAY}\s*(?:[:：]{_MARKS_END}|{_MARKS_END}\s*(?:[:：]|[—–]"
    rf"|\s-\s|!)"
    rf"|[\])】）]{_MARKS_END}\s)\s*(?P<task>\S.*)",
    re.IGNORECASE,
)
"""A line that begins with a word for “done” and names a task."""

DONE_ALONE = regex(rf"{_CHECK}?\s*{_MARKS}(?:{_DONE}){_MARKS_END}[\s.!]*\Z", re.IGNORECASE)
"""A line that is only a word for “done”."""

IN_BRACKETS = regex(rf".*\w.*[(\[（【]{_CHECK}?\s*(?:{_DONE}|gelöst){_DAY}[)\]）】][\s.*_]*\Z", re.IGNORECASE)
"""A line that ends with a word for “done” in brackets."""

ENDS_DONE = regex(
    rf"(?:[:：—–]|->|→| -)\s*{_MARKS}(?:{_CHECK}\s*)?(?:{_DONE})(?!\w){_DAY}{_MARKS_END}[\s.!]*\Z",
    re.IGNORECASE,
)
"""A line that ends with a word for “done” after a sign: below a heading about tasks, a finished task."""

CHECKED = regex(rf"{_CHECK}\s*(?P<task>\S.*)|(?P<first>.*\S)\s*{_CHECK}{_DAY}[\s.!]*\Z")
"""A line that begins or ends with a check mark."""

NEGATIVE = regex("❌|✖|✗|🚫|⛔|✘|🔴|🟡|⏳|🔲|⬜|⚠")
"""Marks beside which a check mark means “right” or “available”, not “done”."""

# Signs of an event in a few words; a rule (“✅ Use tabs”) has none.
EVENT = regex(
    r"\b(?:\w{3,}ed|done|built|made|sent|written|moved|set|cut|fixed|shipped|merged)\b"
    r"|\b\w*(?:ge\w{3,}(?:t|en)|ver\w{3,}(?:t|en))\b|\b\w{2,}é(?:e|s|es)?\b|\b\w{3,}(?:[aiu]d|[aiu]t)[oa]s?\b"
    r"|\b\w{3,}(?:ано|ено|ято|ыто|ан[аы]?|ен[аы]?|л|ла|ли)\b"
    r"|了(?=[\s，。,.;；)）]|$)"
    r"|已(?:完成|迁移|遷移|修复|修復|解决|解決|部署|更新|删除|刪除|移除|添加|新增|创建|建立|优化|实现|合并|发布|關閉|关闭)"
    r"|完成|完毕|(?:した|済み?)(?=[\s。、)）]|$)|했(?:음|다)|됨|완료",
    re.IGNORECASE,
)
TASKS = regex(
    r"\b(?:to[- ]?dos?|tasks?|next steps?|open (?:items|tasks|questions|points)|action items|pending"
    r"|backlog|roadmap"
    r"|in progress|work items|checklist|follow[- ]?ups?"
    r"|aufgaben|offene punkte|nächste schritte|zu erledigen|zu tun|tareas|pendientes|por hacer|próximos pasos"
    r"|tâches|à faire|prochaines étapes|tarefas|pendências|a fazer|próximos passos|attività|compiti|da fare"
    r"|prossimi passi|taken|te doen|zadania|do zrobienia|задачи|сделать|следующие шаги)\b"
    r"|待办|待辦|任务|任務|下一步|待处理|タスク|やること|次のステップ|未完了|할 ?일|작업|다음 ?단계",
    re.IGNORECASE,
)
"""A heading about tasks."""

STATES = regex(
    r"\b(?:states?|legend|glossary|meanings?|definitions?|labels?|columns?|conventions?|formats?|workflow"
    r"|vocabulary"
    r"|values|terms|criteria|examples?|rules?|zustände|begriffe|glossar|bedeutung|regeln|états|glossaire"
    r"|estados|glosario"
    r"|stati|состояния|правила)\b|状态|状態|ステータス|상태|規則|规则",
    re.IGNORECASE,
)
"""A heading about words, below which “DONE: …” explains one."""

_HINTS = (
    "[x] ~~ ✅ ☑ ✔ done completed finished resolved erledigt fertig abgeschlossen behoben gelöst "
    "fait terminé fini résolu hech termina completa resuelt feit conclu resolvid fatt risolt klaar "
    "afgerond gedaan gotowe zrobione готово сделано выполнено завершено решено 完 已 解 済 완료 해결"
)
HINTS = tuple(_HINTS.split())
"""Parts of words, in lower case: text without any of them has no finished task."""
