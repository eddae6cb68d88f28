import json
import os
import shlex
import subprocess
from pathlib import Path

from cli.program import COMMAND, ROOT, called
from services.daemons import Start
from support import wait_for, write_tree

from memoryd.config.locations import locate


def printed(command: list[str], event: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, input=event, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_daemon_keeps_the_line(start: Start, tmp_path: Path) -> None:
    project = tmp_path / "project"
    index = write_tree(
        project / ".claude/agent-memory/reviewer", {"MEMORY.md": "".join(f"- fact {n}\n" for n in range(100))}
    )
    service = start(MEMORYD_PROJECTS=str(project), MEMORYD_ENFORCE="off", MEMORYD_SETTLE="0.1")
    event = json.dumps({"workspace": {"project_dir": str(project)}})
    fast = shlex.split(called("statusline", "--command", cwd=tmp_path).out)
    wait_for(lambda: printed(fast, event) == "memory 50 %\n")
    assert printed([*COMMAND, "statusline"], event) == "memory 50 %\n"
    (index / "MEMORY.md").write_text("".join(f"- fact {n}\n" for n in range(204)))
    wait_for(lambda: printed(fast, event) == "memory 102 % · 4 unseen\n")
    assert service.stop() == 0
    assert not locate(os.environ).statusline.exists()
    assert printed(fast, event) == ""
