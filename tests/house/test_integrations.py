"""Where memoryd is used beside the terminal: what the help topics tell people to copy is true."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from cli.program import ROOT, memoryd, project_store
from house.documentation import text_of
from support import REPOSITORY, needs_git

from memoryd.cli import app
from memoryd.config.checks import Checks
from memoryd.config.forms import made_of

ACTION = REPOSITORY / ".github" / "actions" / "check" / "action.yml"
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
SNIPPETS: list[Any] = [
    yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", text_of("ci"), re.DOTALL)
]
BROKEN = {"MEMORY.md": "- [Gone](gone.md)\n"}


def snippet(key: str) -> Any:  # noqa: ANN401  # YAML
    (found,) = (each for each in SNIPPETS if key in each)
    return found


def options_of(command: str) -> set[str]:
    parameters = typer.main.get_group(app).commands[command].params
    return {option for parameter in parameters for option in parameter.opts}


def demand_legal(words: list[str]) -> None:
    program, command, *rest = words
    assert program == "memoryd"
    assert {word for word in rest if word.startswith("-")} <= options_of(command)


def test_the_hook_is_what_the_topic_names() -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text())
    assert [each["id"] for each in snippet("repos")["repos"][0]["hooks"]] == [hook["id"]]
    demand_legal([*shlex.split(hook["entry"]), *hook["args"]])
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False


def test_the_action_is_where_the_topic_says_and_takes_what_it_says() -> None:
    action = yaml.safe_load(ACTION.read_text())
    (uses,) = (
        each["uses"] for each in snippet("jobs")["jobs"]["check"]["steps"] if "memoryd" in each["uses"]
    )
    _, _, place = uses.partition("@")[0].split("/", 2)
    assert REPOSITORY / place == ACTION.parent
    sentence = re.search(r"\(`with:` takes (.*?)\)", text_of("ci"), re.DOTALL)
    assert sentence is not None
    assert re.findall(r"`([a-z-]+)`", sentence[1]) == list(action["inputs"])


def test_the_job_for_gitlab_is_legal() -> None:
    job = snippet("memory")["memory"]
    words = shlex.split(job["script"][-1])
    demand_legal(words)
    assert words[words.index("--output") + 1] == job["artifacts"]["reports"]["codequality"]


def test_one_line_of_each_example_is_marked_for_the_address() -> None:
    for text in re.findall(r"```yaml\n(.*?)```", text_of("ci"), re.DOTALL):
        marked = [line for line in text.splitlines() if "OWNER" in line]
        assert [line.endswith("  # replace OWNER") for line in marked] == [True]


def test_the_lowest_versions_are_those_that_the_package_allows() -> None:
    needs = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["dependencies"]
    allowed = [re.sub(r"^([a-z0-9-]+)>=([\d.]+).*", r"\1==\2", each) for each in needs]
    lines = (REPOSITORY / ".ci" / "lowest.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == allowed


def test_the_workflow_runs_every_version_that_is_promised() -> None:
    jobs = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "tests.yml").read_text())["jobs"]
    versions = jobs["tests"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    promised = [each.rpartition(" ")[2] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert f">={versions[0]}" == project["requires-python"]
    assert set(promised) <= set(versions)
    assert any("-c .ci/lowest.txt" in step.get("run", "") for step in jobs["lowest"]["steps"])


def test_the_settings_of_the_topic_are_legal(tmp_path: Path) -> None:
    (text,) = re.findall(r"choose checks and nothing else.*?\n\n((?:    .*\n|\n)+)", text_of("checking"))
    written = re.sub("^    ", "", text, flags=re.MULTILINE)
    assert made_of(Checks, tomllib.loads(written)).select
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    (tmp_path / ".memoryd.toml").write_text(written)
    assert memoryd("check", cwd=tmp_path).code == 0


def test_no_input_of_the_action_gets_into_a_script_but_by_the_environment() -> None:
    action = yaml.safe_load(ACTION.read_text())
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert "eval" not in step["run"]
    (given,) = (step["env"] for step in action["runs"]["steps"] if "env" in step)
    assert sorted(given.values()) == sorted(f"${{{{ inputs.{name} }}}}" for name in action["inputs"])


def run_action(directory: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's last step as GitHub does, with its defaults and these inputs."""
    action = yaml.safe_load(ACTION.read_text())
    step = action["runs"]["steps"][-1]
    programs = directory / "programs"
    programs.mkdir(exist_ok=True)
    program = programs / "memoryd"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m memoryd "$@"\n')
    program.chmod(0o755)
    values = {name: str(each["default"]) for name, each in action["inputs"].items()} | inputs
    script = directory / "step.sh"
    script.write_text(step["run"])
    environment = {
        variable: values[expression.split("inputs.")[1].rstrip(" }")]
        for variable, expression in step["env"].items()
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
        cwd=directory / "checkout",
        env={
            **os.environ,
            **environment,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(directory / "summary.md"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    project_store(root, "reviewer", BROKEN)
    subprocess.run(["git", "init", "-q", root], check=True)
    subprocess.run(["git", "-C", root, "add", "."], check=True)
    return root


@needs_git
@pytest.mark.usefixtures("checkout")
def test_the_action_annotates_and_fails(tmp_path: Path) -> None:
    done = run_action(tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=.claude/agent-memory/reviewer/MEMORY.md,line=1,")
    assert (tmp_path / "summary.md").read_text().startswith("### memoryd\n")


@needs_git
@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"ignore": "L001"}, 0),
        ({"select": "S,F"}, 0),
        ({"fail-on": "never"}, 0),
        ({"paths": ".claude/agent-memory/reviewer\n"}, 1),
        ({"paths": "nowhere"}, 2),
        ({"paths": "--help"}, 2),
        ({"select": "$(touch hacked)`touch hacked`; touch hacked"}, 2),
        ({"baseline": "absent.json"}, 2),
    ],
)
def test_the_action_passes_its_inputs_on_as_they_are(
    tmp_path: Path, inputs: dict[str, str], code: int
) -> None:
    assert run_action(tmp_path, **inputs).returncode == code
    assert not (tmp_path / "checkout" / "hacked").exists()


@needs_git
def test_the_action_is_red_without_memory_unless_that_is_allowed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path / "checkout"], check=True)
    assert run_action(tmp_path).returncode == 2
    assert run_action(tmp_path, **{"allow-empty": "true"}).returncode == 0
