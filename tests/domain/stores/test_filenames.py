import pytest

from memoryd.domain.stores.filenames import is_about_files, is_shared_name


@pytest.mark.parametrize(
    "path", ["README.md", "a/readme.md", "_template.md", "templates/x.md", "TEMPLATE.md"]
)
def test_files_about_files(path: str) -> None:
    assert is_about_files(path)


@pytest.mark.parametrize("path", ["template-engine.md", "readme-style.md", "my-templates.md", "x.md"])
def test_memories_about_such_files(path: str) -> None:
    assert not is_about_files(path)


@pytest.mark.parametrize(
    "name",
    [
        "board", "boards", "Inbox", "outbox", "mailbox", "mail", "shared", "_shared", "team-shared", "common",
        "handoffs", "hand-over", "message-queue", "queue", "archive", "task_board", "scratchpad",
    ],
)  # fmt: skip
def test_directories_that_agents_share(name: str) -> None:
    assert is_shared_name(name)


@pytest.mark.parametrize(
    "name",
    ["board-member", "mailer", "code-reviewer", "archivist", "queue-tuner", "shared-lead", "пост"],
)
def test_names_of_agents_are_not_shared(name: str) -> None:
    assert not is_shared_name(name)
