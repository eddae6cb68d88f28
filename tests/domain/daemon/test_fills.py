from memoryd.domain.daemon.fills import Fill, project_lines
from memoryd.domain.stores.store import agent_store, auto_store

REVIEWER = agent_store("/p/.claude/agent-memory/reviewer", user=False)
TESTER = agent_store("/p/web/.claude/agent-memory/tester", user=False)
AUTO = auto_store("/h/.claude/projects/-p/memory", "/p", "p")
USER = agent_store("/h/.claude/agent-memory/own", user=True)


def test_a_project_shows_its_fullest_index_file_and_all_unseen_entries() -> None:
    fills = [
        (REVIEWER, Fill(0.87, 0)),
        (TESTER, Fill(0.3, 0)),
        (AUTO, Fill(1.042, 1_200)),
        (USER, Fill(2.0, 9)),
    ]
    assert project_lines(fills) == {
        "/p": "memory 104 % · 1,200 unseen",
        "/p/web": "memory 104 % · 1,200 unseen",
    }
    assert project_lines(fills[:2]) == {"/p": "memory 87 %", "/p/web": "memory 87 %"}
    assert project_lines(fills[1:2]) == {"/p/web": "memory 30 %"}
    assert project_lines(fills[3:]) == project_lines([]) == {}
