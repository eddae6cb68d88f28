import json
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from support import tree

TROUBLED = {
    "MEMORY.md": "# Memory\n\n- [A](a.md) — one\n- [A](a.md) — one\n- [Gone](gone.md)\n",
    "a.md": "---\nname: a\ndescription: it: breaks\n---\ntext\n",
}
INDEX = ".claude/agent-memory/reviewer/MEMORY.md"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return project_store(tmp_path, "reviewer", TROUBLED)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fix", "--diff"], "--fix and --diff cannot be used together"),
        (["--fix", "--add-suppressions"], "--fix and --add-suppressions cannot be used together"),
        (["--unsafe-fixes"], "--unsafe-fixes needs --fix or --diff"),
        (["--write-baseline"], "--write-baseline needs --baseline FILE"),
        (["--diff", "--format", "sarif"], "--diff cannot be --format sarif"),
        (["--statistics", "--json"], "--statistics is plain text"),
        (["--show-files", "--format", "junit"], "--show-files is plain text"),
        (["--adding", "- x", "--fix"], "--adding cannot be combined with other checks"),
        (["--adding", "- x", "--format", "sarif"], "--adding cannot be combined with other checks"),
        (["--adding", "- x", "--exit-zero"], "--adding cannot be combined with other checks"),
        (["--diff", "--statistics"], "--diff and --statistics cannot be used together"),
        (["--baseline", "b.json", "--write-baseline", "--json"], "--write-baseline prints no report"),
        (["--select", "L", "--ignore", "L"], "no rule is selected"),
        (["--select", ""], "no rule is selected"),
        (["--ignore", "L9"], '--ignore: there is no rule "L9"'),
        (["--output", INDEX], "is inside a store"),
        (["--baseline", "b.json"], "cannot read the baseline b.json"),
        (["--baseline", f"{INDEX}", "--write-baseline"], "is inside a store"),
        (["--tracked"], "is not in a git repository"),
    ],
)
def test_what_makes_no_sense_is_2_and_changes_nothing(
    tmp_path: Path, options: list[str], message: str
) -> None:
    before = tree(tmp_path)
    done = memoryd("check", *options, cwd=tmp_path)
    assert done.code == 2
    if "--json" in options:
        assert done.err == ""
        assert message in json.loads(done.out)["error"]["message"]
    else:
        assert done.out == ""
        assert done.err.startswith("error: ")
        assert message in done.err
    assert tree(tmp_path) == before
