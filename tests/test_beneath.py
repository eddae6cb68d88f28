"""Paths that must not lead out of a directory, whatever links are in them, and whatever is swapped."""

import errno
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import deep_tree, write_tree

from memoryd import beneath


@pytest.fixture
def top(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"secret/a.md": "SECRET", "repo/docs/a.md": "inside", "repo/a.md": "own"})
    return (tmp_path / "repo").resolve()


def content(path: Path, within: Path) -> bytes:
    with open(beneath.open_file(str(path), str(within)), "rb") as file:
        return file.read()


LINKS_OUT = {
    "relative": "../secret/a.md",
    "through a directory inside": "docs/../../secret/a.md",
    "up and back": "../../{tmp}/secret/a.md",
    "to the directory above": "..",
    "to the root": "/",
    "to a process": "/proc/self/environ",
    "to its own root by magic": "/proc/self/root/etc/passwd",
    "to its own directory by magic": "/proc/self/cwd",
    "to an open file": "/dev/fd/0",
    "to a device": "/dev/zero",
    "to the kernel": "/sys/kernel/notes",
    "to nothing outside": "../missing/a.md",
}


@pytest.mark.parametrize("target", LINKS_OUT.values(), ids=LINKS_OUT)
def test_a_link_out_is_not_opened(top: Path, target: str) -> None:
    link = top / "link.md"
    link.symlink_to(target.replace("{tmp}", str(top.parent)[1:]))
    with pytest.raises(beneath.OutsideError):
        beneath.open_file(str(link), str(top))
    assert beneath.escaping(str(link), str(top)) == str(link)


def test_an_absolute_link_out_is_not_opened(top: Path) -> None:
    (top / "link.md").symlink_to(top.parent / "secret/a.md")
    with pytest.raises(beneath.OutsideError):
        content(top / "link.md", top)


def test_a_chain_of_links_counts_by_its_end(top: Path) -> None:
    (top / "one").symlink_to("two")
    (top / "two").symlink_to(top / "docs")
    (top / "three").symlink_to("one/../../secret")
    assert content(top / "one/a.md", top) == b"inside"
    with pytest.raises(beneath.OutsideError):
        content(top / "three/a.md", top)
    assert beneath.escaping(str(top / "three/a.md"), str(top)) == str(top / "three")


@pytest.mark.parametrize(
    "target", ["docs/a.md", "./docs/../docs/a.md", "{top}/docs/a.md", "../repo/docs/a.md"]
)
def test_a_link_that_stays_inside_is_followed(top: Path, target: str) -> None:
    (top / "link.md").symlink_to(target.replace("{top}", str(top)))
    assert content(top / "link.md", top) == b"inside"


def test_a_sibling_of_nearly_the_same_name_is_outside(top: Path) -> None:
    write_tree(top.parent, {"repository/a.md": "SECRET"})
    (top / "link.md").symlink_to("../repository/a.md")
    with pytest.raises(beneath.OutsideError):
        content(top / "link.md", top)


def test_a_circle_is_an_error(top: Path) -> None:
    (top / "a").symlink_to("b")
    (top / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links") as error:
        content(top / "a", top)
    assert error.value.errno == errno.ELOOP


@pytest.mark.parametrize(
    "path", ["/proc/self/environ", "/dev/zero", "/dev", "/proc", "/sys/kernel", "/dev/stdin"]
)
def test_the_kernels_own_are_never_opened(path: str) -> None:
    with pytest.raises(beneath.OutsideError):
        beneath.open_file(path)


def content_of_sibling(path: Path, within: Path) -> bytes:
    """The content of a file, opened from the directory that it is in, after another one beside that."""
    with beneath.Siblings() as siblings:
        os.close(siblings.open_directory(str(path.parent.with_name("beside")), str(within)))
        directory = siblings.open_directory(str(path.parent), str(within))
    try:
        with open(beneath.open_plain(path.name, directory), "rb") as file:
            return file.read()
    finally:
        os.close(directory)


@pytest.mark.parametrize("above", ["", "in/"])
@pytest.mark.parametrize("read", [content, content_of_sibling])
def test_what_is_swapped_for_a_link_meanwhile_is_not_opened(
    top: Path, read: Callable[[Path, Path], bytes], above: str
) -> None:
    """A directory of the path becomes a link out, over and over, while it is opened."""
    write_tree(top, {"docs/in/a.md": "inside", "docs/beside/a.md": "", "beside/a.md": ""})
    write_tree(top.parent, {"secret/in/a.md": "SECRET", "secret/beside/a.md": "SECRET"})
    inside, outside = top / "docs", top.parent / "secret"
    (top / "other").symlink_to(outside)
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            os.rename(inside, top / "aside")
            os.rename(top / "other", inside)
            os.rename(inside, top / "other")
            os.rename(top / "aside", inside)

    thread = threading.Thread(target=swap)
    thread.start()
    seen = set()
    try:
        for _ in range(1500):
            try:
                seen.add(read(inside / f"{above}a.md", top))
            except OSError:
                seen.add(b"")
    finally:
        done.set()
        thread.join()
    assert seen <= {b"inside", b""}


def test_pipes_and_sockets_do_not_block(top: Path) -> None:
    os.mkfifo(top / "pipe.md")
    os.close(beneath.open_file(str(top / "pipe.md"), str(top)))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(top / "s"))
        with pytest.raises(OSError, match="No such device"):
            beneath.open_file(str(top / "s"), str(top))


def test_a_walk_is_not_deeper_than_its_limit(tmp_path: Path) -> None:
    with deep_tree(tmp_path / "deep", 1200):
        assert len(list(beneath.walk(str(tmp_path / "deep")))) == beneath.MOST_DEPTH + 1


_NAMES = st.sampled_from(["docs", "..", ".", "", "a.md", "link", "up", "self"])


@given(st.lists(_NAMES, max_size=8).map("/".join), st.lists(_NAMES, max_size=6).map("/".join))
def test_no_path_leads_out_by_any_links(
    tmp_path_factory: pytest.TempPathFactory, path: str, target: str
) -> None:
    tmp = tmp_path_factory.mktemp("any")
    write_tree(
        tmp, {"a.md": "SECRET", "docs/a.md": "SECRET", "top/docs/a.md": "inside", "top/a.md": "inside"}
    )
    top = (tmp / "top").resolve()
    (top / "link").symlink_to(target or ".")
    (top / "docs/up").symlink_to("..")
    (top / "self").symlink_to(top)
    try:
        found = content(top / path, top)
    except OSError:
        return
    assert found == b"inside"


@given(st.lists(_NAMES, max_size=5).map("/".join), st.lists(_NAMES, max_size=6).map("/".join))
def test_siblings_are_opened_as_they_are_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, path: str, target: str
) -> None:
    top = (tmp_path_factory.mktemp("any") / "top").resolve()
    write_tree(top, {"docs/docs/a.md": "", "a.md": ""})
    (top / "link").symlink_to(target or ".")
    (top / "docs/up").symlink_to("..")
    (top / "self").symlink_to(top)

    def opened(work: Callable[[str, str], int], place: Path | str) -> os.stat_result | str | None:
        try:
            descriptor = work(str(place), str(top))
        except OSError as error:
            return error.strerror
        try:
            return os.fstat(descriptor)
        finally:
            os.close(descriptor)

    with beneath.Siblings() as siblings:
        for name in ("", "docs", "link", "a.md", "up", ".."):
            place = f"{top / path}/{name}"
            assert opened(siblings.open_directory, place) == opened(beneath.open_directory, place)


def test_siblings_are_opened_by_their_names_alone(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(top, {"docs/in/a.md": "", "docs/beside/a.md": ""})
    opened = []
    really = os.open

    def noted(path: str, flags: int, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return really(path, flags, dir_fd=dir_fd)

    with beneath.Siblings() as siblings:
        os.close(siblings.open_directory(f"{top}/docs/in"))
        monkeypatch.setattr(os, "open", noted)
        os.close(siblings.open_directory(f"{top}/docs/beside"))
    assert opened == ["beside"]


@pytest.mark.parametrize("name", ["proc", "sys", "dev"])
def test_the_kernels_own_are_no_siblings_of_others(tmp_path: Path, name: str) -> None:
    (tmp_path / "root").symlink_to("/")
    with beneath.Siblings() as siblings:
        for above in ("", tmp_path / "root"):
            os.close(siblings.open_directory(f"{above}/usr"))
            with pytest.raises(beneath.OutsideError):
                siblings.open_directory(f"{above}/{name}")


def test_a_path_longer_than_any_can_be_is_refused_without_a_look_at_its_parts(top: Path) -> None:
    path = f"{top}/" + "a/" * 50_000
    with pytest.raises(OSError, match="too long"):
        beneath.resolve(path, str(top))
    assert beneath.Territory(str(top), str(top)).covers(path)  # nothing is there
