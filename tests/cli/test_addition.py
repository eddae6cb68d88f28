import json
from pathlib import Path

from cli.program import memoryd, project_store


def test_adding_tells_whether_a_line_still_fits(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a fact\n" * 199})
    fits = memoryd("check", "--adding", "- [T](t.md) — hook", cwd=tmp_path)
    assert (fits.code, fits.err) == (0, "")
    assert fits.out == (
        ".claude/agent-memory/reviewer/MEMORY.md: fits: 200 of 200 lines, 1,809 of 25,000 UTF-16 units\n"
    )


def test_adding_tells_what_a_line_would_push_out(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a fact\n" * 199 + "- the last one\n"})
    over = memoryd("check", "--adding", "- [T](t.md) — hook", cwd=tmp_path)
    assert over.code == 1
    assert "does not fit: 201 of 200 lines" in over.out
    assert over.out.endswith("at the top it would push out:\n     200  the last one\n")
    value = json.loads(memoryd("check", "--json", "--adding", "- x", cwd=tmp_path).out)
    (answer,) = value["adding"]
    assert answer["fits"] is False
    assert answer["pushed_out"] == [{"line": 200, "text": "- the last one"}]
