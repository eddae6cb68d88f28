"""A secret is named in every output and shown in none."""

from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from domain.security.samples import SAMPLES, private_key, seeded
from support import write_tree

from memoryd.reporters import REPORTERS

TOKEN, OTHER = SAMPLES[0][1], SAMPLES[1][1]
PASSWORD = "kX7" + "vbQ2" + "m9Lt"
KEY = private_key(seeded(1), "OPENSSH ")
# Each line is the subject of another rule, too
STORE = {
    "MEMORY.md": (
        f"- [Gone](gone.md) — {TOKEN}\n"
        f"- [Deploy](deploy.md) — see https://ann:{PASSWORD}@ci.acme.io/job and {'word ' * 40}\n"
        f"- [Keys](keys.md)\n- [Done](done.md)\n- [x] hand {TOKEN} over\n- Expires: 2020-01-01 {TOKEN}\n"
    ),
    "deploy.md": (
        f"---\nname: deploy\ndescription: use {TOKEN} #54 first\nexpires: {TOKEN}\n---\n\n"
        f"The job that deploys the shop reads the token {TOKEN} from the environment of the runner.\n\n"
        f"The job that deploys the shop reads the token {OTHER} from the environment of the runner.\n\n"
        f"- copied: {TOKEN} and [broken]({TOKEN})\n\nYesterday {TOKEN} was new.\n\n<<<<<<< {TOKEN}\n"
    ),
    "keys.md": f"# Keys\n\n```\n{KEY}\n```\n\nThe key that opens the machine of the shop.\n",
    "done.md": (
        f"# Done\n\n[[{TOKEN}]] [x](https://ann:{PASSWORD}@ci.acme.io)\n\n"
        f"The job that deploys the shop reads the token {TOKEN} from the environment of the runner.\n"
    ),
}
HIDDEN = [TOKEN[4:12], OTHER[4:12], PASSWORD[4:], *(line[:12] for line in KEY.split("\n")[1:-1])]
REQUESTS = [
    *(["--format", name] for name in REPORTERS),
    ["--diff"],
    ["--diff", "--unsafe-fixes"],
    ["--diff", "--unsafe-fixes", "--json"],
    ["--diff", "--add-suppressions"],
    ["--statistics"],
    ["-v", "--show-info"],
]


@pytest.mark.parametrize("options", REQUESTS, ids=" ".join)
def test_no_output_shows_a_secret(tmp_path: Path, options: list[str]) -> None:
    project_store(tmp_path, "reviewer", STORE)
    done = memoryd("check", *options, cwd=tmp_path)
    assert done.code == 1, done.err
    assert [each for each in HIDDEN if each in done.out + done.err] == []
    assert "Traceback" not in done.err


def test_the_kind_and_four_characters_are_told(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", STORE)
    told = memoryd("check", "--select", "X001", "--format", "concise", cwd=tmp_path).out
    assert "X001 GitHub token, ghp_… (fingerprint " in told
    assert "password in a URL, kX7…" in told
    assert "OPENSSH private key, ----…" in told


def test_a_baseline_holds_no_secret_and_knows_the_next_one(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", STORE)
    baseline = ["--baseline", "known.json"]
    assert memoryd("check", *baseline, "--write-baseline", cwd=tmp_path).code == 0
    assert [each for each in HIDDEN if each in (tmp_path / "known.json").read_text()] == []
    assert memoryd("check", *baseline, cwd=tmp_path).code == 0
    index = tmp_path / ".claude/agent-memory/reviewer/MEMORY.md"
    write_tree(index.parent, {"MEMORY.md": index.read_text().replace(TOKEN, SAMPLES[2][1])})
    again = memoryd("check", *baseline, "--select", "X001", cwd=tmp_path)
    assert (again.code, again.out.count("X001")) == (1, 1)


def test_a_comment_suppresses_what_a_person_allows(tmp_path: Path) -> None:
    line = f"<!-- memoryd: ignore[X001] a key of the sandbox -->\n- {TOKEN}\n"
    project_store(tmp_path, "reviewer", {"MEMORY.md": line})
    assert memoryd("check", cwd=tmp_path).code == 0


def test_a_kept_finding_keeps_its_level(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- The password is `bX7vbQ2m`\n"})
    told = [memoryd("check", "--show-info", cwd=tmp_path).out for _ in range(2)]
    assert told[0] == told[1]
    assert "info X001" in told[0]


def test_a_level_of_the_configuration_is_that_of_all_findings(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- The password is `bX7vbQ2m`\n"})
    assert memoryd("check", cwd=tmp_path).code == 0
    (tmp_path / ".memoryd.toml").write_text('[levels]\nX001 = "error"\n')
    assert memoryd("check", cwd=tmp_path).code == 1
