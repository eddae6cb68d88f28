"""`forget --secret`: a secret leaves files and history without being typed."""

import re
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from domain.security.samples import SAMPLES, private_key, seeded

TOKEN = SAMPLES[0][1]
KEY = private_key(seeded(2), "OPENSSH ")
PASSWORD = "kX7" + "vbQ2" + "m9Lt"
FILES = {
    "MEMORY.md": f"# M\n\n- keep\n- CI: {TOKEN}\n- [Keys](keys.md)\n- https://ann:{PASSWORD}@ci.acme.io/x\n",
    "keys.md": f"# Keys\n\nKeep.\n\n```\n{KEY}\n```\n",
}


def fingerprints(project: Path) -> dict[str, str]:
    out = memoryd("check", "--select", "X001", "--format", "concise", cwd=project).out
    return dict(re.findall(r"X001 (.*?), \S+ \(fingerprint (\w+)\)", out))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("GitHub token", TOKEN), ("OPENSSH private key", KEY.split("\n")[3]), ("password in a URL", PASSWORD)],
)
def test_it_leaves_files_history_and_output(tmp_path: Path, kind: str, text: str) -> None:
    root = project_store(tmp_path, "reviewer", FILES)
    name = fingerprints(tmp_path)[kind]
    shown = memoryd("forget", "--secret", name, cwd=tmp_path)
    assert (shown.code, text in shown.out + shown.err) == (0, False)
    assert any(text in path.read_text() for path in Path(root).iterdir())
    done = memoryd("forget", "--secret", name, "--apply", cwd=tmp_path)
    assert (done.code, text in done.out + done.err) == (0, False), done.err
    assert "the text was removed everywhere" in done.out + done.err
    assert not any(text in path.read_text() for path in Path(root).iterdir())
    assert kind not in fingerprints(tmp_path)
    assert "keep" in (Path(root) / "MEMORY.md").read_text()


def test_what_is_asked_for_is_named_once(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", FILES)
    assert "no secret has the fingerprint 00" in memoryd("forget", "--secret", "00", cwd=tmp_path).err
    assert (
        "TEXT and --secret cannot be used together"
        in memoryd("forget", "a", "--secret", "0", cwd=tmp_path).err
    )
    done = memoryd("forget", cwd=tmp_path)
    assert (done.code, "nothing to forget is named" in done.err) == (2, True)
