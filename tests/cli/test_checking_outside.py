"""No command tells a repository what exists outside of it."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from support import needs_git

pytestmark = needs_git

THERE = "there.md"  # beside the repository, in one of two runs


def told(tmp_path: Path, make: Callable[[Path], None], *arguments: str) -> list[str]:
    """What a command prints where files outside exist, and where they do not."""
    outputs = []
    for name in ("with", "none"):  # of one length, as sizes are printed
        top = tmp_path / name / "repository"
        top.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", top], check=True)
        outside = tmp_path / name / "outside"
        outside.mkdir()
        if name == "with":
            for place in (outside, outside / "deep", outside.parent):
                place.mkdir(exist_ok=True)
                (place / THERE).write_text("# Heading\n")
                (place / "There.md").write_text("# Heading\n")
        make(top)
        done = memoryd(*arguments, cwd=top)
        assert done.code in {0, 1}, done.err
        output = (done.out + done.err).replace(str(tmp_path / name), "TMP")
        outputs.append(re.sub(r"in commit [0-9a-f]{7}", "in a commit", output))  # their files name paths
    return outputs


def relative(top: Path) -> None:
    project_store(
        top,
        "relative",
        {
            "MEMORY.md": "".join(
                f"- see [a]({path})\n"
                for path in (
                    "../../../../outside/there.md",
                    "../../../../outside/THERE.md",
                    "../../../../outside/there.md#no-such-part",
                    "../../../../outside",
                    "../../../../outside/deep/",
                    "../../../../there.md",
                    "..%2f..%2f..%2f..%2foutside%2fthere.md",
                    "../../../../repository/../outside/there.md",
                    "../../../../repository/real.md",
                )
            )
            + "- ![a](../../../../outside/there.md) [[../../../../outside/there]]\n"
            + "[r]: ../../../../outside/there.md\n[x][r] <../../../../outside/there.md>\n"
        },
    )
    (top / "real.md").write_text("# Real\n")


def absolute(top: Path) -> None:
    outside = top.parent / "outside"
    paths = (outside / THERE, outside, f"{outside}/deep/there.md#part", top / ".." / "outside" / THERE)
    project_store(top, "absolute", {"MEMORY.md": "".join(f"- see [a]({path})\n" for path in paths)})


def from_root(top: Path) -> None:
    """Paths from the root of the repository, which `..` leaves."""
    text = "- see [a](/../outside/there.md) [b](/x/../../outside/there.md) [c](//outside/there.md)\n"
    project_store(top, "from_root", {"MEMORY.md": text})


def through_links(top: Path) -> None:
    """A directory, and one below it, are links out of the repository."""
    project_store(
        top,
        "through_links",
        {
            "MEMORY.md": "- see [a](../../../out/there.md) [b](../../../out/deep/there.md#x)\n"
            "- see [c](../../../in/out/there.md)\n"
        },
    )
    (top / "out").symlink_to("../outside")
    (top / "in").mkdir()
    (top / "in" / "out").symlink_to("../../outside")


def commit(top: Path, message: str) -> None:
    subprocess.run(["git", "-C", top, "add", "-A"], check=True)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-01T00:00:00Z")
    command = ["git", "-C", str(top), *identity, "commit", "-qm", message]
    subprocess.run(command, check=True, env=os.environ | dates)


def swapped(top: Path) -> None:
    """A tracked directory became a link: its earlier files are missing, or files outside."""
    project_store(
        top, "swapped", {"MEMORY.md": "- `docs/there.md` has it\n- see [a](../../../docs/there.md)\n"}
    )
    (top / "docs").mkdir()
    (top / "docs" / THERE).write_text("text of the repository\n")
    (top / "docs" / "other.md").write_text("text of the repository, and more of it\n")
    commit(top, "first")
    (top / "docs" / THERE).unlink()
    (top / "docs" / "other.md").unlink()
    (top / "docs").rmdir()
    (top / "docs").symlink_to("../outside")
    commit(top, "second")


def everything(top: Path) -> None:
    for make in (relative, absolute, from_root, through_links, swapped):
        make(top)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--format", "full"],
        ["check", "--format", "json", "--select", "A,D,F,L,P,S"],
        ["check", "--format", "concise", "--tracked"],
        ["check", "--diff", "--unsafe-fixes"],
        ["prune", "--json"],
        ["show", "relative"],
    ],
    ids=" ".join,
)
def test_output_is_the_same_whatever_exists_outside(tmp_path: Path, arguments: list[str]) -> None:
    with_them, without_them = told(tmp_path, everything, *arguments)
    assert with_them == without_them
    assert with_them


def test_a_baseline_asks_for_nothing_outside(tmp_path: Path) -> None:
    def make(top: Path) -> None:
        project_store(top, "reviewer", {"MEMORY.md": "- a\n"})
        finding = {"code": "L001", "path": "../outside/there.md", "quoted": "[a](b.md)", "count": 1}
        memoryd("check", "--baseline", "known.json", "--write-baseline", cwd=top)
        known = json.loads((top / "known.json").read_text())
        known["findings"].append(finding)
        (top / "known.json").write_text(json.dumps(known))

    with_them, without_them = told(tmp_path, make, "check", "--baseline", "known.json")
    assert with_them == without_them


def test_a_link_that_leaves_the_repository_of_a_shared_store_is_reported(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    links = "- see [a](../../../../x.md), [b](../../../x.md), [c](../../../../../etc/hostname)\n"
    project_store(tmp_path, "reviewer", {"MEMORY.md": links})
    found = json.loads(memoryd("check", "--json", cwd=tmp_path).out)["diagnostics"]
    assert [
        (each["code"], each["message"].partition(":")[0]) for each in found if each["code"] != "L004"
    ] == [
        ("L008", '"../../../../x.md" is outside of the repository, and this store is shared'),
        ("L001", '"../../../x.md" does not exist'),
        ("L008", '"../../../../../etc/hostname" is outside of the repository, and this store is shared'),
    ]


def test_a_person_who_trusts_the_repository_has_its_links_judged(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    top.mkdir()
    subprocess.run(["git", "init", "-q", top], check=True)
    (tmp_path / "there.md").write_text("x\n")
    links = "- see [a](../../../../there.md), [b](../../../../gone.md)\n"
    project_store(top, "reviewer", {"MEMORY.md": links})
    assert memoryd("trust", ".", cwd=top).code == 0
    found = json.loads(memoryd("check", "--select", "L001,L008", "--json", cwd=top).out)["diagnostics"]
    assert [(each["code"], each["message"]) for each in found] == [
        ("L001", '"../../../../gone.md" does not exist')
    ]
