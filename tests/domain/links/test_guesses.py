import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / ".claude" / "agent-memory" / "reviewer"
    directory.mkdir(parents=True)
    return directory


def found(root: Path, code: str, files: dict[str, str], *, user: bool = False) -> list[Diagnostic]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    rules = tuple(rule for rule in ALL_RULES if rule.code == code)
    return list(check([agent_store(str(root), user=user)], rules).diagnostics)


def messages(root: Path, code: str, files: dict[str, str]) -> list[str]:
    return [each.message for each in found(root, code, files)]


@pytest.mark.parametrize(
    ("destination", "other", "said"),
    [
        ("deploy.md", "Deploy.md", 'only the case differs from "Deploy.md"'),
        ("deploy.md", "topics/deploy.md", 'there is "topics/deploy.md"'),
        ("deploiment.md", "deployment.md", 'did you mean "deployment.md"?'),
        ("caf\u00e9.md", "cafe\u0301.md", '"cafe\u0301.md" has the same letters in another Unicode form'),
        ("topics/x.md:42", "x.md", 'there is "x.md"'),
    ],
)
def test_what_was_probably_meant_is_said(root: Path, destination: str, other: str, said: str) -> None:
    [message] = messages(root, "L001", {"MEMORY.md": f"[x]({destination})\n", other: "text\n"})
    assert message == f'"{destination}" does not exist: {said}'


def test_nothing_is_suggested_where_nothing_is_near(root: Path) -> None:
    files = {"MEMORY.md": "[x](zebra.md) [y](../../../elsewhere/MEMORY.md)\n", "deploy.md": ""}
    assert messages(root, "L001", files) == [
        '"zebra.md" does not exist',
        '"../../../elsewhere/MEMORY.md" does not exist',
    ]


@pytest.mark.parametrize(
    ("destination", "other"),
    [
        ("2026-08-14.md", "2026-08-21.md"),
        ("project_pr35.md", "project_pr36.md"),
        ("sprint-1.md", "sprint-2.md"),
        ("v1.9-notes.md", "v1.10-notes.md"),
        ("topics/README.md", "logs/README.md"),
        ("a/index.md", "b/index.md"),
    ],
)
def test_another_day_number_or_folder_is_no_suggestion(root: Path, destination: str, other: str) -> None:
    files = {"MEMORY.md": f"[x]({destination})\n", other: "text\n"}
    assert messages(root, "L001", files) == [f'"{destination}" does not exist']


def test_an_address_without_a_scheme_is_named(root: Path) -> None:
    assert messages(root, "L001", {"MEMORY.md": "[x](example.com/a)\n"}) == [
        '"example.com/a" does not exist: the address of a page begins with "https://"',
    ]


@needs_git
def test_the_root_is_named_only_where_it_is_the_reason(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write_tree(tmp_path, {"docs/a.md": "x\n", "deep/in/plan.md": "x\n"})
    root = tmp_path / "deep" / "in" / ".claude" / "agent-memory" / "reviewer"
    index = "[a](plan.md) [b](docs/a.md) [c](/deep/in/plan.md) [d](../../../docs/a.md) [e](../../docs/a.md)\n"
    plan, docs, last, up = messages(root, "L001", {"MEMORY.md": index})
    assert up == '"../../docs/a.md" does not exist: there is "../../../../../docs/a.md"'
    assert plan == '"plan.md" does not exist: there is "../../../plan.md"'
    assert docs.startswith('"docs/a.md" does not exist: it is written from the root of the repository; ')
    assert docs.endswith('from here it is "../../../../../docs/a.md"')
    assert last == '"../../../docs/a.md" does not exist'


def test_similar_names_are_searched_for_the_first_hundred_only(root: Path) -> None:
    found = messages(root, "L001", {"MEMORY.md": "[x](deploi.md)\n" * 101, "deploy.md": ""})
    assert [("did you mean" in message) for message in found] == [True] * 100 + [False]


def test_no_name_outside_of_a_repository_is_suggested(tmp_path: Path) -> None:
    write_tree(tmp_path, {"private/keys/ID_RSA_X.md": "secret\n", "private/docs/READ.md": "x\n"})
    root = tmp_path / "repository" / ".claude" / "agent-memory" / "reviewer"
    write_tree(root, {"MEMORY.md": "[a](../../../../private/keys/id_rsa_x.md) [b](../../../Docs.md)\n"})
    write_tree(tmp_path / "repository", {"docs.md": "x\n"})
    rules = tuple(rule for rule in ALL_RULES if rule.code == "L001")
    store = replace(agent_store(str(root), user=False), within=str(tmp_path / "repository"))
    (message,) = (each.message for each in check([store], rules).diagnostics)
    assert message == '"../../../Docs.md" does not exist: only the case differs from "docs.md"'
