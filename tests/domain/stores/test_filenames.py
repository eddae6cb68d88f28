import pytest

from memoryd.domain.stores.filenames import is_about_files


@pytest.mark.parametrize(
    "path", ["README.md", "a/readme.md", "_template.md", "templates/x.md", "TEMPLATE.md"]
)
def test_files_about_files(path: str) -> None:
    assert is_about_files(path)


@pytest.mark.parametrize("path", ["template-engine.md", "readme-style.md", "my-templates.md", "x.md"])
def test_memories_about_such_files(path: str) -> None:
    assert not is_about_files(path)
