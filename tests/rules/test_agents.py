"""What the pages of rules A and the golden cases do not show."""

import os
import subprocess
from pathlib import Path

import pytest
from support import needs_git, write_tree

from memoryd.adapters.stores.discovery import Places, discover, discover_repository
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check_found

FOREIGN = "You have a persistent Agent Memory directory at `/Users/ann/.claude/agent-memory/a/`."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    (directory / ".claude").mkdir(parents=True)
    return directory


def definition(name: str, *fields: str, body: str = "You help.") -> str:
    lines = "".join(f"{field}\n" for field in fields)
    return f"---\nname: {name}\ndescription: Helps.\n{lines}---\n{body}\n"


def found(home: Path, project: Path, code: str = "A") -> list[Diagnostic]:
    rules = tuple(rule for rule in ALL_RULES if rule.code.startswith(code))
    return list(check_found(discover(Places(home, home / ".claude"), cwd=project), rules).diagnostics)


def test_what_the_client_itself_writes_is_clean(home: Path, project: Path) -> None:
    index = "- [Style](style.md) — short names\n"
    topic = "---\nname: style\ndescription: Names\ntype: feedback\n---\nShort names.\n"
    store = {"MEMORY.md": index, "style.md": topic}
    write_tree(home / ".claude/agents", {"writer.md": definition("writer", "memory: user")})
    write_tree(home / ".claude/agent-memory/writer", store)
    write_tree(home / ".claude/projects/-p/memory", store)
    write_tree(home / ".claude", {"settings.json": '{"model": "opus"}'})
    write_tree(project / ".claude/agents", {"reviewer.md": definition("reviewer", "memory: project")})
    write_tree(project / ".claude/agent-memory/reviewer", store)
    (project / "web/.claude/agent-memory/reviewer").mkdir(parents=True)  # made at a start, still empty
    assert found(home, project, "") == []


class TestStaleMemoryPrompt:
    def test_it_stands_where_the_path_stands(self, home: Path, project: Path) -> None:
        write_tree(project / ".claude/agents", {"a.md": definition("a", "memory: user", body=f"é {FOREIGN}")})
        [diagnostic] = found(home, project, "A001")
        assert diagnostic.path == str(project / ".claude/agents/a.md")
        assert diagnostic.quoted == "/Users/ann/.claude/agent-memory/a/"
        assert (diagnostic.start.line, diagnostic.start.column) == (6, 52)

    def test_it_says_where_the_prompt_calls_the_memory_empty(self, home: Path, project: Path) -> None:
        body = f"{FOREIGN}\n\nYour MEMORY.md is currently empty."
        write_tree(project / ".claude/agents", {"a.md": definition("a", "memory: user", body=body)})
        [diagnostic] = found(home, project, "A001")
        assert [place.position.line for place in diagnostic.related] == [8]

    def test_a_path_that_is_right_here_is_still_a_second_prompt(self, home: Path, project: Path) -> None:
        store = home / ".claude/agent-memory/a"
        body = f"You have a persistent, file-based memory system at `{store}/`."
        write_tree(home / ".claude/agents", {"a.md": definition("a", "memory: user", body=body)})
        [diagnostic] = found(home, project, "A001")
        assert diagnostic.message.endswith("`memory: user` alone gives it a current one at every start")

    @pytest.mark.parametrize(
        "root",
        [
            "{project_root}/.claude/agent-memory/a/",
            "<project-root>/.claude/agent-memory/a/",
            "<корень>/.claude/agent-memory/a/",
            "$PROJECT_ROOT/.claude/agent-memory/a/",
            "${CLAUDE_PROJECT_DIR}/.claude/agent-memory/a",
            "%USERPROFILE%\\.claude\\agent-memory\\a\\",
            "[repository]/.claude/agent-memory/a/",
            "/path/to/project/.claude/agent-memory/a/",
            "your-project/.claude/agent-memory/a/",
            ".../.claude/agent-memory/a/",
            "…/.claude/agent-memory/a/",
        ],
    )
    def test_a_placeholder_is_not_a_path_of_a_machine(self, home: Path, project: Path, root: str) -> None:
        body = f"You have a persistent Agent Memory directory at `{root}`."
        write_tree(project / ".claude/agents", {"a.md": definition("a", "memory: project", body=body)})
        [diagnostic] = found(home, project, "A001")
        assert f'with a placeholder, "{root}"' in diagnostic.message
        write_tree(project / ".claude/agents", {"a.md": definition("a", body=body)})
        assert found(home, project, "A001") == []

    @pytest.mark.parametrize("name", ["{agent-name}", "<name>", "$NAME", "[agent]", "{{ agent }}", "%name%"])
    def test_a_pattern_for_definitions_is_no_agent(self, home: Path, project: Path, name: str) -> None:
        template = definition(f'"{name}"', "memory: project", body=FOREIGN)
        write_tree(project / ".claude/agents", {"TEMPLATE.md": template})
        assert found(home, project, "A001") == []


class TestInvalidMemoryScope:
    @pytest.mark.parametrize("line", ["memory:\r", "memory: ~", "memory: False", "memory: user ", "tools: x"])
    def test_silent(self, home: Path, project: Path, line: str) -> None:
        write_tree(project / ".claude/agents", {"a.md": definition("a", line)})
        assert found(home, project, "A002") == []

    def test_an_agent_of_a_checked_store_is_judged_wherever_it_is_defined(
        self, home: Path, project: Path
    ) -> None:
        places = Places(home, home / ".claude")
        write_tree(home / ".claude/agents", {"a.md": definition("a", "memory: Project")})
        write_tree(home / ".claude/agents", {"b.md": definition("b", "memory: Project")})
        write_tree(project / ".claude/agent-memory/a", {"MEMORY.md": "- a fact\n"})
        report = check_found(discover_repository(places, project), ALL_RULES)
        wrong = [each.path for each in report.diagnostics if each.code == "A002"]
        assert wrong == [str(home / ".claude/agents/a.md")]


class TestSplitStore:
    def stores(self, project: Path, *places: str) -> None:
        for place in places:
            write_tree(project / place / ".claude/agent-memory/a", {"MEMORY.md": f"- {place}\n"})

    def test_each_copy_but_the_outermost_is_named(self, home: Path, project: Path) -> None:
        self.stores(project, "", "web", "api/v1")
        diagnostics = found(home, project, "A003")
        assert [each.store for each in diagnostics] == [
            str(project / place / ".claude/agent-memory/a") for place in ("api/v1", "web")
        ]
        outermost = str(project / ".claude/agent-memory/a/MEMORY.md")
        assert {place.path for each in diagnostics for place in each.related} == {outermost}

    @pytest.mark.parametrize("place", ["docs/adr", "web", "пакеты/сайт", "a b/c", "x/.config/y"])
    def test_its_start_is_named_from_the_top(self, home: Path, project: Path, place: str) -> None:
        write_tree(project, {".git/HEAD": ""})
        self.stores(project, "", place)
        [diagnostic] = found(home, project, "A003")
        assert f"only where it is started in {place};" in diagnostic.message

    def test_siblings_below_one_definition_are_one_agent(self, home: Path, project: Path) -> None:
        write_tree(project / ".claude/agents", {"a.md": definition("a", "memory: project")})
        write_tree(project, {".git/HEAD": ""})
        self.stores(project, "web", "api")
        assert len(found(home, project, "A003")) == 1

    def test_a_repository_of_its_own_is_none_of_it(self, home: Path, tmp_path: Path) -> None:
        write_tree(home / ".claude/agents", {"a.md": definition("a", "memory: project")})
        write_tree(tmp_path / "code", {"one/.git": "gitdir: x\n", "two/.git/HEAD": ""})
        self.stores(tmp_path / "code", "one", "two")
        places = Places(home, home / ".claude", (str(tmp_path / "code/*"),))
        known = discover(places)
        assert len(known.stores) == 2
        assert not check_found(known, ALL_RULES).diagnostics

    def test_unrelated_directories_outside_git_are_not_one(self, home: Path, tmp_path: Path) -> None:
        self.stores(tmp_path / "code", "one", "two")
        places = Places(home, home / ".claude", (str(tmp_path / "code/*"),))
        assert not check_found(discover(places), ALL_RULES).diagnostics


class TestUnloadableStore:
    def messages(self, home: Path, project: Path) -> list[str]:
        return [each.message for each in found(home, project, "A006")]

    def test_a_store_behind_a_link_out_of_the_working_directory(self, home: Path, project: Path) -> None:
        write_tree(project, {".git/HEAD": "", "shared/MEMORY.md": "- a fact\n"})
        (project / "web/.claude/agent-memory").mkdir(parents=True)
        (project / "web/.claude/agent-memory/a").symlink_to(project / "shared")
        [message] = self.messages(home, project)
        assert message.endswith(f"it lies in {project / 'shared'}, outside the working directory")

    def test_a_configuration_behind_such_a_link(self, home: Path, project: Path) -> None:
        write_tree(project, {".git/HEAD": "", "dot/agent-memory-local/a/MEMORY.md": "- a fact\n"})
        (project / "web").mkdir()
        (project / "web/.claude").symlink_to(project / "dot")
        assert len(self.messages(home, project)) == 1

    def test_user_scope_follows_links(self, home: Path, project: Path, tmp_path: Path) -> None:
        write_tree(tmp_path / "dotfiles/agent-memory/a", {"index.md": "- a fact\n"})
        (tmp_path / "dotfiles/agent-memory/a/MEMORY.md").symlink_to("index.md")
        (home / ".claude").symlink_to(tmp_path / "dotfiles")
        assert self.messages(home, project) == []

    def test_a_working_directory_reached_by_a_link_is_one(self, home: Path, project: Path) -> None:
        write_tree(project / ".claude/agent-memory/a", {"MEMORY.md": "- a fact\n"})
        link = project.with_name("link")
        link.symlink_to(project)
        assert self.messages(home, link) == []

    def test_a_pipe_as_index_file(self, home: Path, project: Path) -> None:
        store = write_tree(home / ".claude/agent-memory/a", {"notes.md": "- a fact\n"})
        os.mkfifo(store / "MEMORY.md")
        assert self.messages(home, project) == [
            "never loaded: MEMORY.md is not a regular file, and hangs the client"
        ]

    @pytest.mark.parametrize("kind", ["agent-memory", "agent-memory-local"])
    def test_a_pipe_in_a_project_is_refused(self, home: Path, project: Path, kind: str) -> None:
        store = write_tree(project / ".claude" / kind / "a", {"notes.md": "- a fact\n"})
        os.mkfifo(store / "MEMORY.md")
        assert self.messages(home, project) == ["never loaded: MEMORY.md is not a regular file"]

    def test_what_a_refused_index_file_says_is_not_judged(self, home: Path, project: Path) -> None:
        text = "- [x](gone.md)\n" * 300
        store = write_tree(
            project / ".claude/agent-memory/a", {"real.md": text, "unlisted.md": "# U\n\nText.\n"}
        )
        (store / "MEMORY.md").symlink_to("real.md")
        codes = {each.code for each in found(home, project, "") if not each.path.endswith("real.md")}
        assert codes == {"A006"}

    @pytest.mark.parametrize(("size", "count"), [(4 * 2**20, 0), (4 * 2**20 + 1, 1)])
    def test_an_index_file_of_auto_memory_over_4_mib(
        self, home: Path, project: Path, size: int, count: int
    ) -> None:
        write_tree(home / ".claude/projects/-p/memory", {"MEMORY.md": b"x" * size})
        assert len(self.messages(home, project)) == count

    def test_settings_count_where_there_is_memory(self, home: Path, project: Path) -> None:
        write_tree(home / ".claude", {"settings.json": '{"autoMemoryEnabled": false}'})
        write_tree(project / ".claude", {"settings.local.json": '{"autoMemoryEnabled": true}'})
        write_tree(project / ".claude/agent-memory/a", {"MEMORY.md": "- a fact\n"})
        assert self.messages(home, project) == []
        write_tree(home / ".claude/agent-memory/a", {"MEMORY.md": "- a fact\n"})
        assert self.messages(home, project) == [
            "memory is turned off here, agents' too: 1 store is never loaded"
        ]


@needs_git
def test_committed_memory_of_an_isolated_agent_does_not_go(home: Path, project: Path) -> None:
    write_tree(
        project,
        {
            ".gitignore": "agent-memory-local/\n",
            ".claude/agents/a.md": definition("a", "memory: local", "isolation: worktree"),
            ".claude/agent-memory-local/a/MEMORY.md": "- a fact\n",
        },
    )
    subprocess.run(["git", "init", "-q", project], check=True)
    assert len(found(home, project, "A007")) == 1
    subprocess.run(["git", "-C", project, "add", "-f", "."], check=True)
    assert found(home, project, "A007") == []
