from pathlib import Path

import pytest
from mcp_client import Client
from support import store_of

from memoryd.domain.markdown.document import parse
from memoryd.errors import MemorydError
from memoryd.mcp.references import NoteReferences, referred_note

TWICE = parse("a.md", b"# A\n\n- same\n- same\n- other\n  with more\n")


def test_each_note_has_a_reference_of_its_own(tmp_path: Path) -> None:
    store, references = store_of(tmp_path), NoteReferences()
    made = [references.at(store, TWICE, line) for line in range(1, 8)]
    assert made[4] == made[5]
    assert len(set(made)) == 4 + (made[0] != made[1]) - 0
    first, second = (referred_note(made[line], store, TWICE) for line in (2, 3))
    assert first
    assert second
    assert first.span != second.span
    assert len(made[2]) == 15


def test_a_reference_is_stable_while_the_note_is_unchanged(reader: Client, project: Path) -> None:
    path = project / ".claude/agent-memory/reviewer/MEMORY.md"
    reference = reader.ref("API times staging")
    path.write_text("- another note above\n" + path.read_text())
    assert "30 s on staging" in reader.call("memory_read", ref=reference)
    path.write_text(path.read_text().replace("30 s", "60 s"))
    assert "was changed or removed" in reader.refused("memory_read", ref=reference)


def test_a_reference_holds_in_another_session(reader: Client, client: Client) -> None:
    reference = reader.ref("API times staging")
    assert "30 s on staging" in client.call("memory_read", ref=reference)


@pytest.mark.parametrize(
    "reference", ["", "abc", "aaaaaa-00000000", "aaaaaabbbbbbbbbb", "AAAAAA-BBBBBBBB", "x" * 99]
)
def test_anything_else_is_no_reference(reader: Client, reference: str) -> None:
    with pytest.raises(MemorydError, match="not a ref"):
        reader.session.project.note(reference)
    with pytest.raises(MemorydError, match="changed or removed"):
        reader.session.project.note("aaaaaa-bbbbbbbb")
