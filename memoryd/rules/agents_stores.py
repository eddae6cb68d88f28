"""A: agents and their stores, checked by store."""

from collections.abc import Iterator

from memoryd.domain.agents.definition import AgentDefinition, match_agents
from memoryd.domain.agents.loading import CLAUDE, refusal
from memoryd.domain.agents.roster import Roster, is_at_home
from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import roster_rule
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, is_above
from memoryd.domain.text.phrases import counted
from memoryd.domain.trust import Escape

_MOVE = b'"autoMemoryDirectory"'


@roster_rule("A003", "split-store", Severity.WARNING)
def split_store(roster: Roster) -> Iterator[Finding]:
    """One agent has several memory directories in one repository.

    Memory of project and local scope belongs to the directory where the agent is started, not to the
    root of the repository: after a `cd`, the same agent starts with an empty memory and fills another
    store. The same happens if `memory:` was changed and the old store stayed. Move the notes that matter
    into one store and remove the other. An agent with another definition in a sub-directory is another agent.

    Found in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        memory: project
        ---
        --- .claude/agent-memory/reviewer/MEMORY.md
        - the tests run in Docker
        --- web/.claude/agent-memory/reviewer/MEMORY.md
        - the pages are in Elm

    Found in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - the tests run in Docker
        --- .claude/agent-memory-local/reviewer/MEMORY.md
        - my token is in pass

    Silent in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - the tests run in Docker
        --- ~/.claude/agent-memory/reviewer/MEMORY.md
        - Ann likes short names
        --- web/.claude/agents/reviewer.md
        ---
        name: reviewer
        memory: project
        ---
        --- web/.claude/agent-memory/reviewer/MEMORY.md
        - the pages are in Elm
    """
    for (top, name, path), group in _by_agent(roster).items():
        own = next((each.agent for each in roster.definitions if each.agent.path == path), None)
        users = [each for each in roster.snapshots if _is_users(each, name, own)]
        main, *strays = sorted([*group, *users], key=lambda each: _distance(each, own))
        for stray in strays:
            yield _split(stray, main, own, top)


def _by_agent(roster: Roster) -> dict[tuple[str, str, str], list[Snapshot]]:
    """Return the stores of project and local scope with notes, by repository, agent and definition."""
    groups: dict[tuple[str, str, str], list[Snapshot]] = {}
    for snapshot in roster.snapshots:
        store = snapshot.store
        if store.scope is Scope.USER or store.profile is not CLAUDE_AGENT or not is_at_home(store):
            continue  # notes of user scope belong to all projects
        if _holds_text(snapshot):
            own = roster.governor(store)
            key = (roster.repository(store), store.agent, own.path if own else "")
            groups.setdefault(key, []).append(snapshot)
    return groups


def _is_users(snapshot: Snapshot, name: str, governor: AgentDefinition | None) -> bool:
    """Return whether this is the user-scope store of an agent that a project defines with that scope."""
    store = snapshot.store
    return (
        governor is not None
        and not governor.user
        and governor.scope is store.scope is Scope.USER
        and store.agent == name
        and store.profile is CLAUDE_AGENT
        and _holds_text(snapshot)
    )


def _distance(snapshot: Snapshot, governor: AgentDefinition | None) -> tuple[bool, int, bool, str]:
    """Return the distance of a store from the right one: by scope, then by depth."""
    store = snapshot.store
    wrong = governor is not None and governor.scope is not None and store.scope is not governor.scope
    return wrong, store.base.count("/"), store.scope is Scope.LOCAL, store.root


def _split(stray: Snapshot, main: Snapshot, governor: AgentDefinition | None, top: str) -> Finding:
    store = stray.store
    if governor and governor.scope and store.scope is not governor.scope:
        why = f"this store is of scope {store.scope}, and not read: `memory: {governor.scope}`"
    elif store.base == main.store.base:
        why = f"this store is of scope {store.scope}, the other of scope {main.store.scope}"
    else:
        start = store.base.removeprefix(f"{top.rstrip('/')}/") if store.base != top else "its top directory"
        why = f"this store is read only where it is started in {start}"
    message = f'the memory of "{store.agent}" is split: {why}; {_difference(stray, main)}'
    index, there = _index(stray), _index(main)
    size = counted(len(main.documents), "file", "files")
    related = Relation(there, 0, f"its other memory, {size}", root=main.store.root)
    return Finding(index, Span(index.body, index.body), message, (related,), root=store.root)


def _difference(stray: Snapshot, main: Snapshot) -> str:
    """Return the differences between two copies, by file."""
    both = stray.documents.keys() & main.documents.keys()
    same = sum(stray.documents[path].raw == main.documents[path].raw for path in both)
    numbers = {
        "only here": len(stray.documents) - len(both),
        "different": len(both) - same,
        "the same": same,
        "only there": len(main.documents) - len(both),
    }
    return "files: " + ", ".join(f"{number} {how}" for how, number in numbers.items() if number)


@roster_rule("A004", "store-without-agent", Severity.INFO)
def store_without_agent(roster: Roster) -> Iterator[Finding]:
    """No agent definition matches this store: its agent was renamed, removed, or has other memory now.

    Such a store is never loaded. Rename the directory to the agent's new name, or remove it. memoryd does
    not know agents from plugins or the command line. If no definition at all is known, nothing is reported.

    Found in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        memory: project
        ---
        --- .claude/agent-memory/code-reviewer/MEMORY.md
        - the tests run in Docker

    Silent in:
        --- .claude/agents/reviewer.md
        ---
        name: code reviewer
        memory: project
        ---
        --- .claude/agent-memory/code-reviewer/MEMORY.md
        - the tests run in Docker
    """
    for snapshot in roster.snapshots:
        store = snapshot.store
        if store.profile is not CLAUDE_AGENT or not is_at_home(store) or not snapshot.documents:
            continue
        known = tuple(definition.agent for definition in roster.definitions)
        visible = [agent for agent in known if agent.user or is_above(agent.base, store.base)]
        if not visible or match_agents(store, known):
            continue
        governor = roster.governor(store)
        has = f"has `memory: {governor.memory}`" if governor and governor.memory else "has no `memory:`"
        message = (
            f'the agent "{governor.name}" {has}: it does not read this store of scope {store.scope}'
            if governor
            else f'no agent "{store.agent}" is defined: no agent loads this store'
        )
        index = _index(snapshot)
        yield Finding(index, Span(index.body, index.body), message, root=store.root)


@roster_rule("A006", "unloadable-store", Severity.ERROR)
def unloadable_store(roster: Roster) -> Iterator[Finding]:
    """Claude Code never loads this memory.

    It silently skips memory of project and local scope whose index file is a symbolic link, or whose
    directory is, by a link, outside the working directory, and an index file of auto memory of more than
    4 MiB. A pipe in place of an index file of user scope makes it hang. And settings with
    `"autoMemoryEnabled": false` turn off all memory, also that of agents.

    Found in:
        --- .claude/agent-memory/reviewer/MEMORY.md -> ../../../notes.md
        --- notes.md
        - the tests run in Docker

    Found in:
        --- .claude/settings.json
        {"autoMemoryEnabled": false}
        --- .claude/agent-memory/reviewer/MEMORY.md
        - the tests run in Docker

    Silent in:
        --- .claude/agent-memory/reviewer -> ../../notes
        --- notes/MEMORY.md
        - the tests run in Docker
        --- ~/.claude/agent-memory/writer/MEMORY.md -> notes.md
        --- ~/.claude/agent-memory/writer/notes.md
        - Ann likes short names
    """
    for snapshot in roster.snapshots:
        store = snapshot.store
        standing = roster.standings.get(store.root)
        refused = refusal(snapshot, standing) if standing else None
        # a directory behind a link that is still empty loses nothing
        if refused and (snapshot.documents or (standing and standing.index)):
            index = _index(snapshot)
            yield Finding(
                index, Span(index.body, index.body), f"never loaded: {refused.reason}", root=store.root
            )
    yield from _switched_off(roster)


def _switched_off(roster: Roster) -> Iterator[Finding]:
    """Yield the settings files that turn existing memory off."""
    claude = [each for each in roster.snapshots if each.store.profile.name in CLAUDE]
    for switch in roster.switches:
        off = [each for each in claude if each.documents and roster.switch(each.store) == switch]
        if off and not switch.on:
            root, _, name = switch.path.rpartition("/")
            document = parse(name, switch.source)
            at = max(document.source.find(b'"autoMemoryEnabled"'), document.source.find(b'"CLAUDE_CODE_D'), 0)
            span = Span(at, at + len(document.source[at : document.line_at(at).end].rstrip()))
            number = counted(len(off), "store is", "stores are")
            related = tuple(Relation(_index(each), 0, "never loaded", root=each.store.root) for each in off)
            message = f"memory is turned off here, agents' too: {number} never loaded"
            yield Finding(document, span, message, related, root=root)


@roster_rule("A009", "escaping-store", Severity.ERROR)
def escaping_store(roster: Roster) -> Iterator[Finding]:
    """A repository names a file or directory outside of itself, which memoryd does not follow.

    A cloned repository can contain a symbolic link to your private files, or a settings file that moves
    auto memory to your documents. Such a store or file is not read, indexed, recorded or changed. If you
    made the link or wrote the setting yourself, run `memoryd trust REPO`; otherwise remove it. Links that
    stay inside the repository are followed, and so are links in memory of user scope.

    Found in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - [keys](keys.md)
        --- .claude/agent-memory/reviewer/keys.md -> /etc/ssl/openssl.cnf

    Found in:
        --- .claude/settings.json
        {"autoMemoryDirectory": "~/Documents"}
        --- .claude/agent-memory/reviewer/MEMORY.md
        - the tests run in Docker

    Silent in:
        --- .claude/agent-memory/reviewer/MEMORY.md -> ../../../notes/MEMORY.md
        --- notes/MEMORY.md
        - the tests run in Docker
        --- ~/.claude/agent-memory/writer -> ../../vault
        --- ~/vault/MEMORY.md
        - Ann likes short names
    """
    for escape in roster.escapes:
        yield _named(escape)
    for snapshot in roster.snapshots:
        for each in snapshot.unread:
            if each.escapes:
                yield Finding(parse(each.path, b""), Span(0, 0), each.reason, root=snapshot.store.root)


def _named(escape: Escape) -> Finding:
    """Return the finding on a link or a settings file."""
    root, _, name = escape.path.rpartition("/")
    document = parse(name, escape.source)
    at = max(document.source.find(_MOVE), 0)
    return Finding(document, Span(at, at + len(_MOVE) * bool(escape.source)), escape.message, root=root)


def _holds_text(snapshot: Snapshot) -> bool:
    """Return whether a store has any text: the client creates the directory earlier."""
    return any(document.raw.strip() for document in snapshot.documents.values())


def _index(snapshot: Snapshot) -> Document:
    """Return the index file, or an empty one if there is none."""
    return snapshot.index or parse(snapshot.store.profile.index_name, b"")
