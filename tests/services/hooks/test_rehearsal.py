import subprocess
from pathlib import Path

from support import python, write_tree

from memoryd.services.hooks.rehearsal import rehearse

WRITE = """
import sys
sys.path[:0] = [{tests!r}]
from pathlib import Path
from services.hooks.office import Office
from memoryd.services.hooks.rehearsal import rehearse
office = Office(Path({root!r}))
rehearse()
before = set(sys.modules)
office.start()
assert office.before("- The queue holds 3 jobs.\\n" * 300)
print(sorted(each for each in set(sys.modules) - before if each.startswith("memoryd")))
"""


def test_after_it_a_write_imports_nothing(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path / ".claude/agent-memory/reviewer", {"MEMORY.md": "- The queue holds 9 jobs.\n"}
    )
    code = WRITE.format(tests=str(Path(__file__).parents[2]), root=str(root))
    done = subprocess.run(python("-c", code), capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_it_judges_a_write() -> None:
    assert b"would not be loaded" in rehearse()
