"""Two machines that exchange memory over ssh, with a server of this test's own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from services.sync.machines import demand_same, make
from support import needs_git

_SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = [
    needs_git,
    pytest.mark.skipif(not (_SSHD and shutil.which("ssh")), reason="no sshd and ssh are installed"),
]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[str]:
    """The ssh command that reaches a server on this machine."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = (
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nPidFile none\nStrictModes no\n"
        f"AuthorizedKeysFile {tmp_path}/user.pub\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    (tmp_path / "sshd_config").write_text(settings)
    own = (f"-p {port}", f"-i {tmp_path}/user", f"-o UserKnownHostsFile={tmp_path}/known", "-F none")
    command = " ".join(("ssh", *own, "-o StrictHostKeyChecking=no", "-o BatchMode=yes", "-o LogLevel=ERROR"))
    server = subprocess.Popen(
        [str(_SSHD), "-D", "-e", "-f", tmp_path / "sshd_config"], stderr=subprocess.PIPE, text=True
    )
    try:
        for _ in range(100):
            done = subprocess.run([*command.split(), "127.0.0.1", "true"], capture_output=True, check=False)
            if done.returncode == 0 or server.poll() is not None:
                break
            time.sleep(0.1)
        if done.returncode:
            pytest.skip(f"the ssh server cannot be used here: {done.stderr.decode()[:200]}")
        yield command
    finally:
        server.kill()
        server.communicate()


def test_memory_travels_over_ssh(tmp_path: Path, command: str) -> None:
    one, two = make(tmp_path, 2, 3)
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote.git"], check=True)
    one.edit(0)
    for machine in (one, two):
        (machine.home / ".gitconfig").write_text(f'[core]\n\tsshCommand = "{command}"\n')
        done = machine.call("sync", "init", f"ssh://127.0.0.1{tmp_path}/remote.git")
        assert done.returncode == 0, done.stderr
    two.edit(1)
    for machine in (two, one):
        assert machine.call("sync").returncode == 0
    demand_same([one, two])
    (one.home / ".gitconfig").write_text('[core]\n\tsshCommand = "ssh -p 1 -o BatchMode=yes"\n')
    done = one.call("sync")
    assert (done.returncode, "offline: cannot fetch from ssh://" in done.stderr) == (1, True)
