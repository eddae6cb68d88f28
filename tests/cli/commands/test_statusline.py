import shlex
import sys
from pathlib import Path

from cli.program import called, memoryd

from memoryd.adapters.daemon.status_file import write_status_line


def test_the_line_and_the_fastest_command_are_printed(tmp_path: Path) -> None:
    command = shlex.split(called("statusline", "--command", cwd=tmp_path).out)
    assert command[:3] == [sys.executable, "-I", "-S"]
    assert memoryd("statusline", cwd=tmp_path).out == ""
    Path(command[-1]).parent.mkdir()
    write_status_line(Path(command[-1]), {str(tmp_path): "memory 12 %"})
    assert memoryd("statusline", cwd=tmp_path, CLAUDE_PROJECT_DIR=str(tmp_path)).out == "memory 12 %\n"
