import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import store_of, write_tree

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.rule import RuleContext, context_of
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO, OTHERS, Profile
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import read_contexts

FORM = {rule.code: rule for rule in ALL_RULES if rule.code.startswith("F")}
NO_DESCRIPTION = "---\nname: deploy\ntype: runbook\n---\nShip it.\n"


def context(files: dict[str, str], profile: Profile = CLAUDE_AGENT) -> RuleContext:
    store = Store("/s/m", Scope.USER, "m", "/s", profile)
    documents = {path: parse(path, text.encode()) for path, text in sorted(files.items())}
    return context_of(Snapshot(store, documents), Surroundings(listings={"/s/m": frozenset(files)}))


def found(code: str, files: dict[str, str], profile: Profile = CLAUDE_AGENT) -> list[Diagnostic]:
    return list(FORM[code].run(context(files, profile)))


def test_levels_are_those_of_the_catalogue() -> None:
    levels = {
        severity: {code for code, rule in FORM.items() if rule.level is severity} for severity in Severity
    }
    assert levels[Severity.ERROR] == {"F008", "F009"}
    assert levels[Severity.INFO] == {"F004", "F010"}


# --- Front matter ---


def test_every_broken_value_is_told_in_one_finding() -> None:
    [diagnostic] = found("F001", {"x.md": "---\nname: a: b\ntype: user\ndescription: `c`\n---\nText\n"})
    assert diagnostic.message == (
        '"name" and "description" are lost, because this is not valid YAML: '
        'it contains ": "; put it in quotes'
    )
    assert (diagnostic.start.line, diagnostic.start.column, diagnostic.quoted) == (2, 7, "a: b")
    [place] = diagnostic.related
    assert (place.position.line, place.message) == (4, "\"description\": it begins with '`'")
    assert diagnostic.fix
    [change] = diagnostic.fix.changes
    assert change.after == b'---\nname: "a: b"\ntype: user\ndescription: "`c`"\n---\nText\n'


def test_front_matter_without_a_broken_value_is_shown_where_the_parser_stops() -> None:
    [diagnostic] = found("F001", {"x.md": "---\nname: deploy\n  type: user\n---\nText\n"})
    assert (diagnostic.start.line, diagnostic.quoted, diagnostic.fix) == (3, "  type: user", None)


def test_front_matter_that_is_too_large_to_be_read_is_told_at_its_beginning() -> None:
    [diagnostic] = found("F001", {"x.md": "---\nname: x\n" + "k: v\n" * 20_000 + "---\nText\n"})
    assert (diagnostic.start.line, diagnostic.fix) == (1, None)


def test_a_cut_value_is_shown_with_what_is_lost() -> None:
    [diagnostic] = found("F002", {"x.md": "---\r\nname: PR #54 login\r\n---\r\nText\r\n"})
    assert diagnostic.quoted == "PR #54 login"
    assert '"#54 login" is cut off from "name"' in diagnostic.message


@pytest.mark.parametrize("code", ["F003", "F004", "F006", "F007"])
@pytest.mark.parametrize(
    "profile", [each for each in OTHERS if not each.leads], ids=lambda profile: profile.name
)
def test_what_only_memory_with_an_index_depends_on_is_not_asked_of_others(
    code: str, profile: Profile
) -> None:
    files = {"deploy.md": NO_DESCRIPTION, "memory/2.md": "", "system/x.md": ""}
    assert found(code, files, profile) == []
    assert found(code, files)


@pytest.mark.parametrize("value", ["", "~", "null", '""', "'  '"])
def test_a_description_of_nothing_is_none(value: str) -> None:
    assert found("F003", {"x.md": f"---\nname: x\ndescription: {value}\n---\nText\n"})


def test_an_index_file_needs_no_description() -> None:
    assert found("F003", {"MEMORY.md": NO_DESCRIPTION}) == found("F004", {"MEMORY.md": NO_DESCRIPTION}) == []


def test_each_further_topic_of_a_name_is_told() -> None:
    text = "---\nname: deploy\ndescription: x\n---\nText\n"
    diagnostics = found("F005", {"a.md": text, "b.md": text, "notes/c.md": text})
    assert [(each.path, each.related[0].path) for each in diagnostics] == [
        ("/s/m/b.md", "/s/m/a.md"),
        ("/s/m/notes/c.md", "/s/m/a.md"),
    ]


def test_cut_names_are_compared_as_they_were_written() -> None:
    text = "---\nname: PR #{}\ndescription: x\n---\nText\n"
    assert found("F005", {"a.md": text.format(1), "b.md": text.format(2)}) == []
    assert found("F005", {"a.md": text.format(1), "b.md": text.format(1)})


# --- Files ---


def test_an_index_file_that_cannot_be_read_is_not_missing(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "agent-memory" / "a", {"deploy.md": "Ship it.\n"})
    os.mkfifo(root / "MEMORY.md")
    assert list(FORM["F006"].run(*read_contexts((store_of(root),)))) == []
    (root / "MEMORY.md").unlink()
    (root / "MEMORY.md").symlink_to("gone")
    assert list(FORM["F006"].run(*read_contexts((store_of(root),)))) == []
    (root / "MEMORY.md").unlink()
    [diagnostic] = FORM["F006"].run(*read_contexts((store_of(root),)))
    assert diagnostic.path == str(root / "MEMORY.md")


def test_an_index_file_that_would_be_near_its_limit_is_not_written() -> None:
    [diagnostic] = found("F006", {f"topic-{number}.md": "Text.\n" for number in range(160)})
    assert diagnostic.fix is None
    [diagnostic] = found("F006", {f"topic-{number}.md": "Text.\n" for number in range(159)})
    assert diagnostic.fix


@pytest.mark.parametrize("name", ["a b (c).md", "ä#1.md", "50%20.md", "what?.md", "_x_.md", "[x].md"])
def test_a_new_index_file_leads_to_files_of_any_name(name: str) -> None:
    [diagnostic] = found("F006", {name: "Text.\n"})
    assert diagnostic.fix
    [change] = diagnostic.fix.changes
    files = {"MEMORY.md": (change.after or b"").decode(), name: "Text.\n"}
    unlisted = next(rule for rule in ALL_RULES if rule.code == "L004")
    assert list(unlisted.run(context(files))) == []


def test_an_index_file_is_not_written_for_names_that_links_cannot_hold() -> None:
    [diagnostic] = found("F006", {"a&amp;b.md": "Text.\n"})
    assert diagnostic.fix is None


def test_an_empty_file_is_removed_only_where_nothing_names_it() -> None:
    files = {
        "MEMORY.md": "- [x](linked.md)\n",
        "linked.md": "",
        "alone.md": "",
        "named.md": "",
        "x.md": "`named.md`\n",
    }
    fixes = {each.path: each.fix for each in found("F007", files)}
    assert [path for path, fix in fixes.items() if fix] == ["/s/m/alone.md"]
    assert len(fixes) == 3


def test_conflicts_are_told_one_by_one_and_no_more_than_a_hundred() -> None:
    conflict = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> feature\n"
    [diagnostic, other] = found("F009", {"MEMORY.md": conflict * 2})
    assert (diagnostic.message, other.message) == (
        "an unresolved merge, lines 1 to 5",
        "an unresolved merge, lines 6 to 10",
    )
    assert [place.message for place in diagnostic.related] == ["=======", ">>>>>>> feature"]
    assert len(found("F009", {"MEMORY.md": conflict * 200})) == 100


@pytest.mark.parametrize(
    "text",
    [
        "```\n<<<<<<< HEAD\n=======\n>>>>>>> x\n```\n",
        "~~~~\n<<<<<<< HEAD\n=======\n>>>>>>> x\n",
        "Title\n=======\n\n<<<<<<< HEAD\n",
    ],
)
def test_notes_about_merges_are_no_conflicts(text: str) -> None:
    assert found("F009", {"MEMORY.md": text}) == []


def test_what_lies_beside_the_files_of_a_store_is_seen(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path / "agent-memory" / "a",
        dict.fromkeys(
            [
                "x.md",
                "x.md~",
                "x.md.orig",
                "x.py.orig",
                ".x.md.swp",
                ".memoryd.x.md.1",
                "deep/y.md.rej",
                "deep/z.md",
            ],
            "Text.\n",
        ),
    )
    paths = [os.path.relpath(each.path, root) for each in FORM["F011"].run(*read_contexts((store_of(root),)))]
    assert paths == [".x.md.swp", "x.md.orig", "x.md~", "deep/y.md.rej"]


PIECES = st.lists(
    st.sampled_from(
        [
            "[a]: https://a.example/\n",
            "[b b]: https://b.example/ 'title'\n",
            "    [a]: https://c.example/\n",
            "- [a]: https://d.example/\n",
            "> [b B]: https://e.example/\n",
            "\n",
            "text [a] and [b b][] and [c][a]\n",
            "<!-- comment -->\n",
            "inline <!-- comment -->\n",
            "- item\n",
            "```\n",
        ]
    ),
    max_size=12,
).map("".join)


@given(PIECES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "---\nname: x\n---\n"]))
def test_what_vanishes_is_what_the_harness_does_not_show(body: str, eol: str, head: str) -> None:
    text = (head + body).replace("\n", eol)
    index = parse("MEMORY.md", text.encode())
    shown = loaded_view(index.raw, CLAUDE_AUTO).text.split("\n")
    diagnostics = found("F012", {"MEMORY.md": text}, CLAUDE_AUTO)
    for diagnostic in diagnostics:
        line = diagnostic.source_line
        assert shown.count(line) < text.replace("\r", "").split("\n").count(line)
    told = "".join(diagnostic.message for diagnostic in diagnostics)
    for link in index.links:
        assert link.destination in told or any(link.destination in line for line in shown)
    assert found("F012", {"MEMORY.md": text}) == []
