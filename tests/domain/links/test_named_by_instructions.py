import pytest

from memoryd.domain.links.named_by_instructions import named

ROOT = "/p/memory"


def names(path: str, text: str) -> bool:
    return named([path], ROOT, {"/p/CLAUDE.md": text}) == {path}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("watched.md", "Read `memory/watched.md` first."),
        ("watched.md", "Read ./memory/watched.md first."),
        ("watched.md", "Read /p/memory/watched.md."),
        ("watched.md", "Lies memory/watched.md zuerst."),
        ("watched.md", "先读memory/watched.md。"),
        ("watched.md", "open('memory/watched.md')"),
        ("watched.md", '{"command": "cat memory/watched.md"}'),
        ("watched.md", "Of memory/, read watched.md and plan.md."),
        ("watched-repos.md", "Look at watched-repos.md."),
        ("LAST_SESSION.md", "Write LAST_SESSION.md.\r\n"),
        ("issues/INDEX.md", "Update memory/issues/INDEX.md"),
        ("issues/INDEX.md", "Update issues/INDEX.md"),
        ("findings/2026-x.md", "Findings go to `memory/findings/`."),
        ("findings/deep/x.md", "Findings go to memory/findings/."),
        ("topics/x.md", "One file a subject: `memory/topics/<subject>.md`"),
        ("topics/x.md", "memory/topics/*.md"),
        ("topics/x.md", "memory/topics/{name}.md"),
    ],
)
def test_instructions_name_a_file(path: str, text: str) -> None:
    assert names(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("watched.md", "Write what you watched."),
        ("watched.md", "Each project has a watched.md."),
        ("watched.md", "docs/unwatched.md"),
        ("watched.md", "Your notes are in memory/."),
        ("watched.md", "memory/*.md"),
        ("watched.md", "memory/<name>.md"),
        ("watched.md", "other/notwatched.md in memory/"),
        ("findings/x.md", "Write your findings."),
        ("findings/x.md", "docs/findings.md"),
        ("plan.md", "src/plan.md.bak"),
    ],
)
def test_instructions_do_not_name_it(path: str, text: str) -> None:
    assert not names(path, text)


def test_nothing_is_named_without_instructions() -> None:
    assert named(["a-b.md"], ROOT, {}) == frozenset()
    assert named([], ROOT, {"/p/CLAUDE.md": "memory/a-b.md"}) == frozenset()
