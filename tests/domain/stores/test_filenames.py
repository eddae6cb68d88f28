import pytest

from memoryd.domain.stores.filenames import is_about_files, original


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
        ("x.sync-conflict.md", None),
        ("sync-conflict-handling.md", None),
        ("dropbox-conflicted-copy.md", None),
        ("include-conflict-vs-overlay-merge.md", None),
        ("x.orig.md", None),
        ("orig", None),
        ("~", None),
        ("x.md.bak", None),
        ("x.py.tmpl", None),
    ],
)
def test_what_a_file_was_left_over_from(name: str, real: str | None) -> None:
    assert original(name, {"x.md", "notes/x.md", name}) == real


@pytest.mark.parametrize(
    "path", ["README.md", "a/readme.md", "_template.md", "templates/x.md", "TEMPLATE.md"]
)
def test_files_about_files(path: str) -> None:
    assert is_about_files(path)


@pytest.mark.parametrize("path", ["template-engine.md", "readme-style.md", "my-templates.md", "x.md"])
def test_memories_about_such_files(path: str) -> None:
    assert not is_about_files(path)
