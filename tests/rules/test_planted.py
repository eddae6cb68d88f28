"""Planted defects, one of each kind, and stores as clients write them: what the rules F, P and D find.

`pytest -s tests/rules/test_planted.py` prints how many of each kind were found.
"""

import sys
from datetime import date

import pytest

from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.checks.rule import context_of
from memoryd.domain.git.evidence import Evidence
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, Profile
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.rules import ALL_RULES

TODAY = date(2026, 11, 28)
BODY = "\nThe shop ships on Mondays.\n"
NOTE = "The importer reads orders from the warehouse and writes them to the ledger of the shop"


def codes(files: dict[str, str], family: str, profile: Profile = CLAUDE_AGENT) -> list[str]:
    found = diagnose(files, family, profile)
    return [code for code, _ in found]


def diagnose(
    files: dict[str, str], family: str, profile: Profile = CLAUDE_AGENT
) -> list[tuple[str, Severity]]:
    store = Store("/s/m", Scope.PROJECT, "m", "/s", profile)
    documents = {path: parse(path, text.encode()) for path, text in sorted(files.items())}
    around = Surroundings(listings={"/s/m": frozenset(files)}, evidence=Evidence(today=TODAY))
    context = context_of(Snapshot(store, documents), around)
    rules = [rule for rule in ALL_RULES if rule.code.startswith(tuple(family)) and not rule.on_request]
    return [(each.code, rule.level) for rule in rules for each in rule.run(context)]


def topic(front_matter: str) -> dict[str, str]:
    return {"MEMORY.md": "- [Ship](ship.md) — when we ship\n", "ship.md": front_matter + BODY}


FRONT_MATTER = {
    "colon": "---\nname: ship\ndescription: Ships: on Mondays\ntype: project\n---\n",
    "backtick": "---\nname: ship\ndescription: `make ship` on Mondays\n---\n",
    "quote": '---\nname: ship\ndescription: "Ship" means Mondays\n---\n',
    "at": "---\nname: ship\ndescription: @ann ships\n---\n",
    "percent": "---\nname: ship\ndescription: %5 of the parcels\n---\n",
    "star": "---\nname: ship\ndescription: *all of it* ships\n---\n",
    "open bracket": "---\nname: ship\ndescription: [ship] on Mondays\n---\n",
    "open brace": "---\nname: ship\ndescription: {ship on Mondays\n---\n",
    "tab": "---\nname: ship\ndescription: on Mondays\nmetadata:\n\ttype: project\n---\n",
    "cut off": "---\nname: ship\ndescription: see PR #54 of Ann\n---\n",
    "key twice": "---\nname: ship\ndescription: one\ndescription: two\n---\n",
    "nested key twice": "---\nname: ship\ndescription: x\nmetadata:\n  type: user\n  type: project\n---\n",
    "mapping twice": "---\nname: ship\nmetadata:\n  a: x\ndescription: x\nmetadata:\n  type: user\n---\n",
    "never closed": "---\nname: ship\ndescription: on Mondays\n",
    "closed with dots": "---\nname: ship\ndescription: on Mondays\n...\n",
    "closed with four dashes": "---\nname: ship\ndescription: on Mondays\n----\n",
    "closed with a dash": "---\nname: ship\ndescription: on Mondays\n———\n",
    "closed far below": f"---\nname: ship\ndescription: on Mondays\n{BODY}\n---\n",
    "blank line above": "\n---\nname: ship\ndescription: on Mondays\n---\n",
    "no space": "---\nname:ship\ndescription:on Mondays\n---\n",
    "no description": "---\nname: ship\ntype: project\n---\n",
    "empty description": "---\nname: ship\ndescription:\ntype: project\n---\n",
    "null": "---\nname: ship\ndescription: null\n---\n",
    "unknown type": "---\nname: ship\ndescription: x\ntype: runbook\n---\n",
    "no such day": "---\nname: ship\ndescription: x\nexpires: 2026-02-30\n---\n",
    "two orders of a date": "---\nname: ship\ndescription: x\nvalid_until: 02/03/2026\n---\n",
    "age from no day": "---\nname: ship\ndescription: x\nexpires_after: 90d\n---\n",
    "words as a date": "---\nname: ship\ndescription: x\nexpires: next month\n---\n",
}
EXPIRED = {
    form: topic(f"---\nname: ship\ndescription: x\ncreated: 2025-12-01\n{form}\n---\n")
    for form in (
        "expires: 2026-01-31",
        "expires: 2026-01",
        "expires: 20260131",
        "expires: 31.1.2026",
        "expires: Jan 31, 2026",
        "expires: 31 January 2026",
        "expires: 2026-01-31T10:00:00Z",
        "expires: '2026-01-31'",
        "expires: 2026-Q1",
        "expires: 2026/01/31",
        "expires: 1/31/2026",
        "expires: 90d",
        "expires_after: 2026-01-31",
        "expires_after: 2 weeks",
        "valid_until: 2026-01-31",
        "valid-until: 2026-01-31",
        "review_by: 2026-01-31",
        "expiry: 2026-01-31",
        "expires_at: 2026-01-31",
        "metadata:\n  expires: 2026-01-31",
        "Expires: 2026-01-31",
        "expiry_date: 2026-01-31",
    )
}
COPIES = {
    "in one list": ("- {0}.\n- ship on Mondays\n- {0}.\n", ""),
    "case and full stop": ("- {0}\n- {1}.\n", ""),
    "markup": ("- {0}\n- **{0}**\n", ""),
    "another mark": ("- {0}\n\n* {0}\n", ""),
    "nested": ("- parts\n  - {0}\n  - {0}\n", ""),
    "paragraphs": ("{0}.\n\nOther text of the shop.\n\n{0}.\n", ""),
    "another file": ("- {0}\n", "# More\n\n- {0}\n- further\n"),
    "four words": ("- Ship parcels on Mondays\n", "# More\n\n- Ship parcels on Mondays\n- further\n"),
    "Windows": ("- {0}\r\n- ship on Mondays\r\n- {0}\r\n", ""),
    "BOM": ("\ufeff- {0}\n- {0}\n", ""),
    "two files": ("- x\n", "{0}.\n\nTwo people watch the boards.\n\nThey roll back at once then.\n"),
    "Chinese": ("- 部署前必须运行全部测试并通知团队\n- 部署前必须运行全部测试并通知团队。\n", ""),
    "Japanese": ("- デプロイの前に全テストを実行する\n- デプロイの前に全テストを実行する。\n", ""),
    "Korean": ("- 배포 전에 모든 테스트를 실행한다\n- 배포 전에 모든 테스트를 실행한다.\n", ""),
    "Russian": ("- Перед выкладкой запускать все тесты\n- перед выкладкой запускать все тесты.\n", ""),
    "German": ("- Vor jedem Release alle Tests starten\n- vor jedem Release alle Tests starten\n", ""),
    "French": (
        "- Lancer tous les tests avant la livraison\n- Lancer **tous** les tests avant la livraison\n",
        "",
    ),
    "Spanish": ("- Ejecutar todas las pruebas antes\n* x\n\n- Ejecutar todas las pruebas antes.\n", ""),
    "link": ("- {0}, see [orders](https://a.example)\n- {0}, see [orders](https://a.example)\n", ""),
    "two headings": ("## Orders\n\n- {0}\n\n## Ledger\n\n- {0}\n", ""),
    "numbered and not": ("- {0}\n", "# More\n\n1. {0}\n2. further\n"),
}
CONTRADICTIONS = {
    "number": ("The API times out after 30 s", "The API times out after 60 s"),
    "unit": ("The API times out after 30 s", "The API times out after 30 min"),
    "number word": ("The worker retries jobs three times", "The worker retries jobs five times"),
    "negation": ("The runner keeps a cache for jobs", "The runner does not keep a cache for jobs"),
    "always and never": ("Always squash commits before a merge", "Never squash commits before a merge"),
    "opposite": ("Run the migrations before the deploy", "Run the migrations after the deploy"),
    "version": ("The server runs on Python 3.11 now", "The server runs on Python 3.12 now"),
    "port": ("The test database listens on port 5432", "The test database listens on port 5433"),
    "day": ("The shop ships its parcels on Mondays", "The shop ships its parcels on Fridays"),
    "enabled": ("Strict mode is enabled in new packages", "Strict mode is disabled in new packages"),
    "German": ("Die Testdatenbank läuft auf Port 5432", "Die Testdatenbank läuft auf Port 5433"),
    "French": ("Le cache expire au bout de 10 minutes", "Le cache expire au bout de 20 minutes"),
    "Spanish": ("Los pedidos se cierran en 3 días", "Los pedidos se cierran en 5 días"),
    "Russian": ("Логи сервера хранятся 30 дней на диске", "Логи сервера хранятся 90 дней на диске"),
    "Chinese": ("服务器日志保留30天后删除", "服务器日志保留90天后删除"),
    "Japanese": ("サーバーのログは30日間保存する", "サーバーのログは90日間保存する"),
    "date": ("The freeze of the shop begins on 2026-12-01", "The freeze of the shop begins on 2026-12-08"),
    "boolean": ("The flag of the new cart is on in tests", "The flag of the new cart is off in tests"),
}  # fmt: skip


def tell(kind: str, missed: list[str], total: int, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(
            f"\n{kind}: {total - len(missed)} of {total} found; not: {', '.join(missed) or 'none'}\n"
        )


def test_front_matter(capsys: pytest.CaptureFixture[str]) -> None:
    missed = [kind for kind, text in FRONT_MATTER.items() if not codes(topic(text), "F")]
    tell("front matter", missed, len(FRONT_MATTER), capsys)
    assert len(missed) * 20 <= len(FRONT_MATTER)


def test_expiry(capsys: pytest.CaptureFixture[str]) -> None:
    missed = [form for form, files in EXPIRED.items() if "P001" not in codes(files, "P")]
    tell("expired", missed, len(EXPIRED), capsys)
    assert len(missed) * 20 <= len(EXPIRED)


def test_copies(capsys: pytest.CaptureFixture[str]) -> None:
    missed = []
    for kind, (index, more) in COPIES.items():
        lower = NOTE[0].lower() + NOTE[1:]
        files = {"MEMORY.md": index.format(NOTE, lower)} | ({"more.md": more.format(NOTE)} if more else {})
        if kind == "two files":
            files["again.md"] = files["more.md"]
        if "D001" not in codes(files, "D"):
            missed.append(kind)
    tell("copies", missed, len(COPIES), capsys)
    assert len(missed) * 20 <= len(COPIES)


def test_contradictions(capsys: pytest.CaptureFixture[str]) -> None:
    missed = []
    for kind, (one, other) in CONTRADICTIONS.items():
        in_list = codes({"MEMORY.md": f"- {one}\n- {other}\n"}, "D")
        apart = codes({"MEMORY.md": f"- {one}\n", "a.md": f"# A\n\n- {other}\n- further\n"}, "D")
        if "D003" not in in_list or "D003" not in apart:
            missed.append(kind)
        assert "D001" not in (*in_list, *apart)
    tell("contradictions", missed, len(CONTRADICTIONS), capsys)
    assert len(missed) * 20 <= len(CONTRADICTIONS)


AUTO_TOPIC = (
    "---\nname: {name}\ndescription: {hook}\nmetadata:\n  node_type: memory\n  type: {type}\n"
    "  originSessionId: 0f8fad5b-d9cb\n"
    "  modified: 2026-11-20T10:00:00.000Z\n---\n\n{text}\n"
)
OWN_TOPIC = "---\nname: {name}\ndescription: {hook}\ntype: {type}\n---\n\n{text}\n"
TOPICS = (
    ("user-role", "Ann is a data scientist who is new to Kubernetes", "user",
     "Ann works on forecasts. Explain Kubernetes in terms of Docker."),
    ("feedback-tests", "Run the real database in tests, no mocks", "feedback",
     "Integration tests use the real database.\n\n**Why:** a mock hid a broken migration."),
    ("feedback-summaries", "No summaries at the end of answers", "feedback",
     "Stop after the result.\n\n**Why:** Ann reads the diff.\n\n**How to apply:** one sentence at most."),
    ("project-freeze", "Merges are frozen from the release on", "project",
     "Merge freeze begins on 2026-12-05 for the mobile release.\n\n**Why:** the team cuts a branch."),
    ("reference-bugs", "Pipeline bugs are tracked in Linear INGEST", "reference",
     "Bugs of the pipeline are in the Linear project INGEST; see https://linear.app/ingest."),
)  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "form"), [(CLAUDE_AUTO, AUTO_TOPIC), (CLAUDE_AGENT, OWN_TOPIC), (CLAUDE_AGENT, AUTO_TOPIC)]
)
@pytest.mark.parametrize("dash", ["—", "-", "--"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_a_store_as_the_client_writes_it_has_no_finding_above_info(
    profile: Profile, form: str, dash: str, eol: str
) -> None:
    files = {
        f"{name}.md": form.format(name=name, hook=hook, type=kind, text=text).replace("\n", eol)
        for name, hook, kind, text in TOPICS
    }
    lines = [f"- [{name.replace('-', ' ').title()}]({name}.md) {dash} {hook}" for name, hook, _, _ in TOPICS]
    files["MEMORY.md"] = eol.join(lines) + eol
    assert diagnose(files, "SLFPDXA", profile) == []
