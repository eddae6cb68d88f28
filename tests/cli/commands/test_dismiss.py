from pathlib import Path

from cli.program import memoryd, project_store

INDEX = "".join(f"- entry {number} about part {number * 7}\n" for number in range(30))


def lose(tmp_path: Path, *agents: str) -> None:
    for agent in agents:
        root = project_store(tmp_path, agent, {"MEMORY.md": INDEX})
        memoryd("log", cwd=tmp_path)
        (root / "MEMORY.md").write_text("# Memory\n")
    memoryd("log", cwd=tmp_path)


def test_an_alarm_is_shown_until_it_is_dismissed(tmp_path: Path) -> None:
    lose(tmp_path, "reviewer")
    index = ".claude/agent-memory/reviewer/MEMORY.md"
    told = f"{index}: one write removed most of the file: 30 lines; `memoryd restore --lost {index}` restores"
    assert told in memoryd("status", cwd=tmp_path).out
    assert told in memoryd("show", "reviewer", cwd=tmp_path).out
    assert f"`memoryd restore --lost {index}` restores them" in memoryd("log", cwd=tmp_path).out
    done = memoryd("dismiss", "1", cwd=tmp_path)
    assert (done.code, done.err) == (0, "Dismissed alarm 1\n")
    assert "restore --lost" not in memoryd("status", cwd=tmp_path).out
    again = memoryd("dismiss", "1", cwd=tmp_path)
    assert (again.code, again.err) == (
        2,
        "error: there is no open alarm 1\n  hint: `memoryd status` shows the alarms\n",
    )


def test_without_a_number_it_is_the_only_alarm(tmp_path: Path) -> None:
    lose(tmp_path, "reviewer", "tester")
    asked = memoryd("dismiss", cwd=tmp_path)
    assert asked.code == 2
    assert asked.out.count("restore --lost") == 2
    assert "there are 2 alarms" in asked.err
    assert memoryd("dismiss", "2", cwd=tmp_path).code == 0
    assert memoryd("dismiss", cwd=tmp_path).err == "Dismissed alarm 1\n"
    assert memoryd("dismiss", cwd=tmp_path).err == "There is no alarm\n"


def test_what_is_restored_needs_no_dismissal(tmp_path: Path) -> None:
    lose(tmp_path, "reviewer")
    root = tmp_path / ".claude/agent-memory/reviewer"
    assert memoryd("restore", "--lost", str(root), cwd=tmp_path).code == 0
    assert (root / "MEMORY.md").read_text() == f"# Memory\n{INDEX}"
    assert memoryd("dismiss", cwd=tmp_path).err == "There is no alarm\n"
    again = memoryd("restore", "--lost", str(root), cwd=tmp_path)
    assert again.err == "Nothing to restore: no loss is known\n"
