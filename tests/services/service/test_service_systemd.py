"""The service under a real `systemd --user`."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from services.user_manager import UserManager, user_manager, why_not
from support import lines_of, long_index, tree, wait_for, write_tree

from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.stores.profiles import CLAUDE_AGENT

pytestmark = pytest.mark.skipif(bool(why := why_not()), reason=why)

UNIT = Path(".config", "systemd", "user", "memoryd.service")


@pytest.fixture
def manager(home: Path) -> Iterator[UserManager]:
    with user_manager(home) as manager:
        yield manager


@pytest.fixture
def container(home: Path) -> Path:
    return write_tree(home / ".claude" / "agent-memory", {"reviewer/MEMORY.md": "- a\n"})


def configure(home: Path, text: str) -> None:
    write_tree(home / ".config" / "memoryd", {"config.toml": text})


def is_whole(root: Path) -> bool:
    return loaded_view((root / "MEMORY.md").read_bytes(), CLAUDE_AGENT).cut_offset is None


def indexed(home: Path) -> int:
    with closing(sqlite3.connect(home / ".cache" / "memoryd" / "index.db")) as database:
        return int(database.execute("SELECT count(*) FROM documents").fetchone()[0])


def test_install_waits_for_the_first_scan_and_lets_the_doctor_look(
    manager: UserManager, container: Path, home: Path
) -> None:
    for number in range(100):
        write_tree(container / f"agent{number}", {"MEMORY.md": f"- {number}\n", "topic.md": "t\n"})
    done = manager.memoryd("service", "install")
    assert indexed(home) == 201
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the service runs as process " in done.stderr
    assert "starts this memoryd with your session" in done.stdout
    assert (manager.show("ActiveState"), manager.show("UnitFileState")) == ("active", "enabled")
    events = [json.loads(line)["event"] for line in manager.journal().splitlines() if line.startswith("{")]
    assert events.index("ready") > events.index("indexed")
    assert manager.memoryd("service", "logs", "-n", "5").stdout.count("\n") == 5


def test_a_second_install_changes_nothing_and_says_so(manager: UserManager, container: Path) -> None:
    manager.install()
    pid = manager.show("MainPID")
    done = manager.memoryd("service", "install")
    assert (done.returncode, "nothing to do" in done.stderr) == (0, True)
    assert manager.show("MainPID") == pid
    manager.install(MEMORYD_SETTLE="7")
    assert manager.show("MainPID") != pid
    assert "MEMORYD_SETTLE=7" in manager.show("Environment")
    assert "is not what this memoryd would install" in manager.memoryd("doctor").stdout
    assert container.is_dir()


def test_uninstall_keeps_what_is_known_and_says_where(
    manager: UserManager, container: Path, home: Path
) -> None:
    manager.install("--strict")
    theirs = home / f"{UNIT}.d" / "own.conf"
    theirs.write_text("[Service]\nNice=5\n")
    memory = tree(container)
    kept = [home / ".local" / "state" / "memoryd" / "history.db", home / ".cache" / "memoryd" / "index.db"]
    done = manager.memoryd("service", "uninstall")
    assert done.returncode == 0, done.stderr
    assert "kept: .local/state/memoryd/history.db, .cache/memoryd/index.db" in done.stderr
    assert all(path.exists() for path in kept)
    assert tree(container) == memory
    assert tree(home / ".config" / "systemd") == {"user/memoryd.service.d/own.conf": b"[Service]\nNice=5\n"}
    assert manager.show("ActiveState") == "inactive"
    again = manager.memoryd("service", "uninstall")
    assert (again.returncode, "nothing to do" in again.stderr) == (0, True)
    write_tree(home / f"{UNIT}.d", {"strict.conf": "[Service]\n"})  # of a unit that somebody removed
    assert manager.memoryd("service", "uninstall").returncode == 0
    assert not (home / f"{UNIT}.d" / "strict.conf").exists()


def test_start_stop_restart_and_status_tell_the_truth(
    manager: UserManager, container: Path, home: Path
) -> None:
    absent = manager.memoryd("service", "start")
    assert (absent.returncode, "is not installed" in absent.stderr) == (2, True)
    assert manager.memoryd("service", "status").returncode == 1
    manager.install()
    up = manager.memoryd("service", "status")
    assert (up.returncode, up.stdout.startswith("active since ")) == (0, True)
    write_tree(home, {"bin/loginctl": "#!/bin/sh\necho Linger=no\n"})
    (home / "bin" / "loginctl").chmod(0o755)
    path = f"{home}/bin:{os.environ['PATH']}"
    assert "linger" not in manager.memoryd("doctor", PATH=path).stdout
    assert "enable-linger" in manager.memoryd("doctor", PATH=path, SSH_CONNECTION="x").stdout
    assert manager.memoryd("service", "stop").returncode == 0
    down = manager.memoryd("service", "status", "--json")
    assert down.returncode == 1
    told = json.loads(down.stdout)
    assert (told["active"], told["enabled"], told["pid"]) == ("inactive", True, None)
    assert manager.memoryd("service", "start").returncode == 0
    pid = manager.show("MainPID")
    assert manager.memoryd("service", "restart").returncode == 0
    assert manager.show("MainPID") not in {pid, "0"}
    assert container.is_dir()


@pytest.mark.slow
def test_a_hanging_one_is_killed_and_started_anew(manager: UserManager, container: Path) -> None:
    manager.install()
    manager.configure(WatchdogSec="2", TimeoutAbortSec="1", RestartSec="100ms")
    manager.memoryd("service", "restart")
    time.sleep(5)
    assert manager.show("NRestarts") == "0"  # one that lives is left alone
    pid = manager.show("MainPID")
    manager.kill("SIGSTOP")
    manager.wait_for("NRestarts", "1")
    manager.wait_for("ActiveState", "active")
    assert manager.show("MainPID") not in {pid, "0"}
    manager.kill("SIGABRT")  # what the watchdog begins with: where it hung goes to the journal
    manager.wait_for("NRestarts", "2")
    assert "Current thread" in manager.journal()
    assert container.is_dir()


def test_an_end_in_the_middle_of_rewriting_leaves_nothing_broken(
    manager: UserManager, container: Path, home: Path
) -> None:
    configure(home, 'enforce = "compact"\nsettle = 0\n')
    roots = [write_tree(container / f"agent{n}", {"MEMORY.md": long_index()}) for n in range(30)]
    before = {root: lines_of(root) for root in roots}
    manager.install()
    wait_for(lambda: '"compacted"' in manager.journal(), 60)
    manager.systemctl("stop", "memoryd")
    assert manager.show("Result") == "success"
    done = [root for root in roots if is_whole(root)]
    assert done
    for root in roots:
        assert before[root] <= lines_of(root)
        assert [path.name for path in root.rglob(".*")] == []
    assert manager.memoryd("history", "verify").returncode == 0
    manager.memoryd("service", "start")
    wait_for(lambda: all(map(is_whole, roots)), 60)


def test_a_bad_new_configuration_keeps_the_old_one(manager: UserManager, container: Path, home: Path) -> None:
    configure(home, 'enforce = "compact"\nsettle = "0.2s"\nrescan = "1s"\n')
    manager.install()
    pid = manager.show("MainPID")
    configure(home, "settle = [\n")
    manager.run("systemctl", "--user", "reload", "memoryd")
    wait_for(lambda: "cannot read the configuration" in manager.journal())
    assert (manager.show("ActiveState"), manager.show("MainPID")) == ("active", pid)
    root = write_tree(container / "tester", {"MEMORY.md": long_index()})
    wait_for(lambda: is_whole(root))


def test_a_bad_configuration_at_the_start_is_not_tried_again(
    manager: UserManager, container: Path, home: Path
) -> None:
    manager.install()
    manager.configure(RestartSec="50ms")
    configure(home, "setle = 5\n")
    done = manager.memoryd("service", "restart")
    assert done.returncode == 2
    assert "its configuration is bad" in done.stderr
    time.sleep(1)
    assert (manager.show("ActiveState"), manager.show("NRestarts")) == ("failed", "0")
    assert manager.show("ExecMainStatus") == "78"
    doctor = manager.memoryd("doctor")
    assert doctor.returncode == 1
    assert '✗ ~/.config/memoryd/config.toml:1: unknown key "setle"' in doctor.stdout
    assert "✗ the service has failed: its configuration is bad" in doctor.stdout
    refused = manager.memoryd("service", "install")
    assert (refused.returncode, "unknown key" in refused.stderr) == (2, True)
    assert container.is_dir()


@pytest.mark.slow
def test_one_that_never_gets_ready_is_given_up_until_it_is_asked_for(
    manager: UserManager, container: Path, home: Path
) -> None:
    manager.install()
    manager.configure(RestartSec="50ms")
    manager.memoryd("service", "stop")
    state = home / ".local" / "state" / "memoryd"
    state.rename(home / "aside")
    state.write_text("in the way")
    done = manager.memoryd("service", "start")
    assert (done.returncode, "did not get ready" in done.stderr) == (2, True)
    manager.wait_for("ActiveState", "failed")
    assert int(manager.show("NRestarts")) == 5  # StartLimitBurst
    assert "✗ the service has failed: " in manager.memoryd("doctor").stdout
    state.unlink()
    (home / "aside").rename(state)
    assert manager.memoryd("service", "start").returncode == 0
    assert container.is_dir()


@pytest.mark.parametrize("strict", [True, False])
def test_only_a_strict_one_cannot_write_elsewhere(
    manager: UserManager, container: Path, home: Path, *, strict: bool
) -> None:
    configure(home, 'settle = "0.2s"\n')
    project = write_tree(
        home / "src" / "app" / ".claude" / "agent-memory" / "builder", {"MEMORY.md": "- a\n"}
    )
    configure(home, 'enforce = "compact"\nsettle = "0.2s"\nprojects = ["~/src/*"]\n')
    places = (home / "outside", home / ".claude" / "outside", home / "src" / "app" / "outside")
    attempts = "; ".join(f"touch '{place}'" for place in places)
    inside = container / "reviewer" / "inside"
    place = home / f"{UNIT}.d"
    write_tree(
        place, {"try.conf": f"[Service]\nExecStartPost=-/bin/sh -c \"touch '{inside}'; {attempts}\"\n"}
    )
    manager.install(*["--strict"] * strict)
    assert inside.exists()
    assert [path.exists() for path in places] == [not strict] * 3
    over = write_tree(container / "tester", {"MEMORY.md": long_index()})
    write_tree(project, {"MEMORY.md": long_index()})
    wait_for(lambda: is_whole(over) and is_whole(project), 60)


def test_the_doctor_says_where_a_strict_service_may_not_write(
    manager: UserManager, container: Path, home: Path
) -> None:
    manager.install("--strict")
    root = home / "src" / "app" / ".claude" / "agent-memory"
    write_tree(root / "builder", {"MEMORY.md": "- a\n"})
    configure(home, 'projects = ["~/src/*"]\n')
    sentence = "⚠ the service may not write there, so nothing is fixed: ~/src/app/.claude/agent-memory\n"
    assert sentence in manager.memoryd("doctor").stdout
    manager.install()  # still strict
    assert sentence not in manager.memoryd("doctor").stdout
    assert f"-{root}" in (home / f"{UNIT}.d" / "strict.conf").read_text()
    manager.install("--no-strict")
    assert not (home / f"{UNIT}.d").exists()
    assert container.is_dir()


def test_it_starts_from_a_place_with_an_odd_name_and_knows_the_settings_of_the_shell(
    manager: UserManager, home: Path
) -> None:
    odd = home / 'it\'s "50%h" $HOME \\ über'
    odd.symlink_to(sys.prefix)
    claude = home / 'a %n "$X" \\ memory'
    write_tree(claude / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})
    program = str(odd / "bin" / Path(sys.executable).name)
    done = manager.run(program, "-m", "memoryd", "service", "install", CLAUDE_CONFIG_DIR=str(claude))
    assert done.returncode == 0, done.stdout + done.stderr
    assert indexed(home) == 1
    command = Path(manager.run("cat", f"/proc/{manager.show('MainPID')}/cmdline").stdout.split("\0")[0])
    assert command == Path(program)
    odd.unlink()
    gone = manager.memoryd("doctor", CLAUDE_CONFIG_DIR=str(claude))
    assert f"✗ the service starts {program}, which is missing".replace(f"{home}/", "~/") in gone.stdout


def test_without_a_session_it_says_which_of_it_is_missing(manager: UserManager, home: Path) -> None:
    foreign = home / "foreign"
    foreign.mkdir()
    os.chown(foreign, 12345, -1)
    for runtime, reason in (
        ("", "this is not a login session of yours: XDG_RUNTIME_DIR is not set"),
        ("/absent", "this is not a login session of yours: /absent: No such file or directory"),
        (str(foreign), f"this is the session of another user: {foreign} is not yours"),
        (str(home), "the user manager does not answer: Failed to connect to bus: No such file or directory"),
    ):
        done = manager.memoryd("service", "install", XDG_RUNTIME_DIR=runtime)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: cannot run a service here: {reason}\n  hint: `memoryd run` ")
    assert not (home / UNIT).exists()


def test_what_runs_outside_of_the_session_knows_the_one_daemon(manager: UserManager, container: Path) -> None:
    manager.install()
    manager.run("sh", "-c", 'mkdir /run/user && ln -s "$XDG_RUNTIME_DIR" /run/user/$(id -u)')
    second = manager.memoryd("run", XDG_RUNTIME_DIR="")
    assert (second.returncode, "already runs as process" in second.stderr) == (2, True)
    assert manager.memoryd("service", "status", XDG_RUNTIME_DIR="").returncode == 0
    assert container.is_dir()


def test_beside_a_daemon_that_runs_already_nothing_is_installed(
    manager: UserManager, container: Path, home: Path
) -> None:
    manager.run("sh", "-c", f"{sys.executable} -m memoryd run > {home}/log 2>&1 &")
    wait_for(lambda: '"ready"' in (home / "log").read_text())
    done = manager.memoryd("service", "install")
    assert (done.returncode, "memoryd already runs as process" in done.stderr) == (2, True)
    assert not (home / UNIT).exists()
    assert container.is_dir()


def test_what_somebody_else_made_of_the_unit_is_left_alone(
    manager: UserManager, container: Path, home: Path
) -> None:
    unit = home / UNIT
    unit.parent.mkdir(parents=True)
    unit.symlink_to("/dev/null")  # masked
    done = manager.memoryd("service", "install")
    assert (done.returncode, "is a link to /dev/null" in done.stderr) == (2, True)
    assert os.readlink(unit) == "/dev/null"
    unit.unlink()
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    replaced = manager.memoryd("service", "install")
    assert replaced.returncode == 0, replaced.stderr
    assert "-ExecStart=/bin/true" in replaced.stderr
    assert container.is_dir()


def test_systemd_has_nothing_to_say_about_what_is_installed(manager: UserManager, home: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    manager.install("--strict")
    done = manager.run("systemd-analyze", "verify", "--user", str(home / UNIT))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert isinstance(done, subprocess.CompletedProcess)
