"""Hostile repositories run no program, whatever memoryd does."""

import json
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from faults.canaries import KEYS, PLACES, STORE, Canaries, ask_as_before, make_template
from services.daemons import Service
from support import REPOSITORY, STRACE, needs_git, python, strace_works, wait_for, write_tree

pytestmark = needs_git

# Keys of git 2.39 that look as if they ran a program, and do not.
HARMLESS = frozenset({
    "advice.updateSparsePath", "credential.protectProtocol", "credential.sanitizePrompt",
    "credential.username",
    "credentialCache.ignoreSIGHUP", "credentialStore.lockTimeoutMS", "sendemail.forbidSendmailVariables",
    "transfer.credentialsInUrl", "uploadpack.allowAnySHA1InWant", "uploadpack.allowReachableSHA1InWant",
    "uploadpack.allowRefInWant", "uploadpack.allowTipSHA1InWant",
    "uploadpack.hideRefs", "uploadpack.keepAlive",
    "advice.waitingForEditor", "bundle.<id>.uri", "clean.requireForce", "color.pager", "column.clean",
    "completion.commands", "core.fsmonitorHookVersion", "credential.useHttpPath",
    "diff.<driver>.cachetextconv", "difftool.prompt", "difftool.trustExitCode", "fetch.output",
    "gpg.format", "gpg.minTrustLevel", "gpg.ssh.allowedSignersFile", "gpg.ssh.revocationFile",
    "guitool.<name>.argPrompt", "guitool.<name>.confirm", "guitool.<name>.needsFile",
    "guitool.<name>.noConsole", "guitool.<name>.noRescan", "guitool.<name>.prompt",
    "guitool.<name>.revPrompt", "guitool.<name>.revUnmerged", "guitool.<name>.title", "help.htmlPath",
    "http.proxy", "http.proxyAuthMethod", "http.proxySSLCAInfo", "http.proxySSLCert",
    "http.proxySSLCertPasswordProtected", "http.proxySSLKey", "instaweb.modulePath",
    "mergetool.hideResolved", "mergetool.keepBackup", "mergetool.keepTemporaries",
    "mergetool.meld.hasOutput", "mergetool.meld.useAutoMerge", "mergetool.prompt",
    "mergetool.<tool>.hideResolved", "mergetool.<tool>.trustExitCode", "mergetool.vimdiff.layout",
    "mergetool.writeToTemp", "notes.rewrite.<command>", "rebase.abbreviateCommands",
    "rebase.rescheduleFailedExec", "remote.<name>.proxy", "remote.<name>.proxyAuthMethod", "ssh.variant",
    "advice.ignoredHook", "commit.template", "gui.newBranchTemplate", "fsck.fullPathname",
    "receive.fsck.fullPathname", "status.relativePaths", "core.quotePath", "sendemail.smtpServerOption",
    "sendemail.smtpServerPort", "sendemail.smtpsslcertpath", "commit.cleanup", "http.sslCAPath",
    "fsck.gitmodulesPath", "receive.fsck.gitmodulesPath", "clone.filterSubmodules", "uploadpack.allowFilter",
    "uploadpackfilter.<filter>.allow", "uploadpackfilter.allow", "uploadpackfilter.tree.maxDepth",
    "remote.<name>.partialclonefilter", "commitGraph.readChangedPaths", "commitGraph.maxNewFilters",
    "fsck.gitmodulesUpdate", "receive.fsck.gitmodulesUpdate", "push.gpgSign", "tag.gpgSign",
    "commit.gpgSign", "fsmonitor.allowRemote", "fsmonitor.socketDir", "include.path",
    "includeIf.<condition>.path", "receive.fsck.gitmodulesUrl", "fsck.gitmodulesUrl", "gitweb.url",
})  # fmt: skip
LOOKS = re.compile(
    r"cmd|command|program|external|textconv|clean|smudge|process|driver$|pager|editor|helper|hook|monitor"
    r"|askpass|proxy|(upload|receive)pack|vcs|tool|path$|browser|tunnel|filter|exec|sendmail|smtpserver|template"
    r"|^alias|ssh|gpg|^include|url$|insteadof|\.update$|credential",
    re.IGNORECASE,
)
SUBSECTIONS = ("canary", "origin", "process", "log", "openpgp", "ext::sh -c")


def written(key: str) -> set[str]:
    """How a key of the documentation may be written in `KEYS`."""
    key = key.replace("credential.<url>.*", "credential.https://example.com.helper").casefold()
    return {re.sub(r"<[^>]+>|\*", name, key) for name in SUBSECTIONS}


def test_every_key_of_git_that_can_run_a_program_is_known() -> None:
    listed = subprocess.run(["git", "help", "--config"], capture_output=True, text=True, check=True).stdout
    known = {key.casefold() for key in KEYS}
    harmless = {key.casefold() for key in HARMLESS}
    unknown = [
        key
        for key in listed.split()
        if "." in key and LOOKS.search(key) and key.casefold() not in harmless and not written(key) & known
    ]
    assert unknown == []


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Canaries:
    """All keys at once in each place; the tests share it, and each may change the memory."""
    found = Canaries(tmp_path_factory.mktemp("hostile"), template)
    for place in PLACES:
        found.make(place, KEYS, place)
    return found


def environment(hostile: Canaries, **more: str) -> dict[str, str]:
    projects = os.pathsep.join(map(str, hostile.tops))
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "MEMORYD_PROJECTS": projects, **more}


def commands(hostile: Canaries, *, thorough: bool) -> Iterable[tuple[str, ...]]:
    """Every command that looks at stores or repositories; the slow ones at all of them if thorough."""
    store = str(hostile.tops[0] / STORE)
    where = tuple(map(str, hostile.tops))
    some = where if thorough else where[:2]
    yield from (("status",), ("doctor",), ("search", "fact"), ("show", store))
    yield from ((name, *where) for name in ("check", "link-check", "prune", "log"))
    yield ("check", "--format", "github", *some)
    yield ("check", "--diff", *some)
    yield ("check", "--tracked", store)
    yield ("dedupe", *some)
    yield ("prune", "--older-than", "1d", *where)
    yield ("compact", "--diff", *where)
    yield ("compact", "--apply", *where)
    yield ("diff", f"{store}/MEMORY.md")
    yield ("undo",)
    yield ("restore", f"{store}/MEMORY.md")
    yield ("check", "--fix", *some)
    yield ("forget", "zebra")
    yield ("forget", "zebra", "--purge", "--apply")
    if thorough:
        yield ("show", "reviewer")


def run_commands(hostile: Canaries, chosen: Iterable[tuple[str, ...]]) -> int:
    """Run commands, and return how many there were."""
    count = 0
    for arguments in chosen:
        done = subprocess.run(
            python("-m", "memoryd", *arguments), capture_output=True, text=True, check=False,
            env=environment(hostile), cwd=hostile.code, stdin=subprocess.DEVNULL, timeout=600,
        )  # fmt: skip
        count += 1
        assert "Traceback" not in done.stderr, done.stderr
        assert "bug:" not in done.stderr, done.stderr
        assert hostile.seen == set(), arguments
    return count


_TOGETHER = """import json, os, sys
from memoryd.__main__ import main
ran = sys.argv[1]
for arguments in json.load(sys.stdin):
    sys.argv = ["memoryd", *arguments]
    try:
        main()
    except SystemExit:
        pass
    if os.path.exists(ran):
        sys.exit(f"a program ran: {arguments}")
"""


def run_together(hostile: Canaries, chosen: Iterable[tuple[str, ...]]) -> int:
    """Run commands in one process, which takes a third of the time, and return how many there were."""
    each = list(chosen)
    done = subprocess.run(
        python("-c", _TOGETHER, str(hostile.root / "ran")), capture_output=True, text=True, check=False,
        env=environment(hostile), cwd=hostile.code, input=json.dumps(each), timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "bug:" not in done.stderr, done.stderr
    assert hostile.seen == set()
    return len(each)


def test_the_canaries_sing_where_git_is_asked_as_before(tmp_path: Path, template: Path) -> None:
    hostile = Canaries(tmp_path / "hostile", template)
    for place in PLACES:
        ask_as_before(hostile.make(place, KEYS, place))
    ask_as_before(hostile.make("in_partial_clone", ["remote.origin.uploadpack"], "uploadpack"))
    keys = {name.partition(": ")[2] for name in hostile.seen}
    assert keys >= {
        "core.fsmonitor", "core.hooksPath", "diff.canary.textconv", "filter.canary.clean",
        "filter.process.process", "gpg.program", "remote.origin.uploadpack", "remote.origin.url",
    }  # fmt: skip
    assert {name.partition(": ")[0] for name in hostile.seen} > set(PLACES)


def test_no_command_runs_what_a_repository_names(hostile: Canaries) -> None:
    hostile.lengthen(hostile.code / place for place in ("in_config", "in_bare_repository_in_the_store"))
    assert run_together(hostile, commands(hostile, thorough=False)) >= 20


@pytest.mark.slow
def test_no_command_runs_what_a_repository_names_when_it_compacts_all(hostile: Canaries) -> None:
    hostile.lengthen(hostile.tops)
    run_commands(hostile, commands(hostile, thorough=True))


@pytest.mark.slow
@pytest.mark.parametrize("place", ["in_config", "in_bare_repository_in_the_store", "in_partial_clone"])
def test_no_command_runs_what_a_single_key_names(place: str, tmp_path: Path, template: Path) -> None:
    hostile = Canaries(tmp_path / "hostile", template)
    for number, key in enumerate(KEYS):
        hostile.make(place, [key], f"r{number}")
    hostile.lengthen(hostile.tops[::10])
    run_commands(hostile, commands(hostile, thorough=False))


def test_what_the_user_configured_is_not_run_on_attributes_of_a_repository(
    tmp_path: Path, template: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = Canaries(tmp_path / "hostile", template)
    directory = hostile.make("in_config", [], "attributes")
    write_tree(home, {"gitconfig": hostile.configuration("user", KEYS)})
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    hostile.lengthen(hostile.tops)
    where = str(hostile.tops[0])
    chosen = (["check", "--tracked"], ["prune", "--older-than=1d"], ["compact", "--apply"], ["forget", "x"])
    run_together(hostile, [(*arguments, where) for arguments in chosen])
    ask_as_before(directory)
    assert "user: filter.canary.clean" in hostile.seen


# The daemon

_HOOK = """import os, sys
STARTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.forkpty"}
def hook(event, arguments):
    if event in STARTS:
        with open(os.environ["STARTED"], "a") as file:
            file.write(f"{event} {arguments}\\n")
sys.addaudithook(hook)
"""


def daemon_at_work(hostile: Canaries, tmp_path: Path, before: tuple[str, ...] = ()) -> str:
    """Let a daemon look after hostile repositories until it has compacted them all; return its log."""
    number = len(hostile.tops)
    hostile.lengthen(hostile.tops)
    paths = os.pathsep.join([str(REPOSITORY), str(tmp_path / "hook")])
    write_tree(tmp_path / "hook", {"sitecustomize.py": _HOOK})
    more = {"STARTED": str(tmp_path / "started"), "PYTHONPATH": paths, "MEMORYD_SETTLE": "0"}
    config = Path(os.environ["HOME"]) / ".config/memoryd/config.toml"
    write_tree(config.parent, {config.name: '[daemon]\nfixes = ["S001", "L", "P", "D", "F"]\n'})
    with (tmp_path / "log").open("wb") as output:
        service = Service(output, before, **(environment(hostile) | more))
        try:
            service.wait_for("ready")
            wait_for(lambda: len(service.events("compacted")) >= number, 60)
            write_tree(hostile.tops[0] / STORE, {"new.md": "- [gone](gone.md)\n"})
            service.wait_for("indexed", 2)
        finally:
            service.process.terminate()
            service.process.wait(20)
        return service.text()


def test_the_daemon_starts_no_process(hostile: Canaries, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    calls = ("-e", "trace=execve,execveat", "-e", "signal=none", "-o", str(trace))
    before = (str(STRACE), "-D", "-f", "-qq", *calls) if strace_works() else ()
    daemon_at_work(hostile, tmp_path, before)
    assert not (tmp_path / "started").exists(), (tmp_path / "started").read_text()
    assert hostile.seen == set()
    if not before:
        pytest.skip("no strace that may trace here: only Python was asked what it starts")
    seen = [line for line in trace.read_text().splitlines() if "exec" in line]
    assert len(seen) == 1, seen  # its own start


def test_the_hook_sees_what_a_command_starts(hostile: Canaries, tmp_path: Path) -> None:
    write_tree(tmp_path / "hook", {"sitecustomize.py": _HOOK})
    paths = os.pathsep.join([str(REPOSITORY), str(tmp_path / "hook")])
    more = environment(hostile, STARTED=str(tmp_path / "started"), PYTHONPATH=paths)
    command = python("-m", "memoryd", "check", str(hostile.tops[0]))
    subprocess.run(command, env=more, capture_output=True, check=False)
    assert "subprocess.Popen" in (tmp_path / "started").read_text()


def test_keys_and_places_are_many() -> None:
    assert len(KEYS) >= 70
    assert len(PLACES) >= 12
