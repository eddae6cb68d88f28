from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from domain.security.samples import SAMPLES
from hypothesis import given
from hypothesis import strategies as st
from services.hooks.office import Office
from support import write_tree

from memoryd.adapters.history.records import SeenFile
from memoryd.domain.history.versions import BEFORE, CLIENT
from memoryd.domain.stores.store import agent_store
from memoryd.services.hooks.desk import Desk, DeskSetting

HEAD = "# Memory\n\n"
FACTS = [f"- fact {number}\n" for number in range(230)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": HEAD + "".join(FACTS)}
    )


def test_a_write_from_the_loaded_part_is_refused_once(root: Path) -> None:
    office = Office(root)
    started = office.start()
    assert "32 entries of" in started["additionalContext"]
    blind = HEAD + "".join(FACTS[:190]) + "- new\n"
    refused = office.before(blind)
    assert refused["permissionDecision"] == "deny"
    assert (
        'would remove 32 lines of MEMORY.md, which were not shown to you: "- fact 198"'
        in (refused["permissionDecisionReason"])
    )
    assert office.before(blind) == {}
    assert office.bugs == []


def test_who_read_the_file_may_remove_what_it_read(root: Path) -> None:
    office = Office(root)
    office.start()
    text = (root / "MEMORY.md").read_text()
    given = {"file_path": str(root / "MEMORY.md")}
    read = {"file": {"content": text, "startLine": 1}}
    assert (
        office.ask(hook_event_name="PostToolUse", tool_name="Read", tool_input=given, tool_response=read)
        == {}
    )
    assert office.before(HEAD) == {}


def test_lines_that_another_session_added_are_not_removed_unseen(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    office = Office(root)
    assert office.start() == {}
    (root / "MEMORY.md").write_text("- a\n- of another\n")
    assert "- of another" in office.before("- a\n- mine\n")["permissionDecisionReason"]
    other = office.before("- a\n- theirs\n", session_id="t")
    assert other == {}  # nothing is known of that session


def test_own_writes_are_known(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    office = Office(root)
    office.start()
    office.before("- a\n- b\n")
    office.after("- a\n- b\n", before="- a\n")
    assert office.before("- a\n") == {}


def test_a_line_that_is_elsewhere_in_the_store_is_not_lost(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    office = Office(root)
    office.start()
    write_tree(root, {"MEMORY.md": "- a\n- moved\n", "topic.md": "# T\n\n- moved\n"})
    assert office.before("- a\n") == {}


def test_a_topic_that_was_never_read_is_guarded_too(root: Path) -> None:
    (root / "build.md").write_text("# Build\n\n- make\n")
    office = Office(root)
    assert office.before("# Build\n", "build.md") == {}
    office.start()
    assert office.before("# Build\n", "build.md")["permissionDecision"] == "deny"
    assert office.before("# New\n", "new.md") == {}


def test_a_session_that_goes_on_elsewhere_is_not_known(root: Path) -> None:
    office = Office(root)
    office.ask(hook_event_name="SessionStart", source="resume", agent_id="")
    assert office.before(HEAD, agent_id="") == {}
    office.ask(hook_event_name="SessionStart", source="startup", agent_id="")
    assert office.before(HEAD, agent_id="")["permissionDecision"] == "deny"
    office.ask(hook_event_name="SessionEnd", agent_id="")
    assert office.before(HEAD + "- x\n", agent_id="") == {}


def test_headroom_is_told_when_something_leaves_the_view(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    office = Office(root)
    told = office.before("- a\n" + "".join(FACTS[:203]))
    assert "has 204 of 200 lines" in told["additionalContext"]
    assert "permissionDecision" not in told
    assert office.before("- a\n- b\n") == {}
    given = {"file_path": str(root / "MEMORY.md"), "old_string": "- a\n", "new_string": "- a\n" * 210}
    edited = office.ask(hook_event_name="PreToolUse", tool_name="Edit", tool_input=given)
    assert "has 210 of 200 lines" in edited["additionalContext"]


def test_a_person_is_asked_if_they_want_to_be(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    asked = Office(root, asks=True).before("- b\n- c\n")
    assert asked["permissionDecision"] == "ask"
    assert asked["permissionDecisionReason"].startswith("MEMORY.md: +2 −1 lines, 2 of 200 lines")


def test_an_alarm_is_told_at_the_start(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    assert "were lost: `memoryd status`" in Office(root, alarmed=True).start()["additionalContext"]


def test_every_write_is_recorded_with_what_was_before(root: Path) -> None:
    (root / "MEMORY.md").write_text("- 0\n")
    office = Office(root)
    office.before("- 1\n")
    for number in range(1, 11):
        office.after(f"- {number}\n", before=f"- {number - 1}\n")
    assert [each.content for each in office.recorded] == [f"- {number}\n".encode() for number in range(11)]
    assert {(each.actor, each.author) for each in office.recorded[1:]} == {(CLIENT, "reviewer")}
    assert office.recorded[0].actor == BEFORE
    assert {each.root for each in office.recorded} == {str(root)}
    assert set(office.rung) == {str(root / "MEMORY.md")}


def test_a_write_that_was_overwritten_meanwhile_is_recorded_too(root: Path) -> None:
    (root / "MEMORY.md").write_text("- later\n")
    office = Office(root)
    given = {"file_path": str(root / "MEMORY.md"), "old_string": "a", "new_string": "b"}
    patch = [{"oldStart": 1, "lines": ["-- a", "+- b"]}]
    response = {"originalFile": "- a\n", "structuredPatch": patch}
    office.ask(hook_event_name="PostToolUse", tool_name="Edit", tool_input=given, tool_response=response)
    assert [each.content for each in office.recorded] == [b"- a\n", b"- b\n", b"- later\n"]


def test_what_a_client_kept_itself_is_not_recorded_twice(root: Path) -> None:
    office = Office(root, waits=False)
    office.after("- a\n")
    assert office.recorded == []


def test_the_first_write_of_a_new_agent_is_recorded(root: Path) -> None:
    new = write_tree(root.with_name("tester"), {})
    office = Office(root)
    office.after("- a\n", name="../tester/MEMORY.md")
    assert [(each.root, each.path) for each in office.recorded] == [(str(new), str(new / "MEMORY.md"))]


def spawn(office: Office, agent: object) -> dict[str, Any]:
    given = {"subagent_type": agent, "prompt": "review"}
    main = {"agent_id": "", "agent_type": ""}
    return office.ask(hook_event_name="PreToolUse", tool_name="Agent", tool_input=given, **main)


def test_who_starts_a_subagent_is_told_what_that_one_will_not_see(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    assert spawn(Office(root), "reviewer") == {}
    assert "were lost" in spawn(Office(root, alarmed=True), "reviewer")["additionalContext"]
    assert spawn(Office(root, alarmed=True), "other") == spawn(Office(root, alarmed=True), 7) == {}
    (root / "MEMORY.md").write_text("".join(f"- fact {number}\n" for number in range(230)))
    office = Office(root)
    assert "30 entries" in spawn(office, "reviewer")["additionalContext"]
    assert office.bugs == []


def test_a_large_text_is_judged_by_its_lines(root: Path) -> None:
    office = Office(root)
    text = "".join(f"- fact {number} about staging\n" for number in range(40_000))
    told = office.before(text)["additionalContext"]
    assert '39,800 lines would not be loaded: "- fact 200 about staging"' in told
    (root / "MEMORY.md").write_text(text)
    assert "39,800 lines" in office.start()["additionalContext"]
    assert len(told) <= 1000
    assert office.bugs == []


@pytest.mark.parametrize("operations", [(), (41,), (41, 42)])
def test_what_was_written_is_told_with_how_to_undo_it(root: Path, operations: tuple[int, ...]) -> None:
    office = Office(root)
    office.operations = operations
    office.before("- a\n")
    office.after("- a\n")
    told = office.ask(hook_event_name="SubagentStop")["systemMessage"]
    hint = {
        0: "(memoryd log)",
        1: "(undo: memoryd undo 41)",
        2: "(undo: memoryd undo 42, then memoryd undo 41)",
    }
    assert told.endswith(hint[len(operations)])


def test_what_was_written_is_told_to_the_person_once(root: Path) -> None:
    (root / "MEMORY.md").write_text("- a\n")
    office = Office(root)
    office.before("- a\n- b\n")
    office.after("- a\n- b\n", before="- a\n")
    told = office.ask(hook_event_name="SubagentStop")
    assert told == {"systemMessage": "memory: +1 −0 lines in reviewer/MEMORY.md (memoryd log)"}
    assert office.ask(hook_event_name="SubagentStop") == {}


def test_what_is_no_memory_is_left_alone(root: Path, tmp_path: Path) -> None:
    (root / "odd").symlink_to(tmp_path / "secret.md")
    (tmp_path / "secret.md").write_text("secret\n")
    office = Office(root)
    office.start()
    for name in ("../../../main.py", "notes.txt", "odd", "x\0.md", "."):
        assert office.before("x", name) == {}
        given = {"file_path": f"{root}/{name}"}
        office.ask(hook_event_name="PostToolUse", tool_name="Write", tool_input=given, tool_response={})
    assert (office.recorded, office.bugs) == ([], [])


def test_a_bug_is_no_answer(root: Path) -> None:
    office = Office(root)

    def fail(_: Iterable[SeenFile]) -> None:
        raise OSError(28, "No space left on device")

    office.desk = Desk(
        DeskSetting(
            stores=lambda: {str(root): office.store},
            record=fail,
            ring=office.rung.append,
            is_compacted=lambda _: True,
            asks=lambda: False,
            alarms=frozenset,
            close=lambda _: (),
            bug=office.bugs.append,
        )
    )
    office.before("- a\n")
    assert [type(each) for each in office.bugs] == [OSError]


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)
NAMES = st.sampled_from(["PreToolUse", "PostToolUse", "SessionStart", "SubagentStop", "Stop", "Other"])
KEYS = st.sampled_from(
    ["file_path", "content", "old_string", "new_string", "originalFile", "structuredPatch", "file"]
)


@given(NAMES, st.sampled_from(["Write", "Edit", "Read", "", "Agent"]), st.data())
def test_no_event_is_a_bug(
    tmp_path_factory: pytest.TempPathFactory, name: str, tool: str, data: st.DataObject
) -> None:
    root = write_tree(tmp_path_factory.getbasetemp() / "agent-memory" / "fuzzed", {"MEMORY.md": "- a\n"})
    office = Office(root)
    given = data.draw(st.dictionaries(KEYS, VALUES)) | {"file_path": str(root / "MEMORY.md")}
    response = data.draw(st.dictionaries(KEYS, VALUES))
    office.ask(hook_event_name=name, tool_name=tool, tool_input=given, tool_response=response)
    assert office.bugs == []


def test_a_write_with_a_secret_is_refused_where_it_is_shared_and_asked_about_elsewhere(root: Path) -> None:
    token = SAMPLES[0][1]
    office = Office(root)
    office.start(source="startup")
    refused = office.before(f"- {token}\n", "new.md")
    assert refused["permissionDecision"] == "deny"
    assert "GitHub token, ghp_…" in refused["permissionDecisionReason"]
    assert token[4:12] not in str(refused)
    assert office.before("- nothing\n", "new.md") == {}
    office.store = agent_store(str(root), user=True)
    assert office.before(f"- {token}\n", "new.md")["permissionDecision"] == "ask"
    assert office.bugs == []
