"""Golden cases: a small memory on disk, and all that a rule says of it.

A case is a directory of tests/cases called by the code of its rule and a word: `L001-renamed`. It holds

- `store/`, the files of one store of a project, or `project/`, a whole project, or `home/`, a home
  directory, or several of these; `dot-x` and `y-dot-x` stand for `.x` and `y.x`, so that our own
  repository holds no agents' memory and no left-overs, and ignores nothing; where there is a
  `dot-gitignore`, git is made to know the project;
- `gone/` where files of the project were committed, and are gone since the commit of all others;
- `expected.txt`, what `memoryd check --format concise` prints in the project with that one rule;
- `fixes.txt` where findings can be mended: each fix with its diff.

`WRITE_CASES=1 pytest tests/rules/test_cases.py` writes the two files as they are now; read them before
you believe them.
"""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.checks.rule import Rule
from memoryd.domain.edits.plan import Applicability, Fix
from memoryd.reporters import concise
from memoryd.rules import ALL_RULES
from memoryd.runtime import Selection, build
from memoryd.services.checks.check import check_found

CASES = sorted(path for path in (Path(__file__).parents[1] / "cases").iterdir() if path.is_dir())
COMMIT = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "-q", "-m")
DAY = "2026-02-03T12:00:00Z"
PLACES = {"home": "home", "project": "project", "store": "project/.claude/agent-memory/reviewer"}


def lay_out(case: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the files of a case to where they belong, and go there; returns the project."""
    project = root / "project"
    project.mkdir()
    has_history = (case / "gone").exists()
    if has_history:
        copy(case / "gone", project)
        git(project, "init", "-q")
        git(project, "add", ".")
        git(project, *COMMIT, "one")
        git(project, "rm", "-q", "-r", ".")
        project.mkdir(exist_ok=True)
    for name, place in PLACES.items():
        copy(case / name, root / place)
    if has_history:
        git(project, "add", ".")
        git(project, *COMMIT, "two")
    elif (project / ".gitignore").exists():
        git(project, "init", "-q")
    monkeypatch.chdir(project)
    monkeypatch.setenv("HOME", str(root / "home"))
    return project


def copy(files: Path, place: Path) -> None:
    """Copy the files below a directory of a case."""
    for path in sorted(files.rglob("*")):
        parts = [part.replace("-dot-", ".") for part in path.relative_to(files).parts]
        parts = [part.replace("dot-", ".", 1) if part.startswith("dot-") else part for part in parts]
        target = place.joinpath(*parts)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def git(project: Path, *arguments: str) -> None:
    """Ask git to do something, always on the same day, so that commits have the same names."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    dates = {"GIT_AUTHOR_DATE": DAY, "GIT_COMMITTER_DATE": DAY}
    subprocess.run(["git", *arguments], cwd=project, env={**os.environ, **dates}, check=True)


def look(project: Path, rules: tuple[Rule, ...]) -> CheckResult:
    """What these rules find in the project and in the home directory."""
    paths = tuple(path for path in (project, project.parent / "home") if path.exists())
    return check_found(build().subject(Selection(paths)), rules)


def shown_fixes(report: CheckResult, project: Path) -> str:
    """Every fix with its diff, each once."""
    parts = {
        f"{each.code} {os.path.relpath(each.path, project)}:{each.start.line}: "
        f"{fix.applicability}: {fix.title}\n"
        + "".join(change.diff(str(project)) for change in fix.changes)
        for each in report.diagnostics
        if (fix := each.fix)
    }  # fmt: skip
    return "\n".join(sorted(parts))


def rules_of(case: Path) -> tuple[Rule, ...]:
    return tuple(rule for rule in ALL_RULES if rule.code == case.name.partition("-")[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_case_is_judged_as_expected(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = lay_out(case, tmp_path, monkeypatch)
    assert rules_of(case), f"no rule has the code of {case.name}"
    report = look(project, rules_of(case))
    seen = {"expected.txt": concise.render(report, str(project)), "fixes.txt": shown_fixes(report, project)}
    for name, text in seen.items():
        golden = case / name
        if os.environ.get("WRITE_CASES"):
            golden.unlink(missing_ok=True)
            if text:
                golden.write_bytes(text.encode())
        assert text.encode() == (golden.read_bytes() if golden.exists() else b""), name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fix_mends_what_it_is_for_and_breaks_nothing(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fix alone: its finding is gone, there is no new one, and there is nothing left to mend."""
    project = lay_out(case, tmp_path, monkeypatch)
    before = look(project, ALL_RULES)
    for diagnostic in before.diagnostics:
        if diagnostic.fix and diagnostic.code == case.name.partition("-")[0]:
            write(diagnostic.fix, back=False)
            after = look(project, ALL_RULES)
            assert not kinds(after) - kinds(before)
            assert (kinds(before) - kinds(after))[kind(diagnostic)]
            write(diagnostic.fix, back=True)


def write(fix: Fix, *, back: bool) -> None:
    assert fix.applicability is not Applicability.DISPLAY
    for change in fix.changes:
        path, content = Path(change.path), change.before if back else change.after
        assert (path.read_bytes() if path.exists() else None) == (change.after if back else change.before)
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def kind(diagnostic: Diagnostic) -> tuple[str, str]:
    """A finding, whatever line it stands in and whatever stands in that."""
    return diagnostic.code, diagnostic.path


def kinds(report: CheckResult) -> Counter[tuple[str, str]]:
    return Counter(map(kind, report.diagnostics))
