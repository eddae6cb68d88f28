"""An update of many stores that is killed leaves an index that is sound, and that the next one completes."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from support import REPOSITORY, python, store_of, unmeasured, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.services.search.update_index import sync

KILLED = """
import os, signal, sys
from pathlib import Path
from support import store_of
from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.services.search.update_index import sync
place, left = Path(sys.argv[1]), int(sys.argv[2])
def count(statement):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
with Index(place / "index.db") as index, History(place / "history.db") as history:
    index._file._db.set_trace_callback(count)
    sync([store_of(root) for root in sorted(place.glob("agent-memory/*"))], index, history)
"""


@pytest.mark.parametrize(
    "statements",
    [40, *(pytest.param(each, marks=pytest.mark.slow) for each in (1, 9, 10, 100, 400, 900, 2000, 3000))],
)
def test_killed_while_it_writes_many_stores(tmp_path: Path, statements: int) -> None:
    roots = [tmp_path / "agent-memory" / f"r{number}" for number in range(12)]
    for number, root in enumerate(roots):
        write_tree(root, {f"{each}.md": f"# Of {number}\n\n- apple {each}\n" for each in range(60)})
    environment = {
        **unmeasured(),
        "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "tests"))),
    }
    done = subprocess.run(python("-c", KILLED, str(tmp_path), str(statements)), check=False, env=environment)
    assert done.returncode == -signal.SIGKILL
    stores = [store_of(root) for root in roots]
    with Index(tmp_path / "index.db") as index, History(tmp_path / "history.db") as history:
        assert index.problems() == ()
        assert set(index.counts().values()) <= {60}
        sync(stores, index, history)
        with Index(tmp_path / "fresh.db") as fresh:
            sync(stores, fresh, None)
            assert index.differences(fresh) == {}
        assert index.healed is None
        assert sum(len(history.present(store.root)) for store in stores) == 720
