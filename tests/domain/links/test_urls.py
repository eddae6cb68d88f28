import pytest

from memoryd.domain.links.urls import is_address


@pytest.mark.parametrize(
    "path",
    ["example.com", "www.example.museum/x", "github.com/a/b", "docs.example.io:8080/x?y", "Example.DE"],
)
def test_addresses_without_a_scheme(path: str) -> None:
    assert is_address(path)


@pytest.mark.parametrize("path", ["x.md", "src/x.com.md", "example", "a.py", "www", "../example.com", "v1.0"])
def test_paths_are_none(path: str) -> None:
    assert not is_address(path)
