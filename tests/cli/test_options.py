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
        (["--fix", "--diff"], "--fix and --diff exclude each other"),
        (["--fix", "--add-suppressions"], "--fix and --add-suppressions exclude each other"),
        (["--unsafe-fixes"], "--unsafe-fixes goes with --fix or --diff"),
        (["--write-baseline"], "--write-baseline goes with --baseline FILE"),
        (["--diff", "--format", "sarif"], "--diff cannot be --format sarif"),
        (["--statistics", "--json"], "--statistics is plain text"),
        (["--show-files", "--format", "junit"], "--show-files is plain text"),
        (["--adding", "- x", "--fix"], "--adding checks nothing else"),
        (["--adding", "- x", "--format", "sarif"], "--adding checks nothing else"),
        (["--adding", "- x", "--exit-zero"], "--adding checks nothing else"),
        (["--diff", "--statistics"], "--diff and --statistics exclude each other"),
        (["--baseline", "b.json", "--write-baseline", "--json"], "--write-baseline prints no report"),
        (["--select", "L", "--ignore", "L"], "no rule is selected"),
        (["--select", ""], "no rule is selected"),
        (["--ignore", "L9"], '--ignore: there is no rule "L9"'),
        (["--output", INDEX], "would lie in a store"),
        (["--baseline", "b.json"], "cannot read the baseline b.json"),
        (["--baseline", f"{INDEX}", "--write-baseline"], "would lie in a store"),
        (["--tracked"], "is not in a git repository"),
    ],
)
def test_what_makes_no_sense_is_2_and_changes_nothing(
    tmp_path: Path, options: list[str], message: str
) -> None:
    before = tree(tmp_path)
    done = memoryd("check", *options, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert message in done.err
    assert tree(tmp_path) == before
