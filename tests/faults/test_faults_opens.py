"""What is opened and started on a hostile repository, as the kernel sees it."""

import os
import re
import site
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

import pytest
from faults.tracing import needs_strace
from services.daemons import Service
from support import REPOSITORY, STRACE, long_index, needs_git, python, unmeasured, wait_for, write_tree

pytestmark = [needs_strace, needs_git]

MARK = "MARK-OF-A-PRIVATE-FILE"
STORE = ".claude/agent-memory/reviewer"


def _paths_of(directory: str) -> list[str]:
    return [line for file in Path(directory).glob("*.pth") for line in file.read_text().splitlines()]


_OPENED = re.compile(r"\b(?:open|openat|openat2)\(.* = \d+<([^>]*)>$")
_STARTED = re.compile(r'\bexecve(?:at)?\("([^"]*)".* = 0$')
_ENDS = re.compile(r"\d+ +(?:\+\+\+|---)")
# Python's own files, the loader's, and those of the kernel that say something about this process or machine
_OWN = (
    *{sys.prefix, sys.base_prefix, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)},
    str(REPOSITORY / "memoryd"),
    *("/usr/lib", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/usr/share/locale"),
)
# Directories that the import system of Python lists, of an editable installation too
_SEARCHED = {line for each in site.getsitepackages() for line in _paths_of(each)}
_ALONE = re.compile(
    r"/etc/(?:ld\.so\.cache|localtime|passwd|nsswitch\.conf|locale\.alias|ssl/openssl\.cnf)|/usr/share/git-core/.*|/dev/null"
    r"|/dev/urandom|/proc/(?:\d+|self)/(?:status|mounts|mountinfo|stat|statm|cgroup|fd|task/.*)|/proc/mounts"
    r"|/proc/(?:filesystems|meminfo|cpuinfo|stat|uptime|locks|sys/.*)|/proc/\d+/fd/\d+|/sys/(?:kernel|fs)/.*"
)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Files beside the repository that nothing may open."""
    return write_tree(
        tmp_path / "private",
        {
            "keys.md": f"{MARK}\n",
            "store/MEMORY.md": f"- {MARK}\n",
            "store/topic.md": f"# {MARK}\n",
            "agents/evil.md": f"---\nname: evil\nmemory: project\n---\n{MARK}\n",
            "rules/rule.md": f"{MARK}\n",
            "settings.json": '{"autoMemoryEnabled": false}',
            "gitignore": "*.md\n",
            "hooks/pre-commit": "#!/bin/sh\n",
        },
    )


@pytest.fixture
def hostile(tmp_path: Path, private: Path, home: Path) -> Path:
    """A repository in which everything that memoryd looks at leads, or tries to lead, out."""
    top = tmp_path / "repository"
    links = "".join(
        f"- see [{number}]({path})\n"
        for number, path in enumerate(
            (
                "../../../../private/keys.md",
                "../../../../private/keys.md#part",
                f"{private}/keys.md",
                "../../../out/keys.md#part",
                "../../../deep/out/keys.md",
                "/../private/keys.md",
                "~/.ssh/id_rsa",
                "/proc/self/environ",
                "/dev/stdin",
            )
        )
    )
    write_tree(
        top,
        {
            f"{STORE}/MEMORY.md": f"# Notes\n\n{links}- [t](topic.md), [[../../../../private/keys]]\n",
            f"{STORE}/topic.md": "`../private/keys.md`, `out/keys.md`, docs/x.md\n@../../private/keys.md\n",
            ".claude/agents/own.md": "---\nname: own\nmemory: project\n---\n@../../../private/keys.md\n",
            "CLAUDE.md": "@../private/keys.md\n",
            "docs/a.md": "a\n",
            "deep/a.md": "a\n",
        },
    )
    (home / ".ssh").mkdir()
    (home / ".ssh/id_rsa").write_text(MARK)
    for name, target in {
        "out": str(private),
        "deep/out": "../../private",
        ".claude/agent-memory/linked": f"{private}/store",
        ".claude/agent-memory-local": str(private),
        f"{STORE}/keys.md": f"{private}/keys.md",
        f"{STORE}/environ.md": "/proc/self/environ",
        f"{STORE}/sub": f"{private}/store",
        ".claude/agents/evil.md": f"{private}/agents/evil.md",
        ".claude/agents/more": f"{private}/agents",
        ".claude/rules": f"{private}/rules",
        ".claude/settings.json": f"{private}/settings.json",
        ".claude/settings.local.json": "/dev/zero",
        "AGENTS.md": f"{private}/keys.md",
        "CLAUDE.local.md": "/proc/self/environ",
        ".gitignore": f"{private}/gitignore",
        ".gitattributes": f"{private}/gitignore",
    }.items():
        (top / name).symlink_to(target)
    subprocess.run(["git", "init", "-q", top], check=True)
    (top / ".git/info/exclude").unlink()
    (top / ".git/info/exclude").symlink_to(private / "gitignore")
    return top


def strace(trace: Path) -> list[str]:
    calls = "trace=open,openat,openat2,execve,execveat"
    options = ["-D", "-f", "-y", "-qq", "-s", "4096", "-e", calls, "-e", "signal=none"]
    return [str(STRACE), *options, "-o", str(trace)]


def judge(trace: Path, top: Path, home: Path, programs: set[str]) -> int:
    """Judge every open and every start; returns how many files were opened."""
    lines = trace.read_text(errors="replace").splitlines()
    started = {os.path.basename(found[1]) for line in lines if (found := _STARTED.search(line))}
    assert started <= programs | {os.path.basename(sys.executable)}, started
    opened = {found[1] for line in lines if (found := _OPENED.search(line))}
    own = [str(home), str(top), os.environ["XDG_RUNTIME_DIR"], *_OWN]
    made = r"memoryd-git-[^/]*(/.*)?|[a-z0-9_]{8}"  # the latter is Python's, which tries the directory
    temporary = re.compile(rf"{re.escape(os.path.realpath(gettempdir()))}/(?:{made})")
    strange = sorted(
        path
        for path in opened
        if not any(path == each or path.startswith(f"{each}/") for each in own)
        and not f"{top}/".startswith(f"{path.rstrip('/')}/")  # directories around it, held open
        and path not in {*sys.path, str(REPOSITORY), *_SEARCHED}
        and not _ALONE.fullmatch(path)
        and not temporary.fullmatch(path)
    )
    assert strange == [], "\n".join(strange[:40])
    assert f"{home}/.ssh/id_rsa" not in opened
    return len(opened)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--format", "github", "--select", "A,D,F,L,P,S"],
        ["check", "--diff", "--unsafe-fixes"],
        ["compact", "--diff"],
        ["prune"],
        ["status"],
    ],
    ids=" ".join,
)
def test_a_check_opens_nothing_outside_and_starts_nothing_but_git(
    hostile: Path, home: Path, tmp_path: Path, arguments: list[str]
) -> None:
    trace = tmp_path / "trace"
    command = [*strace(trace), *python("-m", "memoryd", *arguments)]
    environment = unmeasured() | {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=hostile, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert MARK not in done.stdout + done.stderr
    assert judge(trace, hostile, home, {"git"}) > 50


def test_the_daemon_opens_nothing_outside_and_starts_nothing(
    hostile: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in os.environ.keys() - unmeasured().keys():
        monkeypatch.delenv(name)
    monkeypatch.chdir(hostile)
    write_tree(hostile / STORE, {"MEMORY.md": (hostile / STORE / "MEMORY.md").read_text() + long_index()})
    config = home / ".config/memoryd/config.toml"
    write_tree(config.parent, {config.name: '[daemon]\nfixes = ["S001", "L", "P", "D", "F"]\n'})
    trace = tmp_path / "trace"
    with (tmp_path / "log").open("wb") as output:
        service = Service(output, tuple(strace(trace)), MEMORYD_PROJECTS=str(hostile), MEMORYD_SETTLE="0")
        try:
            service.wait_for("ready")
            wait_for(lambda: service.events("compacted"), 60)
            write_tree(hostile / STORE, {"new.md": "- [gone](../../../../private/gone.md)\n"})
            service.wait_for("indexed", 2)
        finally:
            service.process.terminate()
            service.process.wait(20)
        assert MARK not in service.text()
    assert judge(trace, hostile, home, set()) > 50
