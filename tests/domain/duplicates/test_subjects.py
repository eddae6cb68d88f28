"""Equal words that mean different things, in several languages and layouts."""

import pytest

from memoryd.domain.checks.rule import context_of
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store
from memoryd.rules.duplicates import contradicting_entries, duplicate_entry, near_duplicate

RULES = (duplicate_entry, near_duplicate, contradicting_entries)
FACT = "The exporter reads every table of the shop twice a night and writes one file"
OTHER = "Each handler of the payment provider looks a callback up by its own number first"


def codes(files: dict[str, str]) -> list[str]:
    documents = {path: parse(path, text.encode()) for path, text in sorted(files.items())}
    context = context_of(Snapshot(agent_store("/x", user=False), documents))
    return [found.code for rule in RULES for found in rule.run(context)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("handover_20260321_V12.md", "handover_20260322_V13.md"),
        ("log-1.md", "log-2.md"),
        ("sprint 7.md", "sprint 8.md"),
        ("notes-march.md", "notes-april.md"),
        ("protokoll-montag.md", "protokoll-dienstag.md"),
        ("v1/state.md", "v2/state.md"),
        ("release_1.4.0.md", "release_1.10.0.md"),
        ("第1章.md", "第2章.md"),
    ],
)
def test_members_of_a_series_are_not_compared(one: str, other: str) -> None:
    changed = FACT.replace("one file", "one archive")
    text = f"- {FACT}\n- {OTHER}\n- Ship the shop on Mondays after the second review of two people\n"
    assert codes({one: text, other: text.replace(FACT, changed)}) == []
    assert codes({one: f"- {FACT} in 30 s\n- x\n", other: f"- {FACT} in 60 s\n- y\n"}) == []
    assert codes({"a.md": f"- {FACT}\n- x\n", "b.md": f"- {FACT}\n- y\n"}) == ["D001"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-03-01", "2026-03-02"),
        ("Session 11", "Session 12"),
        ("v2.1 (May)", "v2.2 (June)"),
        ("3. März 2026", "4. April 2026"),
        ("Étape 1", "Étape 2"),
    ],
)
def test_sections_of_a_series_are_not_compared(one: str, other: str) -> None:
    text = f"- {FACT}, which takes about an hour on the old machine\n"
    assert codes({"a.md": f"# Log\n\n## {one}\n\n{text}- x\n\n## {other}\n\n{text}- y\n"}) == []


@pytest.mark.parametrize(
    "line",
    [
        "*Read 2026-02-07. Notes by Pip and by Ann*",
        "_Gelesen am 7.2.2026 von Pip und von Ann_",
        "**Lu le 2026-02-07 par Pip et par Ann**",
        "2026-02-07 – 14:30, Berlin",
        "Score: 7.5 / 10, 8 / 10, 9 / 10",
        "- Owner: Ann and Bob of the shop team",
        "- **Zuständig**: Ann und Bob aus dem Team",
        "- Responsable : Ann et Bob de la boutique",
        "- 担当者：店舗チームのアンとボブ",
        "**汇报时间**: 2026 年 3 月 24 日 07:00 AM (UTC+8)  \n**汇报方式**: 演示和问答，店铺团队全体参加",
        "**Report time**: 24 March 2026, 07:00 AM (UTC+8)",
        "*设计时间：2026-03-02*",
        "*Ann and Bob of the shop · on duty*  \n*Always at your service, day and night!* ⚡",
        '🦞 "The lobster asks no one for permission before it pinches somebody." 🦞',
        "**Type**: feedback\n**Description**: how the shop ships its parcels on Mondays",
    ],
)
def test_bylines_dates_scores_and_fields_of_two_things(line: str) -> None:
    files = {name: f"# {name}\n\n{line}\n\nThis is about {name} only.\n" for name in ("dune.md", "emma.md")}
    assert codes(files) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Surface-muted: `#EDEAE4` in light mode",
            "Border-muted: `#EDEAE4` in light mode, for surface-muted ones",
        ),
        (
            "**Orders table**: sorted by day and name",
            "**Refunds table**: sorted by day and name, as orders table",
        ),
        ("`max_size` = 4096 bytes of the buffer", "`min_size` = 4096 bytes of the buffer"),
        ("Vordergrund: Farbe aus der Palette des Ladens", "Hintergrund: Farbe aus der Palette des Ladens"),
        ("首选颜色：店铺调色板中的深蓝色", "备用颜色：店铺调色板中的深蓝色"),
    ],
)
def test_different_keys_with_one_value_are_never_the_same(one: str, other: str) -> None:
    assert codes({"a.md": f"# Colors\n\n- {one}\n- {other}\n"}) == []


FORMS = (
    "{}: {}", "{} = {}", "**{}**: {}", "**{}:** {}", "`{}`: {}", "**{}** – {}", "**{}** — {}",
    "{} — {}", "{} - {}", "{} -> {}", "{} → {}", "{}={}", "{}：{}", "`{}` = {}", "**{}** ({})",
    "{} | {}", "*{}* – {}", "[{}] {}", "{} => {}", "“{}”: {}", "{} := {}", "| {} | {} |",
)  # fmt: skip
KEYS = [
    ("Surface-muted", "Border-muted"),
    ("primary color", "secondary color"),
    ("db.host", "db.replica"),
    ("首选颜色", "备用颜色"),
    ("основной цвет", "запасной цвет"),
    ("背景色", "文字色"),
    ("배경색", "글자색"),
    ("couleur de fond", "couleur du texte"),
    ("Hintergrund", "Vordergrund"),
    ("user.name", "user.email"),
]


@pytest.mark.parametrize("value", ["`#EDEAE4`", "color from the palette of the shop, dark blue", "5432"])
@pytest.mark.parametrize(("one", "other"), KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_a_fact_about_another_key_stays_in_every_form(form: str, one: str, other: str, value: str) -> None:
    first, second = form.format(one, value), form.format(other, value)
    for files in (
        {"a.md": f"# Colors\n\n- {first}\n- {second}\n"},
        {"a.md": f"# Colors\n\n{first}\n\n{second}\n"},
        {"a.md": f"# Colors\n\n- {first}\n", "b.md": f"# More\r\n\r\n- {second}\r\n- further\r\n"},
        {"a.md": f"\ufeff# Colors\n\n- x\n  - {first}\n  - {second}\n"},
    ):
        assert codes(files) == [], files


def test_steps_of_two_procedures() -> None:
    step = "Get the public id by `/teams/{uuid}/profile` in one call that returns a slug"
    first, second = f"1. {step}\n2. Read the roster\n", f"1. {step}\n2. Read the games\n"
    assert codes({"a.md": f"# A\n\n## Roster\n\n{first}\n## Games\n\n{second}"}) == []
    assert codes({"a.md": f"# A\n\n{first}", "b.md": f"# B\n\n{second}"}) == []


@pytest.mark.parametrize(
    ("negated", "plain"),
    [
        ("The module does NOT provide:", "The module provides:"),
        ("Das Modul kann nicht:", "Das Modul kann:"),
        ("Le module ne fait jamais :", "Le module fait :"),
        ("Never do this:", "Do this on each release:"),
        ("模块不提供：", "模块提供："),
    ],
)
def test_the_negation_of_a_lead_in_holds_for_its_items(negated: str, plain: str) -> None:
    item = "- export of all orders of the shop to a file for each tenant in the archive\n"
    assert codes({"a.md": f"{negated}\n\n{item}- x\n", "b.md": f"{plain}\n\n{item}- y\n"}) == []
    no = "- export of all orders of the shop to a file for each tenant in the archive — no\n"
    assert "D003" not in codes({"a.md": f"{negated}\n\n{item}- x\n", "b.md": f"{no}- y\n"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Uploads are retried three times before the job fails", "3 times"),
        ("The gateway waits thirty seconds before the next attempt", "30 s"),
        ("Uploads are tried twice before the whole job fails", "2 times"),
        ("Ein Upload wird dreimal versucht, bevor der Auftrag scheitert", "3 mal"),
        ("Der Dienst wartet zwölf Stunden auf die Antwort des Lagers", "12 Stunden"),
        ("Un envoi est tenté trois fois avant que la tâche échoue", "3 fois"),
        ("El envío se intenta cinco veces antes de que falle", "5 veces"),
        ("El envío se intenta once veces antes de que falle", "11 veces"),
        ("L'invio viene tentato due volte prima che il lavoro fallisca", "2 volte"),
        ("O envio é tentado quatro vezes antes que a tarefa falhe", "4 vezes"),
        ("Een upload wordt vijf keer geprobeerd voordat de taak faalt", "5 keer"),
        ("Загрузка повторяется три раза до отказа всей задачи", "3 раза"),
    ],
)
def test_number_words_are_numbers(one: str, other: str) -> None:
    words = {"3 times": "three times", "30 s": "thirty seconds", "2 times": "twice", "3 mal": "dreimal"}
    spoken = words.get(other) or next(
        f"{word} {other.split()[1]}"
        for word in one.split()
        if one[one.index(word) :].startswith(f"{word} {other.split()[1]}")
    )
    files = {"a.md": f"- {one}\n- x\n", "b.md": f"- {one.replace(spoken, other)}\n- y\n"}
    assert one != one.replace(spoken, other)
    assert codes(files) == ["D001"]
    wrong = one.replace(spoken, f"7 {other.split()[1]}")
    assert codes({"a.md": f"- {one}\n- x\n", "b.md": f"- {wrong}\n- y\n"}) == ["D003"]


def test_words_that_are_numbers_in_another_language_only() -> None:
    text = "The invoice is due once the parcel has left the house of the shop"
    assert codes({"a.md": f"- {text}\n- x\n", "b.md": f"- {text.replace('once', 'when')}\n- y\n"}) != ["D003"]


def test_sources_are_compared_as_files() -> None:
    clauses = "".join(
        f"{number}. The keeper of part {number} answers for it alone\n\n" for number in range(1, 12)
    )
    statute = f"# Statute\n\n{clauses}{FACT}.\n"
    assert codes({"law/keepers.md": statute, "notes.md": f"{FACT}.\n\nText.\n"}) == []
    quoted = f"# Talk\n\n> {FACT}.\n\nText.\n"
    assert codes({"a.md": quoted, "b.md": f"# Reply\n\n> {FACT}.\n\nAnother text.\n"}) == []
    assert codes({"law/keepers.md": statute, "law/owners.md": statute}) == ["D001"]
