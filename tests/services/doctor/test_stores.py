import os
from pathlib import Path

import pytest
from cli.program import memoryd
from services.doctor.looking import Look, Seen
from support import is_root, write_tree

from memoryd.adapters.daemon.process import only_instance
from memoryd.config.locations import locate


@pytest.mark.skipif(is_root(), reason="root may read and write everything")
def test_stores_that_cannot_be_read_or_written_are_named(look: Look, home: Path) -> None:
    container = home / ".claude" / "agent-memory"
    write_tree(container, {"closed/MEMORY.md": "- a\n", "fixed/MEMORY.md": "- a\n"})
    (container / "closed").chmod(0)
    (container / "fixed").chmod(0o500)
    try:
        done = memoryd("doctor", "--json", cwd=home)
    finally:
        (container / "closed").chmod(0o700)
        (container / "fixed").chmod(0o700)
    seen = Seen(done.code, done.out)
    assert [each["message"] for each in seen.checks if each["name"] == "access"] == [
        f"cannot be read: {container}/closed",
        f"cannot be written to, so nothing is fixed there: {container}/fixed",
    ]
    assert (seen.code, look().code) == (1, 0)


def test_an_index_file_that_is_never_rewritten_is_named(look: Look, home: Path) -> None:
    index = home / ".claude" / "agent-memory" / "reviewer" / "MEMORY.md"
    index.rename(home / "elsewhere.md")
    index.symlink_to(home / "elsewhere.md")
    state, message = look().of("access")
    assert (state, message) == ("warning", f"never rewritten, since it is a symbolic link: {index}")


def test_a_store_in_another_one_is_named(look: Look, home: Path) -> None:
    write_tree(home, {"notes/MEMORY.md": "- a\n", "notes/sub/MEMORY.md": "- b\n"})
    text = '[profiles.a]\nplaces = ["~/notes"]\n[profiles.b]\nplaces = ["~/notes/sub"]\n'
    write_tree(home / ".config" / "memoryd", {"config.toml": text})
    state, message = look().of("nested")
    assert (state, message.endswith(f"{home}/notes/sub in {home}/notes")) == ("warning", True)


def test_what_an_interrupted_write_left_is_named(look: Look, home: Path) -> None:
    assert look().of("leftovers")[0] == "ok"
    root = home / ".claude" / "agent-memory" / "reviewer"
    write_tree(root, {".memoryd.5.1.MEMORY.md": "- theirs\n"})
    state, message = look().of("leftovers")
    assert (state, f"{root}/.memoryd.5.1.MEMORY.md" in message) == ("warning", True)
    locations = locate(os.environ)
    with only_instance(locations.lock):  # a daemon may be at it this moment
        assert look().of("leftovers")[0] == "ok"


def test_a_store_with_two_histories_is_named(known: Look, home: Path, tmp_path: Path) -> None:
    root = home / ".claude" / "agent-memory" / "reviewer"
    other = root.with_name("alias")
    other.symlink_to(root)
    assert "names" not in known().names()
    assert memoryd("log", str(other), cwd=tmp_path).code == 0
    state, message = known().of("names")
    assert (state, str(root) in message, str(other) in message) == ("warning", True, True)
