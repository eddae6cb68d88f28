import pytest

from memoryd.domain.compaction.parts.status_words import Status, status_of_entry, status_of_heading


@pytest.mark.parametrize(
    "text",
    [
        "★ Active work … START HERE",
        "Next steps",
        "Rules",
        "In progress (week 12)",
        "Open questions",
        "CRITICAL BUG #2: collateral (run 7, OPEN)",
        "Not done yet",
        "Incomplete features",
        "Aktuelle Arbeit",
        "Nächste Schritte",
        "Règles",
        "En cours",
        "Reglas",
        "En curso",
        "Regras",
        "Em andamento",
        "In corso",
        "Regole",
        "Текущая работа",
        "Правила",
        "当前任务",
        "规则",
        "進行中",
        "ルール",
        "진행 중",
        "규칙",
    ],
)
def test_headings_that_say_that_something_is_current(text: str) -> None:
    assert status_of_heading(text) is Status.CURRENT


@pytest.mark.parametrize(
    "text",
    [
        "Completed … do not re-open",
        "Completed phases (active until March)",
        "Archive",
        "Session history",
        "Fixed bugs",
        "Reference only",
        "Backlog (done)",
        "✅ Login",
        "Old server",
        "Erledigt",
        "Veraltet: alter Server",
        "Terminé",
        "Archives",
        "Completado",
        "Concluído",
        "Completato",
        "Завершено",
        "Архив",
        "已完成",
        "已归档",
        "完了した作業",
        "アーカイブ",
        "완료된 작업",
        "보관",
    ],
)
def test_headings_that_say_that_something_is_over(text: str) -> None:
    assert status_of_heading(text) is Status.OVER


@pytest.mark.parametrize(
    "text",
    [
        "Next.js conventions",
        "Browser history API",
        "Deployment",
        "OpenAPI",
        "Fixtures",
        "Definition of Done",
        "Livewire components",
        "Build and release",
        "Datenbank",
        "Arquitetura",
        "Архитектура",
        "架构",
        "設計",
        "설계",
    ],
)
def test_headings_that_say_nothing_of_it(text: str) -> None:
    assert status_of_heading(text) is Status.NONE


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("- never commit to main", Status.CURRENT),
        ("- the daemon never sleeps while it works on the queue", Status.NONE),
        ("- tests must be run first: ALWAYS", Status.CURRENT),
        ("- [x] ship it", Status.OVER),
        ("- ~~use the old server~~", Status.OVER),
        ("- Fixed: the clock drifts", Status.OVER),
        ("- we fixed the plan for the next release in a long meeting", Status.NONE),
        ("- 重要: 先跑测试", Status.CURRENT),
    ],
)
def test_entries_by_their_first_words(text: str, status: Status) -> None:
    assert status_of_entry(text) is status
