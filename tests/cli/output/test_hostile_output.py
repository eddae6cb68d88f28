"""Every command over a repository whose every name and text is hostile, in pipes, files and on terminals."""

import json
import os
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.dom import minidom

import pytest
from cli.program import COMMAND, ROOT, Done, Terminal, memoryd
from support import needs_git, write_tree

from memoryd import cli

# What no reader may get: C0 (but tab and line feed), DEL, C1, bidirectional controls, hidden characters
FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
OURS = re.compile(r"\x1b\[\d+m|\x1b\[G\x1b\[K")  # styles, and progress
PIECES = (
    "\x1b[2J", "\x1b]0;PWN\x07", "\x1b]8;;http://evil\x1b\\", "\x9b31m", "\x7f", "\x08", "\r", "\x85",
    "\u2028", "\u202e", "\u2066", "\u200b", "\U000e0041", "\ufeff", "::add-mask::x", "##[add-mask]x",
    "\n::stop-commands::x", "\n ::set-output name=a::b", "\n##[error]x", "\r::error::x", "%0A::error::x",
    "fact", " ", "é", "|", "]", "`",
)  # fmt: skip
FORMATS = ("full", "concise", "github", "gitlab", "json", "sarif", "junit")
NEEDS_MORE = {"service", "run"}  # these need a user manager, or never end
pytestmark = needs_git


class Generator:
    """Hostile names and texts, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # the same each time

    def text(self, *, lines: bool = False) -> str:
        pieces = [piece for piece in PIECES if lines or "\n" not in piece]
        return "".join(self._random.choices(pieces, k=5))

    def name(self) -> str:
        """A name of a file, with any character that a file system takes, and one that is not UTF-8."""
        text = "".join(self._random.choices(PIECES, k=4)).replace("/", "_")
        return text[:60] + self._random.choice(["", "\udcff", "\n::error file=x::y"])


def make_repository(top: Path, seed: int) -> list[str]:
    """Write the repository and return the paths of its stores."""
    new = Generator(seed)
    environment = {
        **os.environ,
        "GIT_AUTHOR_DATE": "2020-01-01T00:00Z",
        "GIT_COMMITTER_DATE": "2020-01-01T00:00Z",
    }

    def git(*arguments: str) -> None:
        identity = ("-c", f"user.name=x{new.text()}", "-c", "user.email=x@example.com")
        subprocess.run(
            ["git", *identity, *arguments], cwd=top, env=environment, check=True, capture_output=True
        )

    git("init", "-q")
    (top / ".git" / "HEAD").write_text("ref: refs/heads/b::error::x\u202e\n")
    roots = []
    for agent, lines in (("plain", 220), (new.name(), 5)):
        root = os.path.join(top, ".claude", "agent-memory", agent)
        os.makedirs(root, exist_ok=True)
        roots.append(root)
        link = f"- [a{new.text()}](no{new.text()}where.md) {new.text()} yesterday\n"
        index = [
            f"# T{new.text()}\n", link, link, f"- see [x](#an{new.text()}) and [[wi{new.text()}ki]]\n",
            "- [t](t.md)\n", f"- `src/{new.text()}/x.py` is the fact\n",
            "- same fact entry about deploys\n" * 2,
            f"<!-- memoryd: ignore[{new.text()}] -->\n", *(f"- fact {n}\n" for n in range(lines)),
        ]  # fmt: skip
        topic = (
            f'---\nname: na{new.text()}me\ndescription: "de{new.text(lines=True)}"\ntype: odd{new.text()}\n'
            f"expires: 2020-01-01{new.text()}\n{new.text()}: x\n---\n"
            f"# H{new.text()}\ntext {new.text()} fact\n"
            f"<<<<<<< HEAD{new.text()}\n- same fact entry about deploys\n- [x] done {new.text()}\n"
        )
        files = {
            "MEMORY.md": "".join(index),
            "t.md": topic,
            "expired.md": "---\nexpires: 2020-01-01\n---\nold fact\n",
        }
        for _ in range(2):
            files[f"{new.name()}.md"] = (
                f"---\nname: na\n---\n[z](/home/u/{new.text()}.md) fact {new.text()}\n"
            )
        files[f"d{new.name()}/{new.name()}.md"] = topic
        for name, content in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content.encode(errors="surrogateescape"))
    agents = top / ".claude" / "agents"
    agents.mkdir()
    for number in range(3):
        (agents / f"{number}.md").write_text(
            f"---\nname: ag{new.text()}ent\ndescription: d{new.text()}\nmemory: pro{new.text()}\n---\n"
        )
    git("add", "-A")
    git("commit", "-q", "-m", f"x{new.text()}")
    return roots


def everyday(roots: list[str], evil: str) -> Iterator[tuple[str, ...]]:
    """Calls of commands that show or open stores."""
    yield from ((name,) for name in ("ls", "config", "purge-data"))
    yield from ((name, evil, evil) for name in ("add", "edit"))
    yield from (("path", which) for which in (*roots, evil))
    yield from (("ls", root) for root in roots)
    yield from (("report",), ("report", "--json"), ("report", "--redact", "--json"), ("report", "-o", evil))
    yield from (("usage",), ("usage", "--json"), ("usage", roots[1]), ("usage", evil))


def merging(roots: list[str], evil: str) -> Iterator[tuple[str, ...]]:
    """Calls of commands that merge."""
    yield from (("merge-driver", word) for word in (evil, "install", "uninstall"))
    yield ("merge-driver", evil, f"{roots[0]}/MEMORY.md", evil, evil)
    yield from (("resolve", path) for path in (evil, f"{roots[0]}/t.md"))
    yield from (("sync", *words) for words in ((), ("status",), ("init", evil), ("name", evil, evil)))
    yield from (("sync", *words) for words in (("--json",), ("key",), ("key", evil), ("drop", evil)))


def commands(roots: list[str]) -> Iterator[tuple[str, ...]]:
    """Calls of every command that looks, then of those that change, each of which is undone."""
    evil = "\x1b[2J\n::add-mask::x\u202e"
    yield ("status",)
    yield ("status", "--json")
    for name in FORMATS:
        yield ("check", "--format", name)
    yield ("link-check", "--format", "concise")
    yield from (("check", option) for option in ("--statistics", "--show-files", "--diff", "--all"))
    yield ("check", "--adding", evil)
    yield from everyday(roots, evil)
    for root in roots:
        yield ("show", root)
        yield ("show", root, "--json")
        yield ("diff", f"{root}/MEMORY.md@yesterday")
    yield ("log", "--patch")
    yield ("log", "--json")
    yield ("search", "fact", "--limit", "100")
    yield ("search", "fact", "--json")
    for name in ("compact", "prune", "dedupe"):
        yield (name,)
        yield (name, "--diff")
        yield (name, "--json")
    yield ("dedupe", "--across")
    yield from (
        ("forget", "fact"),
        ("forget", "fact", "--json"),
        ("forget", "--status"),
        ("forget", "--secret", evil),
    )
    yield ("doctor",)
    yield ("doctor", "--json")
    yield from (("history", word) for word in ("path", "verify", "expire", "size"))
    yield from (("index", word) for word in ("path", "rebuild", "verify"))
    for name in ("rule", "show", "check", "search", "cat", "diff", "restore", "log", "forget", evil):
        yield (name, evil)
    yield from ((name,) for name in ("help", "version", "init", "mcp", "statusline"))
    yield from (("hook", "status"), ("plugin", "path"), ("completion", "bash"), ("completion", evil))
    yield ("trust", "--list")
    yield ("trust", evil)
    yield ("untrust", evil)
    yield ("dismiss", "--all")
    yield ("dismiss", evil)
    yield ("move", evil, evil)
    yield from (("join", evil, "--into", roots[0]), ("join", roots[0], "--into", evil))
    yield from merging(roots, evil)
    yield ("move", roots[0], f"{roots[0]}-{evil}")
    yield ("help", evil)
    yield ("check", f"--{evil}")
    yield ("check", "--format", evil)
    yield from (("check", option, evil) for option in ("--select", "--secrets"))
    yield ("check", "--fix", "--unsafe-fixes")
    yield from (("undo",), ("add", roots[1], "one more fact"))
    yield from (("compact", "--apply"), ("undo", "--json"))
    yield ("prune", "--apply")
    yield ("dedupe", "--apply", "--unsafe-fixes")
    yield ("forget", "fact", "--apply")
    yield ("restore", roots[0], "--at", "1 second ago")
    yield ("log",)


def run(call: tuple[str, ...], cwd: Path) -> Done:
    return memoryd(*call, cwd=cwd, GITHUB_ACTIONS="true")


def assert_clean(text: str, call: tuple[str, ...]) -> None:
    found = FORBIDDEN.search(text)
    assert not found, (call, text[max(found.start() - 60, 0) : found.end() + 20])
    for line in text.split("\n"):
        if "github" in call and re.match(r"::(error|warning|notice) file=[^\n:]*::", line):
            continue
        assert not line.strip().startswith("::"), (call, line)
        assert "##[" not in line, (call, line)


def assert_reads(call: tuple[str, ...], out: str) -> None:
    """What is for machines can be read by them."""
    if "--json" in call or call[-1] in {"json", "sarif", "gitlab"}:
        json.loads(out)
    elif call[-1] == "junit":
        minidom.parseString(out)  # noqa: S318  # our own output


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6))])
def test_no_command_prints_what_names_and_texts_order(tmp_path: Path, seed: int) -> None:
    roots = make_repository(tmp_path, seed)
    called = set()
    for call in commands(roots):
        done = run(call, tmp_path)
        called.add(call[0])
        assert done.code in {0, 1, 2}, (call, done.err)
        assert_clean(done.out, call)
        assert_clean(done.err, call)
        if done.code != 2 or done.out:
            assert_reads(call, done.out)
    panels = cli._Memoryd.panels
    assert {name for names in panels.values() for name in names} - NEEDS_MORE <= called


def test_a_terminal_gets_no_more(tmp_path: Path) -> None:
    roots = make_repository(tmp_path, 3)
    calls = [
        ("status",),
        ("check",),
        ("show", roots[1]),
        ("search", "fact"),
        ("log", "-p"),
        ("check", "--x\x1b"),
    ]
    for call in [*calls, ("compact", "--diff"), ("check", "--show-files")]:
        out = OURS.sub("", Terminal(*call, cwd=tmp_path).finish().out)
        found = FORBIDDEN.search(out)
        assert not found, (call, out[max(found.start() - 60, 0) : found.end() + 20])


def test_diffs_in_files_are_those_that_git_applies(tmp_path: Path) -> None:
    make_repository(tmp_path, 4)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*COMMAND, "check", "--diff", "--unsafe-fixes"]
    with (tmp_path / "x.diff").open("wb") as file:
        subprocess.run(command, cwd=tmp_path, env=environment, stdout=file, check=False, timeout=120)
    assert (tmp_path / "x.diff").stat().st_size
    subprocess.run(["git", "apply", "--check", "x.diff"], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    ("variable", "command"),
    [
        ("TF_BUILD", "##vso[task.setvariable variable=x]y"),
        ("TEAMCITY_VERSION", "##teamcity[stop x='y']"),
    ],
)
def test_other_runners_find_no_command(tmp_path: Path, variable: str, command: str) -> None:
    text = f"{command}\n- [{command}]({command}.md) yesterday\n  {command}\n- see {command}\n"
    names = {"MEMORY.md": text, f"b\n{command}.md": f"---\nname: {command}\n---\n{text}"}
    write_tree(tmp_path / ".claude/agent-memory/plain", names)
    write_tree(tmp_path / f".claude/agent-memory/a\n{command}", {"MEMORY.md": text})
    calls = [("status",), ("search", "see"), ("check", "--diff"), ("show", command), (command,)]
    calls += [("check", "--format", each) for each in ("full", "github", "junit", "json")]
    for call in calls:
        done = memoryd(*call, cwd=tmp_path, **{variable: "1"})
        assert command[: command.index("[") + 1] not in done.out + done.err, call
