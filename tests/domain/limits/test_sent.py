from memoryd.domain.agents.roster import Roster, StoreOnDisk, Switch
from memoryd.domain.limits.sent import sent_text
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import OTHERS
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store, agent_store, auto_store

AGENT = agent_store("/p/.claude/agent-memory/a", user=False)
AUTO = auto_store("/h/.claude/projects/-p/memory", "/p", "-p")


def _snapshot(store: Store, **files: str) -> Snapshot:
    return Snapshot(store, {f"{name}.md": parse(f"{name}.md", text.encode()) for name, text in files.items()})


def test_a_file_is_sent_as_it_is_loaded() -> None:
    sent = sent_text(_snapshot(AGENT, MEMORY="- a\n" * 201), Roster(()))
    assert sent.text.startswith("- a\n")
    assert "> WARNING: " in sent.text
    assert sent.reason == ""


def test_a_missing_file_has_a_sentence_for_agents_only() -> None:
    assert sent_text(_snapshot(AGENT, notes="x"), Roster(())).text.startswith(
        "Your MEMORY.md is currently empty."
    )
    assert sent_text(_snapshot(AUTO), Roster(())).text == ""
    assert "writes one" in sent_text(_snapshot(AUTO, notes="x"), Roster(())).reason


def test_settings_of_the_project_win() -> None:
    snapshot = _snapshot(AGENT, MEMORY="- a\n")
    user = Switch("/h/.claude/settings.json", "/h/.claude", user=True, on=False, source=b"")
    project = Switch("/p/.claude/settings.json", "/p", user=False, on=True, source=b"")
    off = sent_text(snapshot, Roster((snapshot,), switches=(user,)))
    assert (off.text, off.reason) == ("", "memory is turned off in /h/.claude/settings.json")
    assert sent_text(snapshot, Roster((snapshot,), switches=(user, project))).text == "- a"


def test_a_refusal_of_the_client_is_sent() -> None:
    snapshot = _snapshot(AGENT, MEMORY="- a\n")
    standing = StoreOnDisk(AGENT.root, "/p", "/p", "link", 4, exists=True)
    sent = sent_text(snapshot, Roster((snapshot,), standings={AGENT.root: standing}))
    assert sent.text.startswith("Your MEMORY.md was not loaded: MEMORY.md is a symbolic link")


def test_other_harnesses_do_not_refuse() -> None:
    hermes = next(profile for profile in OTHERS if profile.name == "hermes")
    store = Store("/h/.hermes/memories", Scope.USER, "hermes", "/h", hermes)
    assert sent_text(_snapshot(store, MEMORY="- a\n"), Roster(()), off="all is off").text == "- a\n"
    assert sent_text(_snapshot(store), Roster(())).text == ""
