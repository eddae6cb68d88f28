"""Relative dates in the languages of memory, and words that look like them."""

import pytest

from memoryd.domain.dates.relative import may_hold, relative_dates
from memoryd.domain.dates.relative_words import AMBIGUOUS, RELATIVE
from memoryd.domain.markdown.document import parse

RELATIVE_LINES = (
    "Today the team decided on blue",
    "Вчера перенесли сервер",
    "Сегодня выключили старый кластер",
    "Hier, le serveur a été déplacé",
    "Aujourd'hui on a choisi le bleu",
    "Heute wurde der Server umgezogen",
    "Deployed yesterday.",
    "fixed today, Ann will look next week",
    "The nightly job broke yesterday",
    "We recently switched to pnpm",
    "Recently the team moved to Linear",
    "The schema was recently changed",
    "The token was rotated recently.",
    "The runner broke two days ago",
    "A few weeks ago the API changed",
    "Meeting with Ann tomorrow",
    "Decided this morning: no ORM",
    "last night the backup failed",
    "Deploy planned for next Monday",
    "The other day the CI ran out of disk",
    "Gestern gebaut",
    "Vorgestern umgestellt",
    "letzte Woche wurde der Runner getauscht",
    "vor drei Tagen gelöscht",
    "kürzlich auf pnpm umgestellt",
    "la semaine dernière on a migré",
    "il y a deux jours le cache a cassé",
    "Récemment migré vers pnpm",
    "ayer se cayó el servidor",
    "hoy se cambió la clave",
    "la semana pasada migramos",
    "hace dos días falló",
    "ontem o servidor caiu",
    "hoje mudamos a chave",
    "semana passada migramos",
    "há dois dias falhou",
    "ieri il server è caduto",
    "oggi abbiamo cambiato la chiave",
    "la settimana scorsa migrato",
    "due giorni fa",
    "на прошлой неделе обновили",
    "два дня назад упал сервер",
    "недавно перешли на pnpm",
    "昨天服务器挂了",
    "今天更换了密钥",
    "上周迁移完成",
    "三天前修复",
    "昨日サーバーが落ちた",
    "今日キーを変更した",
    "先週移行した",
    "3日前に修正",
    "어제 서버가 다운됨",
    "오늘 키를 변경했다",
    "지난주에 이전함",
    "3일 전에 수정",
    "gisteren verhuisd",
)
OTHER_LINES = (
    "the geometry extension is skipped by our parser today",
    "picks peers that haven't been asked recently",
    "`init` created the file: it prints nothing today, so nothing is lost",
    "the parser does this by hand today",
    "At each start read `memory/YYYY-MM-DD.md` (today + yesterday) for recent context",
    "Ask for a review at the end of today's work, every day",
    "see yesterday.md and logs/today.md",
    "Hier liegt der Code, siehe unten",
    "“see you tomorrow” is what the bot says; `date -d yesterday`",
    "Convert relative dates (yesterday, last week) to absolute dates",
    "The recently used list is capped at 10",
    "Most recently used entries win",
    "The parser handles \"last week\" and 'yesterday'",
    "the last week of a sprint",
    "2026-02-03: broke yesterday",
    "Heute ist das Standard",
    "The default today is pnpm",
    "Use `today()` helper",
    "today-button in the calendar",
    "the last month of the quarter",
    "Sortiert nach Datum, heute zuerst",
    "Button labels: Today, Week, Month",
    "每天早上检查今天的任务",
    "next.js week view",
    "this week view shows days",
    "Older than 3 days ago are dropped",
    "He works on the morning shift",
)

LAYOUTS = (
    "- {}\n",
    "{}\n",
    "# Notes\r\n\r\n- a\r\n  - {}\r\n",
    "\ufeff1. {}\n",
    "| a | b |\n|---|---|\n| x | {} |\n",
)


def found(text: str) -> list[str]:
    document = parse("a.md", text.encode())
    return [document.slice(span) for span in relative_dates(document)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("line", RELATIVE_LINES)
def test_a_relative_date_is_found(line: str, layout: str) -> None:
    assert len(found(layout.format(line))) >= 1


@pytest.mark.parametrize("line", OTHER_LINES)
def test_other_words_are_not_relative_dates(line: str) -> None:
    assert found(f"- {line}\n") == []


@pytest.mark.parametrize("line", RELATIVE_LINES)
def test_the_quick_test_passes_whatever_the_words_match(line: str) -> None:
    matched = RELATIVE.search(line) or any(word.search(line) for word, _ in AMBIGUOUS)
    assert matched
    assert may_hold(line)


@pytest.mark.parametrize(
    "line",
    [
        *(
            f"it broke {first} {unit}"
            for first in ("last", "next", "this", "past")
            for unit in ("week", "weekend", "month", "quarter", "year", "monday", "wednesday", "sunday")
        ),
        *(f"this {part}" for part in ("morning", "afternoon", "evening")),
        *(f"two {unit} ago" for unit in ("minutes", "hours", "days", "weeks", "months", "years")),
        *(f"el mes {which}" for which in ("pasado", "próximo", "que viene")),
        *(f"il mese {which}" for which in ("scorso", "prossimo", "passato")),
        *(f"due {unit} fa" for unit in ("giorni", "settimane", "mesi", "ore")),
        *(f"un {unit} fa" for unit in ("giorno", "mese")),
        "last night",
        "una settimana fa",
        "una ora fa",
    ],
)
def test_the_quick_test_knows_what_is_beside_frequent_words(line: str) -> None:
    assert RELATIVE.search(line)
    assert may_hold(line)


@pytest.mark.parametrize("line", ["this is at last done", "a mes amis", "it fa la", "as of this test"])
def test_the_quick_test_spares_frequent_words(line: str) -> None:
    assert not may_hold(line)
