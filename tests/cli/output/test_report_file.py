import os
import stat
from pathlib import Path

import pytest

from memoryd.cli.output.report_file import replace_file
from memoryd.errors import MemorydError


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "r" / ".git").mkdir(parents=True)
    (tmp_path / "r" / "inside").mkdir()
    return tmp_path / "r"


@pytest.mark.parametrize("target", ["../outside/precious", "../outside/missing", "x.json", "../outside"])
def test_a_link_is_replaced_and_what_it_leads_to_stays(repository: Path, target: str) -> None:
    precious = repository.parent / "outside" / "precious"
    precious.write_text("precious")
    link = repository / "x.json"
    link.symlink_to(target)
    replace_file(link, "report")
    assert not link.is_symlink()
    assert link.read_text() == "report"
    assert precious.read_text() == "precious"
    assert sorted(path.name for path in precious.parent.iterdir()) == ["precious"]
    assert sorted(path.name for path in repository.iterdir()) == [".git", "inside", "x.json"]


def test_a_hard_link_is_not_written_through(repository: Path) -> None:
    precious = repository.parent / "outside" / "precious"
    precious.write_text("precious")
    os.link(precious, repository / "x.json")
    replace_file(repository / "x.json", "report")
    assert precious.read_text() == "precious"


@pytest.mark.parametrize("way", ["out/x.json", "in/deep/x.json", "chain/x.json", "missing/x.json"])
def test_a_directory_that_leads_out_of_its_repository_is_refused(repository: Path, way: str) -> None:
    outside = repository.parent / "outside"
    (repository / "out").symlink_to(outside)
    (repository / "in").symlink_to("inside")
    (repository / "inside" / "deep").symlink_to("../../outside")
    (repository / "chain").symlink_to("out")
    (repository / "missing").symlink_to("../outside/none")
    with pytest.raises(MemorydError, match="is a link out of the repository"):
        replace_file(repository / way, "report")
    assert not list(outside.iterdir())


def test_a_directory_link_inside_the_repository_or_of_the_user_is_followed(repository: Path) -> None:
    (repository / "in").symlink_to("inside")
    replace_file(repository / "in" / "x.json", "report")
    assert (repository / "inside" / "x.json").read_text() == "report"
    (repository.parent / "mine").symlink_to("outside")
    replace_file(repository.parent / "mine" / "x.json", "report")
    assert (repository.parent / "outside" / "x.json").read_text() == "report"


def test_the_mode_of_the_file_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("old")
    path.chmod(0o600)
    replace_file(path, "report")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_pipe_is_written_to() -> None:
    receiver, sender = os.pipe()
    replace_file(Path(f"/dev/fd/{sender}"), "report")
    assert os.read(receiver, 100) == b"report"
    os.close(receiver)
    os.close(sender)


def test_errors_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(MemorydError, match="No such file or directory"):
        replace_file(tmp_path / "none" / "x.json", "report")
    (tmp_path / "directory").mkdir()
    with pytest.raises(MemorydError, match="Is a directory"):
        replace_file(tmp_path / "directory", "report")
    assert [path.name for path in tmp_path.iterdir()] == ["directory"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_is_not_writable_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(MemorydError, match="its directory is not writable"):
        replace_file(tmp_path / "x.json", "report")
    tmp_path.chmod(0o700)


def test_a_pipe_that_nothing_reads_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "report.json")
    with pytest.raises(MemorydError, match="cannot write"):
        replace_file(tmp_path / "report.json", "report")
