"""Finished tasks in the languages of memory, and lines that only look like them."""

import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.staleness.task_words import HINTS
from memoryd.domain.staleness.tasks import finished
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.text.phrases import parts_in

STORE = Store("/s/m", Scope.USER, "m", "/s", CLAUDE_AGENT)
DONE_LINES = (
    "- DONE: move the table to the new host",
    "- ✅ bucket policy moved",
    "- alerts moved (done)",
    "- COMPLETED 2026-03-01: dashboards moved",
    "- RESOLVED: flake of the login test",
    "- ERLEDIGT: Alarme umgezogen",
    "- **DONE**: rotate the key",
    "- **Done:** rotate the key",
    "- [DONE] rotate the key",
    "- Done — rotate the key",
    "- DONE (2026-03-01): rotate",
    "- Alarme umziehen (erledigt)",
    "- Erledigt: Schlüssel tauschen",
    "- FERTIG — Doku schreiben",
    "- FAIT : changer la clé",
    "- changer la clé (fait)",
    "- TERMINÉ: migration",
    "- HECHO: cambiar la clave",
    "- cambiar la clave (hecho)",
    "- FEITO: trocar a chave",
    "- CONCLUÍDO: migração",
    "- FATTO: cambiare la chiave",
    "- cambiare la chiave (fatto)",
    "- ГОТОВО: перенести сервер",
    "- перенести сервер (сделано)",
    "- 已完成：迁移数据库",
    "- 迁移数据库（已完成）",
    "- 完了：サーバー移行",
    "- サーバー移行（完了）",
    "- 완료: 서버 이전",
    "- 서버 이전 (완료)",
    "- ✔ alerts moved",
    "- alerts moved ✅",
    "- ✅ Server umgezogen",
    "- ✅ 服务器已迁移",
    "## To do\n- write the guide — DONE",
    "## To do\n- ✅ write the guide",
    "## 待办\n- ✅ 写文档",
    "## Aufgaben\n- ausliefern — ERLEDIGT",
    "1. DONE: step one moved",
    "* [x] ship",
    "- ~~ship it~~",
)
OTHER_LINES = (
    "- ✅ 从变量 `room_data` 提取完整资料",
    "- ✅ 点击按钮只是显示已有的资料",
    "- ✅ common names: room_data, venue_data",
    "- the graph is authoritative for the final content (fixed 2026-03-16)",
    "- variables are properly interpolated in templates ✓",
    "- extra.yml was flagged as an inversion. ✓",
    "- [ ] move the queue",
    "- The word done in a sentence is no task",
    "- DONE is a state of the queue",
    "- login with a key: DONE (two variants)",
    "- ✅ Use tabs in Go",
    "- ✅ Prefer small commits",
    "- done() is called by the test",
    '- "Done" is the label of the button',
    "## States\n- DONE: the queue is empty",
    "- Well done: the team said so twice",
    "- Done when the tests pass",
    "- ✅ Fixed width tables\n- ❌ Nested tables",
    "- completed orders are archived",
    "- Fertigung liegt in Halle 3",
    "- Definition of done: tests pass",
    "- fait partie du cache",
    "- Status `DONE`: the job is over",
    "- 完成度：80%",
    "- 완료율: 80%",
)


def found(text: str) -> list[str]:
    snapshot = Snapshot(STORE, {"MEMORY.md": parse("MEMORY.md", text.encode())})
    return [each.document.slice(each.span) for each in finished(snapshot, frozenset())]


@pytest.mark.parametrize("line", DONE_LINES)
def test_a_finished_task_is_found(line: str) -> None:
    assert len(found(f"{line}\n")) == 1
    assert len(found(f"\ufeff# Notes\n\n{line}\n".replace("\n", "\r\n"))) == 1
    assert parts_in(line, HINTS)


@pytest.mark.parametrize("line", DONE_LINES)
def test_a_nested_task_is_found(line: str) -> None:
    if not line.startswith("#"):
        assert len(found(f"- plan\n   {line}\n")) == 1


@pytest.mark.parametrize("line", OTHER_LINES)
def test_other_lines_are_not_finished_tasks(line: str) -> None:
    assert found(f"{line}\n") == []
