"""What is installed: manual pages of every command and topic, and all files of the package."""

import re
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from house.documentation import TOPICS, text_of
from support import REPOSITORY

from man import pages as manual
from memoryd import __version__
from memoryd.cli import app
from memoryd.cli.values import summary, topic_files

COMMANDS = getattr(typer.main.get_command(app), "commands", {})
PAGES = manual.pages()


def shown(roff: str) -> str:
    """The words of a page, without what makes its form."""
    text = re.sub(r"^\.(?:TH|PP|TP|RS|RE|EX|EE|br|IP)\b.*$|^\.S[HS] ", " ", roff, flags=re.MULTILINE)
    return " ".join(re.sub(r"\\f[BIR]|\\&", "", text).replace("\\-", "-").replace("\\e", "\\").split())


def test_every_command_and_topic_has_a_page() -> None:
    wanted = {
        "memoryd.1",
        *(f"memoryd-{name}.1" for name in COMMANDS),
        *(f"memoryd-{name}.7" for name in TOPICS),
    }
    assert set(PAGES) == wanted


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_on_the_page(name: str) -> None:
    page = shown(PAGES[f"memoryd-{name}.1"])
    every = [COMMANDS[name], *getattr(COMMANDS[name], "commands", {}).values()]
    options = {
        option for command in every for each in command.params for option in each.opts if "-" in option
    }
    assert [option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", page)] == []
    assert f"memoryd {__version__}" in PAGES[f"memoryd-{name}.1"]


@pytest.mark.parametrize("topic", TOPICS)
def test_no_word_of_a_topic_is_lost(topic: str) -> None:
    page = shown(PAGES[f"memoryd-{topic}.7"]).casefold()
    body = "\n".join(text_of(topic).split("\n")[4:])
    body = re.sub(r"^\|.*\|\n(?=\|-)", "", body, flags=re.MULTILINE)  # heads of tables
    body = re.sub(r"^\|[-|]+$|^```.*$|(?<!\\)\||^#+ |^- |^\d+\. ", " ", body, flags=re.MULTILINE)
    words = {each.casefold() for each in re.sub(r"[`*\\]", "", body).split()}
    plain = re.sub(r"[`*\\]", "", page)
    assert [word for word in words if word not in plain] == []


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        (".TH evil", "\\&.TH evil"),
        ("'evil", "\\&'evil"),
        ("a\\fBb", "a\\efBb"),
        ("`--fix` and --fix, well-known", "\\fB\\-\\-fix\\fR and \\-\\-fix, well-known"),
    ],
)
def test_text_cannot_become_a_request(text: str, roff: str) -> None:
    assert manual._text(text) == roff


def test_groff_has_nothing_to_say(tmp_path: Path) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    found = manual.write_pages(tmp_path)
    done = subprocess.run(
        [groff, "-man", "-ww", "-Tutf8", "-Kutf8", "-z", *found], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_the_summary_of_a_topic_is_one_line() -> None:
    assert [name for name, file in topic_files().items() if len(summary(file)) > 105] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built with what is installed: without network."""
    if find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    (path,) = target.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_has_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    package = REPOSITORY / "memoryd"
    wanted = {
        path.relative_to(REPOSITORY).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = set(wheel.namelist())
    assert wanted - held == set()
    assert {"memoryd/py.typed", "memoryd/docs/ci.md"} <= held
    assert {Path(name).name for name in held if "/share/man/" in name} == set(PAGES)
    assert {name.partition("/")[0] for name in held} == {
        "memoryd",
        f"memoryd-{__version__}.dist-info",
        f"memoryd-{__version__}.data",
    }
