from pathlib import Path

from support import write_tree

from memoryd.adapters.usage import transcripts as module
from memoryd.adapters.usage.transcripts import lines_from, transcripts


def test_records_of_sessions_and_subagents_are_found(tmp_path: Path) -> None:
    files = {
        "-p/s.jsonl": "ab\n",
        "-p/s/subagents/agent-1.jsonl": "",
        "-p/s/subagents/agent-1.meta.json": "",
        "-p/memory/MEMORY.md": "",
        "-q/t/x.jsonl": "",
        "u.jsonl": "",
    }
    write_tree(tmp_path, files)
    (tmp_path / "-p/d.jsonl").mkdir()
    (tmp_path / "-p/gone.jsonl").symlink_to("nowhere")
    found = [
        (each.path.removeprefix(f"{tmp_path}/"), each.session, each.size) for each in transcripts(tmp_path)
    ]
    assert found == [("-p/s/subagents/agent-1.jsonl", "s", 0), ("-p/s.jsonl", "s", 3)]
    assert list(transcripts(tmp_path / "missing")) == []


def test_lines_are_read_on_from_an_offset(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"a\nbc\nincomplete")
    assert list(lines_from(str(path), 0)) == [(b"a\n", 2), (b"bc\n", 5)]
    assert list(lines_from(str(path), 5)) == []
    with path.open("ab") as file:
        file.write(b"!\n")
    assert list(lines_from(str(path), 5)) == [(b"incomplete!\n", 17)]


def test_a_line_that_is_too_long_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"x" * (module._LONGEST + 10) + b"\nb\n")
    size = path.stat().st_size
    assert list(lines_from(str(path), 0)) == [(b"", size - 2), (b"b\n", size)]
