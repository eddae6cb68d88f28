import importlib
import pkgutil
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from support import needs_git, store_of, write_tree

from memoryd import rules as catalogue
from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.rule import Rule, context_of
from memoryd.domain.stores.profiles import OTHERS, Companion
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.rules.limits import index_over_limit
from memoryd.services.checks.check import check, read

# Modules are called so, or `links_…`
FAMILIES = {
    "S": "limits",
    "L": "links",
    "F": "markdown",
    "D": "duplicates",
    "P": "staleness",
    "A": "agents",
    "X": "security",
}
MODULES = [
    importlib.import_module(f"memoryd.rules.{module.name}")
    for module in pkgutil.iter_modules(catalogue.__path__)
]
every_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / ".claude" / "agent-memory" / "reviewer"
    directory.mkdir(parents=True)
    return directory


def found(root: Path, code: str, files: dict[str, str], *, user: bool = False) -> list[Diagnostic]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    rules = tuple(rule for rule in ALL_RULES if rule.code == code)
    return list(check([agent_store(str(root), user=user)], rules).diagnostics)


def messages(root: Path, code: str, files: dict[str, str]) -> list[str]:
    return [each.message for each in found(root, code, files)]


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in ALL_RULES}) == len({rule.name for rule in ALL_RULES}) == len(ALL_RULES)


def test_rules_stand_in_report_order() -> None:
    order = list(FAMILIES)
    assert list(ALL_RULES) == sorted(ALL_RULES, key=lambda rule: (order.index(rule.code[0]), rule.code))


@every_rule
def test_a_rule_is_named_and_summed_up(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert re.fullmatch(r"[A-Z].*[^.]\.", rule.summary)
    assert ". " not in rule.summary
    assert rule.page.partition("\n")[2].startswith("\n")


def module_of(rule: Rule) -> ModuleType:
    loaded = rule.load()
    function = loaded.check or loaded.check_roster or loaded.check_unused
    assert function
    return importlib.import_module(function.__module__)


def is_of_family(module: ModuleType, rule: Rule) -> bool:
    family, name = FAMILIES[rule.code[0]], module.__name__.rpartition(".")[2]
    return name == family or name.startswith(f"{family}_")


@every_rule
def test_a_rule_stands_in_a_module_of_its_family(rule: Rule) -> None:
    module = module_of(rule)
    assert is_of_family(module, rule)
    assert (module.__doc__ or "").startswith(f"{rule.code[0]}:")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_rule_is_left_out(module: ModuleType) -> None:
    rules = {value for value in vars(module).values() if isinstance(value, Rule)}
    assert rules == {rule for rule in ALL_RULES if module_of(rule) is module}


def test_a_broken_link_is_found_where_it_stands(root: Path) -> None:
    [diagnostic] = found(root, "L001", {"MEMORY.md": "# 目次\r\n\r\n- 一 [x](gone.md) — hook\r\n"})
    assert (diagnostic.start.line, diagnostic.start.column) == (3, 5)
    assert (diagnostic.end.line, diagnostic.end.column) == (3, 17)
    assert diagnostic.quoted == "[x](gone.md)"
    assert diagnostic.source_line == "- 一 [x](gone.md) — hook"
    assert diagnostic.level is Severity.ERROR
    assert diagnostic.path == str(root / "MEMORY.md")


def test_a_message_is_one_line_whatever_it_quotes(root: Path) -> None:
    assert messages(root, "L001", {"MEMORY.md": '<a href="a\nb.md">x</a>\n'}) == ['"a b.md" does not exist']


def test_a_store_without_index_file_has_no_unlisted_topics(root: Path) -> None:
    assert found(root, "L004", {"deploy.md": "text\n"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "- [x](deploy-notes.md)",
        "- [x](./topics/../deploy-notes.md)",
        "- [x](.)",
        "- [[deploy_notes]]",
        "- [[Deploying]]",
        "- see `deploy-notes.md`",
        "- see deploy-notes",
        "- 詳細はdeploy-notes.mdを見る",
        "- @deploy-notes.md",
        "```\ndeploy-notes.md\n```",
    ],
)
def test_ways_to_a_topic(root: Path, text: str) -> None:
    topic = "---\nname: Deploying\n---\ntext\n"
    assert found(root, "L004", {"MEMORY.md": text + "\n", "deploy-notes.md": topic}) == []


@pytest.mark.parametrize(
    "text", ["Logs lie in topics/ by day.", "- `topics/`", "- reviewer/topics/<name>.md"]
)
def test_a_folder_that_is_mentioned_leads_to_what_it_holds(root: Path, text: str) -> None:
    assert found(root, "L004", {"MEMORY.md": text + "\n", "topics/deep/a.md": "text\n"}) == []


@pytest.mark.parametrize(
    "text", ["- docs/topics/", "- topics are fine", "- my-topics/", "- redeploy.md", "- deploy.mdx", "- a"]
)
def test_what_only_looks_like_a_way(root: Path, text: str) -> None:
    files = {"MEMORY.md": text + "\n", "topics/deploy.md": "text\n"}
    [diagnostic] = found(root, "L004", files)
    assert (diagnostic.path, diagnostic.start.line) == (str(root / "topics/deploy.md"), 1)


def test_an_unlisted_topic_is_shown_at_its_first_line_of_content(root: Path) -> None:
    files = {"MEMORY.md": "none\n", "deploy.md": "---\nname: x\n---\n# Deploy\n"}
    [diagnostic] = found(root, "L004", files)
    assert (diagnostic.start.line, diagnostic.source_line) == (4, "# Deploy")


def test_the_cut_is_shown_with_all_that_is_lost(root: Path) -> None:
    lines = [f"- fact {number}" for number in range(1, 203)] + ["- [Late](late.md) — hook"]
    [diagnostic] = found(root, "S001", {"MEMORY.md": "\n".join(lines) + "\n", "late.md": "text\n"})
    assert (diagnostic.start.line, diagnostic.quoted) == (201, "- fact 201")
    assert [(place.position.line, place.message) for place in diagnostic.related] == [
        (201, "never seen: fact 201"),
        (202, "never seen: fact 202"),
        (203, "never seen: Late — hook"),
        (1, "never reached: linked only from there"),
    ]
    assert diagnostic.message.startswith(
        "only part of it is loaded: 203 lines (limit 200), cut at line 201; "
        "3 entries and 1 topic file never seen"
    )


def test_the_first_undecodable_byte_is_shown(root: Path) -> None:
    (root / "MEMORY.md").write_bytes("- é\n- caf".encode() + b"\xe9 \xff\n")
    [diagnostic] = found(root, "F008", {})
    assert (diagnostic.start.line, diagnostic.start.column, diagnostic.end.column) == (2, 6, 7)
    assert diagnostic.message == "byte 10 (0xe9) is not UTF-8; the file is never rewritten"


@needs_git
def test_a_link_to_what_git_ignores_is_not_judged(root: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("decompiled/\n")
    text = "[x](../../../decompiled/x.cs)\n[y](../../../build/x.cs)\n"
    assert messages(root, "L001", {"MEMORY.md": text}) == ['"../../../build/x.cs" does not exist']


def test_how_much_is_used_is_said_with_how_much_still_fits(root: Path) -> None:
    assert messages(root, "S002", {"MEMORY.md": "- a fact\n" * 180}) == [
        "180 of 200 lines and 1,619 of 25,000 UTF-16 units used; 20 more entries fit"
    ]
    assert messages(root, "S002", {"MEMORY.md": "- a fact\n" * 199})[0].endswith("; 1 more entry fits")
    assert messages(root, "S002", {"MEMORY.md": "- " + "x" * 20_000 + "\n"})[0].endswith(
        "; 0 more entries fit"
    )


def test_every_file_that_a_harness_loads_has_its_limit_and_all_have_one_together(tmp_path: Path) -> None:
    openclaw = next(profile for profile in OTHERS if profile.name == "openclaw")
    root = write_tree(
        tmp_path / "workspace",
        {"MEMORY.md": "m\n", **{f"memory/2026-02-{day:02}.md": "x" * 12_001 for day in range(1, 6)}},
    )
    all_logs = replace(openclaw, companions=(Companion("memory/*.md", 12_000),))
    messages = [each.message for each in index_over_limit.run(context_of(read(store_of(root, all_logs))))]
    assert len(messages) == 6
    assert sum("12,001 characters (limit 12,000)" in message for message in messages) == 5
    assert "all files together are over the limit: 60,002 characters (limit 60,000)" in messages
    both = list(index_over_limit.run(context_of(read(store_of(root, openclaw)))))
    days = [Path(each.path).name for each in both]
    assert days == ["2026-02-04.md", "2026-02-05.md"]  # the harness loads the logs of two days


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("- [Local run](local-run.md) — {}", "local-run.md"),
        ("- [A title of its own](local-run.md) — {}", "local-run.md"),
        ("- **[Local run](./local-run.md)**: {}", "local-run.md"),
        ("- [Local](local-run.md) — {} · [Pitfall](pitfall.md) — no", "local-run.md"),
        ("- [Local](local-run.md), [Pitfall](pitfall.md) — {}", "local-run.md"),
        ("* [起動](起動.md) — {}", "起動.md"),
        ("1. [Part](deep/part.md) — {}", "deep/part.md"),
        ("- [V78.md](V78.md) — {}", "a topic file, and V78.md does not exist"),
        ("- [x](deep/gone.md) — {}", "a topic file, and deep/gone.md does not exist"),
        ("- [Site](https://example.org/a.md) — {}", None),
        ("- a note of its own, see [Local run](local-run.md): {}", None),
        ("- a note, {}", None),
    ],
)
def test_a_long_entry_names_what_its_first_link_leads_to(root: Path, line: str, where: str | None) -> None:
    topics = dict.fromkeys(["local-run.md", "pitfall.md", "起動.md", "deep/part.md"], "# A\n\nText.\n")
    text = line.format("word " * 40 + "end")
    found = messages(root, "S003", {"MEMORY.md": f"{text}\n", **topics})
    assert found == ([f"{len(text):,} characters: the detail belongs in {where}"] if where else [])
