"""Expiry dates in the languages of memory, and dates that are no expiry."""

from datetime import date

import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.staleness.expiry import expired, unreadable_dates
from memoryd.domain.staleness.expiry_words import HINTS
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.text.phrases import parts_in

STORE = Store("/s/m", Scope.USER, "m", "/s", CLAUDE_AGENT)
TODAY = date(2026, 11, 28)
EXPIRED_LINES = (
    "- Freeze of merges, expires: 2026-02-01",
    "- Token policy valid_until: 2026-02-01",
    "- Login by key only, valid until 2026-02-01",
    "- Freeze of deploys (expires 2026-02-01)",
    "- Deploys are frozen until 2026-03-31.",
    "- Do not merge to main until 2026-03-31",
    "- Use the old runner till 31 March 2026",
    "- Merge-Freeze (bis 2026-02-01)",
    "- Merge-Freeze (gültig bis 1. Februar 2026)",
    "- Gel des merges, valable jusqu'au 1 février 2026",
    "- Gel (jusqu'au 2026-02-01)",
    "- Congelado, válido hasta el 1 de febrero de 2026",
    "- Congelamento — válido até 2026-02-01",
    "- Blocco dei deploy (fino al 2026-02-01)",
    "- Заморозка, действует до 1 февраля 2026",
    "- 合并冻结，有效期至 2026-02-01",
    "- 合并冻结 2026年2月1日到期",
    "- マージ凍結（2026年2月1日まで有効）",
    "- マージ凍結、有効期限：2026-02-01",
    "- 머지 동결 (2026-02-01까지)",
    "- 머지 동결, 만료: 2026년 2월 1일",
    "- Freeze (expires Feb 2026)",
    "- Freeze (valid until 2026-Q1)",
    "- Freeze — expires: 20260201",
    "- Freeze [expires on 12/31/2025]",
    "- The freeze stays on (valid till end of March 2026)",
)
OTHER_LINES = (
    "- Jenkins was used until 2024-05-01",
    "- We used Jenkins until 2024-05-01",
    "- Jenkins (until 2024-05-01), then GitHub Actions",
    "- Ann led the team from 2024-01-01 until 2025-03-01",
    "- The certificate of staging expires 2020-03-31 and is renewed by a robot.",
    "- `expires: 2020-03-31` is how a cookie looks",
    "- The token expires after 90 s",
    "- Logs until 2025-01-01 are in S3",
    "- Data reviewed until 2025-01-01",
    "- The cache is valid until the next deploy",
    "- Knowledge cutoff: until 2025-01-01",
    "- Freeze (valid until 2099-03-31)",
    "- through 2026 the plan",
    "- expires: 2020-01-01",
    "- Support for 3.8 ended; it lasted until 2024-10-07.",
    "- Server migrated through 2025-03-01",
)
UNREADABLE_LINES = (
    "- Freeze (expires: 2026-02-30)",
    "- Freeze, expires: 2026-13-01",
    "- Freeze — valid until 02/01/2026",
    "- Freeze (until 2026-02-30)",
    "- Freeze (gültig bis 30.02.2026)",
    "- Gel (expire le 2026-02-30)",
    "- Congelado (caduca el 2026-02-30)",
    "- Freeze (review by 2026-11-31)",
    "- Freeze (expires: 20261301)",
    "- Freeze [expires on 13/13/2026]",
)


def found(text: str) -> list[str]:
    snapshot = Snapshot(STORE, {"a.md": parse("a.md", text.encode())})
    return [each.evidence for each in expired(snapshot, TODAY)]


@pytest.mark.parametrize("line", EXPIRED_LINES)
def test_an_expiry_that_has_passed_is_found(line: str) -> None:
    assert len(found(f"{line}\n")) == 1
    assert len(found(f"\ufeff# Notes\n\n- a\n  {line}\n".replace("\n", "\r\n"))) == 1
    assert len(found(f"| what | when |\n|---|---|\n| {line.removeprefix('- ')} | x |\n")) == 1
    assert parts_in(line, HINTS)


@pytest.mark.parametrize("line", OTHER_LINES)
def test_another_date_is_no_expiry(line: str) -> None:
    assert found(f"{line}\n") == []


@pytest.mark.parametrize("line", UNREADABLE_LINES)
def test_an_expiry_that_is_no_date_is_found(line: str) -> None:
    document = parse("a.md", f"{line}\n".encode())
    assert len(list(unreadable_dates(document))) == 1
    assert found(f"{line}\n") == []


@pytest.mark.parametrize("line", [*EXPIRED_LINES, *OTHER_LINES])
def test_a_readable_date_is_no_fault(line: str) -> None:
    assert list(unreadable_dates(parse("a.md", f"{line}\n".encode()))) == []
