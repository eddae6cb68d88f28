import json
import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.stores.discovery import Places, discover, discover_user
from memoryd.domain.stores.claude_code import slug_of
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check_found

RULE = tuple(rule for rule in ALL_RULES if rule.code == "A008")


@pytest.fixture
def code(home: Path) -> Path:
    (home / "code").mkdir()
    return home / "code"


def session(home: Path, directory: Path, *records: object) -> Path:
    """Write a session of a project, and return where its auto memory is."""
    slug = home / ".claude/projects" / slug_of(str(directory))
    lines = [{"type": "user", "cwd": str(directory)}, *records]
    write_tree(slug, {"s.jsonl": "".join(f"{json.dumps(line)}\n" for line in lines)})
    return slug / "memory"


def left_behind(home: Path, gone: Path, *records: object) -> None:
    write_tree(session(home, gone, *records), {"MEMORY.md": "- a fact\n"})


def messages(home: Path) -> list[str]:
    return [each.message for each in check_found(discover(Places(home, home / ".claude")), RULE).diagnostics]


def files_of(gone: Path, *names: str) -> dict[str, list[str]]:
    return {"files": [str(gone / name) for name in names]}


def test_the_same_name_elsewhere(home: Path, code: Path) -> None:
    left_behind(home, code / "shop")
    session(home, write_tree(home / "work/shop", {".git/HEAD": ""}))
    (message,) = messages(home)
    assert message.startswith(f"no session loads this memory: {code / 'shop'} is gone;")
    assert message.endswith(f"(it has the same name): memoryd move {code / 'shop'} {home / 'work/shop'}")


def test_it_is_found_among_the_user_s_own_stores(home: Path, code: Path) -> None:
    left_behind(home, code / "shop")
    session(home, write_tree(home / "work/shop", {".git/HEAD": ""}))
    report = check_found(discover_user(Places(home, home / ".claude")), RULE)
    assert [each.code for each in report.diagnostics] == ["A008"]


@needs_git
@pytest.mark.parametrize("form", ["[main {short}] add", "commit {full}", "{short}..{short} main -> main"])
def test_commits_that_its_sessions_named(home: Path, code: Path, form: str) -> None:
    now = write_tree(code / "renamed", {"a": ""})
    git = ["git", "-C", str(now), "-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run([*git, *arguments], check=True)
    full = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    left_behind(home, code / "old", {"text": form.format(full=full.strip(), short=full[:7])})
    session(home, now)
    session(home, write_tree(home / "other/old", {".git/HEAD": ""}))  # the same name says less
    (message,) = messages(home)
    assert f"{now} now (it has commits that the sessions named)" in message


@pytest.mark.parametrize(
    "address", ["https://example.org/ann/shop.git", "git@example.org:ann/shop.git", "ssh://x.org/проект"]
)
def test_the_remote_that_its_sessions_named(home: Path, code: Path, address: str) -> None:
    config = f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {address}\n'
    git = {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/config": config,
        ".git/objects/x": "",
        ".git/refs/x": "",
    }
    now = write_tree(code / "renamed", git)
    slug = session(home, code / "old").parent
    (slug / "s.jsonl").write_text(f'{{"cwd": "{code / "old"}"}}\n{{"text": "To {address}"}}\n')
    write_tree(slug / "memory", {"MEMORY.md": "- a\n"})
    session(home, now)
    assert "(it has the remote that the sessions named)" in messages(home)[0]


@pytest.mark.parametrize("names", [("src/a.py", "b.md", "c/d e.txt"), ("源/一.py", "二.md", "三.md")])
def test_files_that_its_sessions_named(home: Path, code: Path, names: tuple[str, ...]) -> None:
    now = write_tree(
        code / "renamed", {"HEAD": "", ".git/HEAD": "", **{name.split(" ")[0]: "" for name in names}}
    )
    left_behind(home, code / "old")
    slug = home / ".claude/projects" / slug_of(str(code / "old"))
    named = json.dumps(files_of(code / "old", *names, "gone.py"), ensure_ascii=False)
    (slug / "s.jsonl").write_text(f'{{"cwd": "{code / "old"}"}}\n{named}\n')
    session(home, now)
    assert "(3 of 4 files are there)" in messages(home)[0]


@pytest.mark.parametrize(
    ("now", "named"),
    [
        ("work/market", ()),  # nothing in common
        ("work/market", ("a.py", "b.py", "c.py", "d.py", "e.py", "f.py", "g.py")),  # few files in common
        ("work/market", ("../x/a.py", "../x/b.py", "../x/c.py")),
    ],
)
def test_a_project_that_was_deleted_is_silent(
    home: Path, code: Path, now: str, named: tuple[str, ...]
) -> None:
    left_behind(home, code / "shop", files_of(code / "shop", *named))
    session(home, write_tree(home / now, {".git/HEAD": "", "a.py": "", "b.py": "", "c.py": ""}))
    assert messages(home) == []


def test_two_places_of_its_name_are_not_guessed_between(home: Path, code: Path) -> None:
    left_behind(home, code / "shop")
    for place in ("work/shop", "play/shop"):
        session(home, write_tree(home / place, {".git/HEAD": ""}))
    assert messages(home) == []


def test_an_empty_memory_or_an_existing_project_is_silent(home: Path, code: Path) -> None:
    session(home, code / "shop").mkdir()
    left_behind(home, write_tree(code / "market", {".git/HEAD": ""}))
    for place in ("work/shop", "work/market"):
        session(home, write_tree(home / place, {".git/HEAD": ""}))
    assert messages(home) == []


def test_a_dangling_link_in_its_place_is_not_a_project_that_is_gone(home: Path, code: Path) -> None:
    left_behind(home, code / "shop")
    (code / "shop").symlink_to("/mnt/not-mounted")
    session(home, write_tree(home / "work/shop", {".git/HEAD": ""}))
    assert messages(home) == []
