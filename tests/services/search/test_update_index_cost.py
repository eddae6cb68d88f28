"""What a look at the disk costs, counted and not timed."""

import json
import os
import subprocess
import time
from pathlib import Path

from support import REPOSITORY, python, store_of, unmeasured, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.services.search.update_index import sync

LOOK = """
import json, os, sys
from pathlib import Path
from support import store_of
from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.services.search.update_index import sync
place, root = sys.argv[1:]
opened, statements = [], []
with Index(Path(place, "index.db")) as index, History(Path(place, "history.db")) as history:
    def hook(event, arguments):
        if event == "open" and str(arguments[0]).endswith(".md"):  # files are opened in their directory
            opened.append(os.path.basename(arguments[0]))
    sys.addaudithook(hook)
    index._file._db.set_trace_callback(statements.append)
    (seen,) = sync([store_of(Path(root))], index, history)
asked = [each for each in statements if not each.startswith("--")]  # those are FTS5's own
print(json.dumps([opened, len(asked), seen.files]))
"""


def grown_old(tmp_path: Path, files: int) -> Path:
    root = write_tree(
        tmp_path / "agent-memory" / "r", {f"{n}.md": f"# T{n}\n\n- apple\n" for n in range(files)}
    )
    with Index(tmp_path / "index.db") as index, History(tmp_path / "history.db") as history:
        sync([store_of(root)], index, history)
        time.sleep(2.1)  # until no file is too fresh to be trusted
        sync([store_of(root)], index, history)
    return root


def look(tmp_path: Path, root: Path) -> tuple[list[str], int, int]:
    paths = os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "tests")))
    done = subprocess.run(
        python("-c", LOOK, str(tmp_path), str(root)),
        env={**unmeasured(), "PYTHONPATH": paths},
        capture_output=True,
        check=True,
    )
    opened, statements, files = json.loads(done.stdout)
    return opened, statements, files


def test_where_nothing_changed_no_file_is_opened_and_one_statement_asks(tmp_path: Path) -> None:
    root = grown_old(tmp_path, 300)
    assert look(tmp_path, root) == ([], 1, 300)


def test_one_changed_file_is_the_only_one_opened_whatever_there_is_beside_it(tmp_path: Path) -> None:
    counted = []
    for files in (3, 300):
        root = grown_old(tmp_path / str(files), files)
        (root / "1.md").write_text("# Other\n")
        opened, statements, _ = look(tmp_path / str(files), root)
        assert opened == ["1.md"]
        counted.append(statements)
    assert counted[0] == counted[1] <= 20
