"""What is gathered around a store, and what rules make of it: real repositories, real neighbours."""

import subprocess
from pathlib import Path

import pytest
from support import needs_git, store_of, tree, write_tree

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.rule import RuleContext
from memoryd.domain.edits.plan import Applicability, Fix
from memoryd.domain.stores.store import Store, agent_store
from memoryd.rules.links import broken_anchor, broken_link, ignored_target, machine_path
from memoryd.rules.links_index import unresolved_wiki_link
from memoryd.services.checks.check import read_contexts
from memoryd.services.stores.read_surroundings import Past


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "project/.claude/agent-memory/reviewer", {"MEMORY.md": "- [x](old.md) — hook\n"}
    )


@pytest.fixture
def store(root: Path) -> Store:
    return agent_store(str(root), user=False)


def read(store: Store, past: Past | None = None) -> RuleContext:
    (context,) = read_contexts((store,), past=past)
    return context


def broken(store: Store, past: Past | None = None) -> list[Diagnostic]:
    return list(broken_link.run(read(store, past)))


def applied(fix: Fix | None) -> None:
    assert fix
    for change in fix.changes:
        assert change.after
        Path(change.path).write_bytes(change.after)


def git(root: Path, *arguments: str) -> None:
    project = str(root.parents[2])
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    subprocess.run(["git", "-C", project, *identity, *arguments], check=True)


@pytest.fixture
def repository(root: Path) -> Path:
    git(root, "init", "-q")
    return root


@needs_git
def test_a_file_renamed_and_committed_is_proved_and_may_be_followed(store: Store, repository: Path) -> None:
    write_tree(repository, {"old.md": "Ship on Mondays.\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    git(repository, "mv", f"{repository}/old.md", f"{repository}/deploy.md")
    git(repository, "commit", "-qm", "two")
    [found] = broken(store)
    assert found.message == '"old.md" does not exist: it was renamed to "deploy.md"'
    assert found.fix
    assert found.fix.applicability is Applicability.SAFE
    applied(found.fix)
    assert (repository / "MEMORY.md").read_text() == "- [x](deploy.md) — hook\n"
    assert not broken(store)


@needs_git
def test_a_rename_that_is_not_committed_is_known_by_the_content(store: Store, repository: Path) -> None:
    write_tree(repository, {"old.md": "Ship on Mondays.\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    (repository / "old.md").rename(repository / "deploy.md")
    [found] = broken(store)
    assert found.message.endswith('it was renamed to "deploy.md"')


@needs_git
def test_a_file_changed_since_and_renamed_twice_is_followed(store: Store, repository: Path) -> None:
    write_tree(repository, {"old.md": "Ship on Mondays.\n"})
    for name in ("old.md", "middle.md"):
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", name)
        other = "middle.md" if name == "old.md" else "deploy.md"
        git(repository, "mv", f"{repository}/{name}", f"{repository}/{other}")
    git(repository, "commit", "-qm", "three")
    write_tree(repository, {"deploy.md": "Ship on Tuesdays.\n"})
    [found] = broken(store)
    assert found.message.endswith('it was renamed to "deploy.md"')
    assert found.fix
    assert found.fix.applicability is Applicability.SAFE


@needs_git
def test_a_file_changed_when_it_was_renamed_is_a_guess(store: Store, repository: Path) -> None:
    text = "".join(f"fact {number}\n" for number in range(20))
    write_tree(repository, {"old.md": text})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    (repository / "old.md").unlink()
    write_tree(repository, {"deploy.md": text + "one more\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "two")
    [found] = broken(store)
    assert found.message.endswith('it was renamed to "deploy.md", and changed')
    assert found.fix
    assert found.fix.applicability is Applicability.UNSAFE


@needs_git
def test_two_files_of_the_same_content_prove_nothing(store: Store, repository: Path) -> None:
    write_tree(repository, {"old.md": "Ship on Mondays.\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    (repository / "old.md").unlink()
    write_tree(repository, {"a-copy.md": "Ship on Mondays.\n", "b-copy.md": "Ship on Mondays.\n"})
    [found] = broken(store)
    assert (found.message, found.fix) == ('"old.md" does not exist', None)


def test_who_remembers_the_content_proves_a_rename_without_git(store: Store, root: Path) -> None:
    write_tree(root, {"deploy.md": "Ship on Mondays.\n", "empty.md": ""})
    remembered = {f"{root}/old.md": b"Ship on Mondays.\n"}
    [found] = broken(store, remembered.get)
    assert found.fix
    assert (found.fix.applicability, found.fix.title) == (Applicability.SAFE, "link to deploy.md")
    [found] = broken(store, {f"{root}/old.md": b""}.get)
    assert found.fix is None  # all empty files are the same


def test_a_part_that_the_new_file_has_not_is_not_linked(store: Store, root: Path) -> None:
    write_tree(root, {"MEMORY.md": "[x](old.md#how) [y](old.md#when)\n", "Old.md": "# When\n"})
    fixes = [each.fix.title if each.fix else None for each in broken(store)]
    assert fixes == [None, "link to Old.md#when"]


def test_a_second_pointer_to_one_file_is_not_made(store: Store, root: Path) -> None:
    write_tree(root, {"MEMORY.md": "- [x](Old.md)\n- [x](old.md)\n", "Old.md": "text\n"})
    assert [each.fix for each in broken(store)] == [None]


def test_paths_below_the_home_directory_are_judged_where_nobody_shares_them(home: Path) -> None:
    root = write_tree(
        home / ".claude/agent-memory/reviewer", {"MEMORY.md": "[x](~/here.md) [y](~/gone.md)\n"}
    )
    write_tree(home, {"here.md": ""})
    [found] = broken(agent_store(str(root), user=True))
    assert found.message == '"~/gone.md" does not exist'


@needs_git
def test_the_store_of_an_ignored_directory_is_not_shared(store: Store, repository: Path) -> None:
    write_tree(repository, {"MEMORY.md": "[x](/home/gone/at/all.md)\n"})
    assert [each.code for each in machine_path.run(read(store))] == ["L008"]
    write_tree(repository.parents[2], {".gitignore": ".claude/\n"})
    assert not list(machine_path.run(read(store)))
    assert [each.message for each in broken(store)] == ['"/home/gone/at/all.md" does not exist']


@needs_git
def test_what_is_ignored_is_told_once_whether_it_is_there_or_not(store: Store, repository: Path) -> None:
    write_tree(repository.parents[2], {".gitignore": "build/\n", "build/here.txt": ""})
    write_tree(
        repository,
        {"MEMORY.md": "".join(f"[x](../../../build/{each})\n" for each in ("here.txt", "gone.txt", ""))},
    )
    context = read(store)
    assert [each.start.line for each in ignored_target.run(context)] == [1, 2, 3]
    assert not list(broken_link.run(context))


def test_parts_of_files_outside_of_the_store_are_judged_and_nothing_of_them_is_kept(
    store: Store, root: Path
) -> None:
    write_tree(root.parents[2], {"docs/guide.md": "# Install\n", "docs/code.py": ""})
    links = [f"[x](../../../docs/{each})\n" for each in ("guide.md#install", "guide.md#remove", "code.py#x")]
    write_tree(root, {"MEMORY.md": "".join(links)})
    context = read(store)
    assert list(context.around.outside) == [f"{root.parents[2]}/docs/guide.md"]
    assert [each.quoted for each in broken_anchor.run(context)] == ["[x](../../../docs/guide.md#remove)"]
    assert list(context.snapshot.documents) == ["MEMORY.md"]


def test_neighbours_are_looked_at_only_where_a_link_is_not_answered_at_home(store: Store, root: Path) -> None:
    write_tree(root.parent, {"writer/style.md": "---\nname: Tabs and spaces\n---\n"})
    write_tree(root, {"MEMORY.md": "[[own]]\n", "own.md": ""})
    assert read(store).around.siblings == {}
    write_tree(root, {"MEMORY.md": "[[tabs-and-spaces]] [[style]] [[gone]]\n"})
    context = read(store)
    assert list(context.around.siblings) == [f"{root.parent}/writer/style.md"]
    assert [each.quoted for each in unresolved_wiki_link.run(context)] == ["[[gone]]"]


def test_nothing_is_written(store: Store, root: Path) -> None:
    before = tree(root.parents[2])
    read(store)
    assert tree(root.parents[2]) == before


def test_a_store_without_any_surroundings_can_be_read(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "x", {"MEMORY.md": "[[a]] [b](c.md#d) [e](/f)\n"})
    assert read(store_of(root)).around.siblings == {}
