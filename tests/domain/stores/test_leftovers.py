"""Copies and remnants by name, and by content where the name alone proves nothing."""

import pytest

from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.leftovers import original

TEXT = "A note that syncs between machines, with one fact of its own.\n"
OTHER = "Ship the shop on Mondays only, and ask Ann before you do.\n"


def original_of(name: str, text: str = TEXT, real: str = "x.md") -> str | None:
    documents = {path: parse(path, TEXT.encode()) for path in ("x.md", "notes/x.md", real)}
    return original(name, {**documents, name: parse(name, text.encode())}, "MEMORY.md")


@pytest.mark.parametrize(
    ("name", "real"),
    [
        ("x (1).md", "x.md"),
        ("notes/x (12).md", "notes/x.md"),
        ("x.sync-conflict-20260203-101500-ABCDEFG.md", "x.md"),
        ("x.sync-conflict-20260203-101500.md", "x.md"),
        ("x (Ann's conflicted copy 2026-02-03).md", "x.md"),
        ("x (conflicted copy 2026-02-03 101500).md", "x.md"),
        ("x conflicted copy.md", "x.md"),
        ("x.md.orig", "x.md"),
        ("x.md.rej", "x.md"),
        ("x.md~", "x.md"),
        ("#x.md#", "x.md"),
        ("x.md.tmp", "x.md"),
        ("x.md.tmp.4711.0a1b2c", "x.md"),
        ("y (1).md", None),
        ("x.md", None),
        ("x (draft).md", None),
        ("x (2026).md", None),
        ("sync-conflict-handling.md", None),
        ("dropbox-conflicted-copy.md", None),
        ("include-conflict-vs-overlay-merge.md", None),
        ("x.orig.md", None),
        ("orig", None),
        ("~", None),
        ("x.py.tmpl", None),
    ],
)
def test_names_of_other_programs(name: str, real: str | None) -> None:
    assert original_of(name) == real


BESIDE = [
    "x (1).md", "x.md.bak", "x.md.bak2", "x.md.old", ".x.md.swp", "x.md.swp", ".x.md.swo", ".x.md.kate-swp",
    ".x.md.icloud", "x_BACKUP_12345.md", "x_BASE_12345.md", "x_LOCAL_12345.md", "x_REMOTE_12345.md",
    "x.LOCAL.12345.md", "x_conflict-20260301-120000.md",
]  # fmt: skip


@pytest.mark.parametrize("name", BESIDE)
def test_names_that_count_beside_the_real_file_only(name: str) -> None:
    assert original_of(name, OTHER) == "x.md"
    assert original_of(name.replace("x", "y", 1)) is None


CERTAIN = [
    "x (Conflicted copy laptop 202603011200).md", "x (SFConflict ann 2026-03-01-12-00-00).md",
    "x (In Konflikt stehende Kopie von Ann 2026-03-01).md", "x (Anns in Konflikt stehende Kopie).md",
    "x (Copie en conflit de Ann 2026-03-01).md", "x (copia en conflicto de Ann 2026-03-01).md",
    "x (Copia in conflitto di Ann 2026-03-01).md", "x (Cópia em conflito de Ann 2026-03-01).md",
    "x (конфликтующая копия 2026-03-01).md", "x (Ann の競合コピー 2026-03-01).md",
    "x (Ann 的冲突副本 2026-03-01).md",
]  # fmt: skip


@pytest.mark.parametrize("name", CERTAIN)
def test_conflicts_in_several_languages(name: str) -> None:
    assert original_of(name, OTHER) == "x.md"


ALIKE = [
    "x 2.md", "x 3.md", "x copy.md", "x copy 2.md", "x - Copy.md", "x - Copy (2).md", "x - Kopie.md",
    "x Kopie.md", "x Kopie 2.md", "x - Copie.md", "x copie.md", "x - Copia.md", "x - Cópia.md",
    "x - копия.md",
    "x - コピー.md", "xのコピー.md", "x - 副本.md", "x 복사본.md", "Copy of x.md", "Kopie von x.md",
    "Copie de x.md",
    "Copia di x.md", "Копия x.md", "x [Conflict].md", "x [conflicted 2].md", "[Conflict] x.md",
    "x.Conflict.md",
    "x-LAPTOP-4F2K9QRT.md", "x-DESKTOP-1A2B3C4.md", "x-Anns-MacBook-Pro.md",
]  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_names_that_people_give_too_count_with_similar_content_only(name: str) -> None:
    assert original_of(name) == "x.md"
    assert original_of(f"notes/{name}") == "notes/x.md"
    assert original_of(name, "") == "x.md"
    assert original_of(name, "A note that syncs between machines.\n") == "x.md"
    assert original_of(name, OTHER) is None
    assert original(name, {name: parse(name, TEXT.encode())}) is None


def test_text_without_spaces_is_compared_by_characters() -> None:
    documents = {"x.md": parse("x.md", "部署前必须运行全部测试。".encode())}
    for text, real in (("部署前必须运行测试。", "x.md"), ("每周一发布商店应用程序。", None)):
        assert original("x 2.md", {**documents, "x 2.md": parse("x 2.md", text.encode())}) == real


@pytest.mark.parametrize(
    ("name", "real"),
    [("MEMORY 2.md", "MEMORY.md"), ("MEMORY copy.md", "MEMORY.md"), ("MEMORY-ARCHIVE.md", None)],
)
def test_a_copy_of_the_index_file_needs_no_similar_content(name: str, real: str | None) -> None:
    assert original_of(name, OTHER, "MEMORY.md") == real


@pytest.mark.parametrize(
    "name",
    [
        "x-2.md",
        "x2.md",
        "x-v2.md",
        "x 2026.md",
        "x-api.md",
        "x-copy.md",
        "copywriting.md",
        "x hard copy editing.md",
    ],
)
def test_names_of_topics_are_not_doubted(name: str) -> None:
    assert original_of(name) is None
