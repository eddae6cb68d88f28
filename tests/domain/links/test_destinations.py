from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.adapters.stores import files
from memoryd.adapters.stores.contents import snapshot as read_store
from memoryd.domain.links.destinations import absolute, exists, file_paths, is_machine_path
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / ".claude" / "agent-memory" / "reviewer"
    directory.mkdir(parents=True)
    return directory


def store(root: Path, **files: str) -> Snapshot:
    """A store on disk; `a__b` stands for `a/b.md`, `index` for the index file."""
    return store_of(
        root,
        {
            "MEMORY.md" if name == "index" else name.replace("__", "/") + ".md": text
            for name, text in files.items()
        },
    )


def store_of(root: Path, files: dict[str, str]) -> Snapshot:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return read_store(agent_store(str(root), user=False))


@pytest.mark.parametrize(
    ("destination", "paths"),
    [
        ("a.md", ("a.md",)),
        ("./a.md", ("./a.md",)),
        ("a.md#part", ("a.md", "a.md#part")),
        ("a.md?raw=1#L3", ("a.md", "a.md?raw=1", "a.md?raw=1#L3")),
        ("a%20b.md", ("a b.md", "a%20b.md")),
        ("a%23b.md", ("a#b.md", "a%23b.md")),
        ("100%.md", ("100%.md",)),
        ("caf%C3%A9.md", ("café.md", "caf%C3%A9.md")),
        ("../../src/", ("../../src/",)),
        ("/etc/x", ("/etc/x",)),
        ("~/x.md", ("~/x.md",)),
        ("a:b.md", ()),
        ("C:/x.cpp", ()),
        ("c:\\x.cpp", ()),
        ("https://example.com/a.md", ()),
        ("MAILTO:ann@example.com", ()),
        ("//example.com/a.md", ()),
        ("#part", ()),
        ("?x", ()),
        ("", ()),
        ("a%00b.md", ("a%00b.md",)),
        ("src/a.py:42", ("src/a.py", "src/a.py:42")),
        ("a.py:42:7", ("a.py", "a.py:42:7")),
        ("src/a.rs:10-20", ("src/a.rs", "src/a.rs:10-20")),
        ("src/a.rs:10–20", ("src/a.rs", "src/a.rs:10–20")),
        ("src/a.c:10,20", ("src/a.c", "src/a.c:10,20")),
        ("src/a.py:L42", ("src/a.py", "src/a.py:L42")),
        ("src/Makefile:3", ("src/Makefile", "src/Makefile:3")),
        ("tests/test_a.py::TestA::test_b[x-1]", ("tests/test_a.py", "tests/test_a.py::TestA::test_b[x-1]")),
        ("src/a.ts:main()", ("src/a.ts", "src/a.ts:main()")),
        ("src/café.py:42", ("src/café.py", "src/café.py:42")),
        ("a%20b.py:42#L1", ("a b.py", "a%20b.py", "a b.py:42", "a%20b.py:42", "a%20b.py:42#L1")),
        ("../a.md:42#part", ("../a.md", "../a.md:42", "../a.md:42#part")),
        ("/x/a.py:42", ("/x/a.py", "/x/a.py:42")),
        ("Makefile:3", ()),
        ("tel:42", ()),
        ("localhost:3000", ()),
        ("example.com:8080", ()),
        ("example.com:8080/x", ()),
        ("vscode:extension/a.b", ()),
        ("git@example.org:a/b.md", ()),
        ("https://example.com/a.py:42", ()),
        ("//example.com/a.py:42", ()),
        ("topics\\a.md", ("topics\\a.md", "topics/a.md")),
        ("..\\a.md#x", ("..\\a.md", "..\\a.md#x", "../a.md", "../a.md#x")),
        ("\\\\server\\x", ("\\\\server\\x",)),
        ("a\0b.md", ()),
    ],
)
def test_what_a_destination_can_mean(destination: str, paths: tuple[str, ...]) -> None:
    assert file_paths(destination) == paths


@given(st.text())
def test_any_destination_is_legal(destination: str) -> None:
    paths = file_paths(destination)
    assert all(path and "\0" not in path for path in paths)
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize(
    ("document", "path", "wanted"),
    [
        ("MEMORY.md", "a.md", "/s/a.md"),
        ("deep/er/a.md", "../b.md", "/s/deep/b.md"),
        ("MEMORY.md", "../../x", "/x"),
        ("MEMORY.md", "../../../../x", "/x"),
        ("MEMORY.md", ".", "/s"),
        ("a/b.md", "..", "/s"),
        ("MEMORY.md", "src/", "/s/src"),
        ("MEMORY.md", "/etc/x", "/etc/x"),
    ],
)
def test_paths_become_absolute(document: str, path: str, wanted: str) -> None:
    assert absolute("/s", document, path) == wanted


def test_existence_goes_letter_by_letter(root: Path) -> None:
    links = "[a](A.md) [b](a.md) [c](sub/x.md) [d](gone/x.md) [e](../../../src) [f](../../..)\n"
    (root.parents[2] / "src").mkdir()
    found = store(root, index=links, a="", sub__x="")
    places = [
        absolute(str(root), "MEMORY.md", link.destination) for link in found.documents["MEMORY.md"].links
    ]
    listings = files.listings(places, str(root))
    assert [exists(place, listings) for place in places] == [False, True, True, False, True, True]
    assert exists("/", {})
    assert not exists("/x", {"/": None})


def test_paths_of_one_machine() -> None:
    assert [is_machine_path(path) for path in ("/x", "~/x", "~ann/x", "x", "../x")] == [
        True, True, True, False, False,
    ]  # fmt: skip
