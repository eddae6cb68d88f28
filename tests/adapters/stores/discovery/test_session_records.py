import gc
import json
import tracemalloc
from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.stores.discovery import Places, discover, discover_repository
from memoryd.adapters.stores.discovery.session_records import newest_client
from memoryd.domain.stores.claude_code import slug_of


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home, home / ".claude")


class TestAutoMemoryByRecords:
    def record(self, places: Places, repository: Path, path: Path) -> None:
        attachment = {"type": "instructions", "files": [{"path": str(path), "type": "AutoMem"}]}
        lines = [{"cwd": str(repository)}, {"type": "attachment", "attachment": attachment}]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        write_tree(places.claude_dir / "projects" / slug_of(str(repository)), {"s.jsonl": text})

    @pytest.mark.parametrize("place", ["notes", ".ai/заметки", "a b"])
    def test_a_directory_in_its_repository_is_a_store(
        self, places: Places, repository: Path, place: str
    ) -> None:
        write_tree(repository / place, {"MEMORY.md": "- a\n"})
        self.record(places, repository, repository / place / "MEMORY.md")
        for found in (discover_repository(places, repository), discover(places)):
            assert [(store.root, store.base) for store in found.stores] == [
                (str(repository / place), str(repository))
            ]

    @pytest.mark.parametrize("place", ["Documents", "code/other", ".ssh"])
    def test_a_directory_outside_is_named_and_not_followed(
        self, places: Places, repository: Path, place: str
    ) -> None:
        write_tree(places.home / place, {"MEMORY.md": "- a\n"})
        self.record(places, repository, places.home / place / "MEMORY.md")
        found = discover(places)
        assert found.stores == ()
        assert [place in each.reason for each in found.skipped] == [True]
        assert discover_repository(places, repository).stores == ()

    def test_a_link_out_of_the_repository_is_not_followed(self, places: Places, repository: Path) -> None:
        write_tree(places.home / "Documents", {"MEMORY.md": "- a\n"})
        (repository / "notes").symlink_to(places.home / "Documents")
        self.record(places, repository, repository / "notes/MEMORY.md")
        assert discover(places).stores == ()

    @pytest.mark.parametrize(
        "attachment",
        [None, [], {"files": None}, {"files": [1, None, {}]}, {"files": [{"type": "AutoMem", "path": 5}]},
         {"files": [{"type": "AutoMem", "path": "relative/MEMORY.md"}]},
         {"files": [{"type": "AutoMem", "path": "/x\x00y/MEMORY.md"}]}],
    )  # fmt: skip
    def test_anything_else_in_a_record_is_nothing(
        self, places: Places, repository: Path, attachment: object
    ) -> None:
        line = json.dumps({"cwd": str(repository), "type": "AutoMem", "attachment": attachment})
        write_tree(
            places.claude_dir / "projects" / slug_of(str(repository)), {"s.jsonl": f'{line}\n"AutoMem"\n'}
        )
        assert discover(places).stores == ()


def test_of_a_record_that_changes_all_the_time_only_the_latest_state_is_kept(
    places: Places, repository: Path
) -> None:
    record = places.claude_dir / "projects" / slug_of(str(repository)) / "s.jsonl"
    record.parent.mkdir(parents=True)

    def memory_after(states: int) -> int:
        for number in range(states):
            record.write_text(json.dumps({"cwd": str(repository), "version": "2.1.0", "text": "." * number}))
            discover(places)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = memory_after(100)
        assert memory_after(150) - before < 150 * 400  # bytes; a kept state takes four times as much
    finally:
        tracemalloc.stop()


def test_a_record_that_changes_is_read_again(places: Places, repository: Path) -> None:
    record = places.claude_dir / "projects" / slug_of(str(repository)) / "s.jsonl"
    record.parent.mkdir(parents=True)
    for version in ("2.1.0", "2.1.10", "2.1.0"):
        record.write_text(json.dumps({"cwd": str(repository), "version": version}))
        assert newest_client(places) == version
        assert newest_client(places) == version
