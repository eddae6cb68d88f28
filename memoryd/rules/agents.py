"""A: agents and their stores, checked by definition."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from memoryd.domain.agents.definition import AgentDefinition, home_of, match_agents
from memoryd.domain.agents.roster import Definition, Roster
from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import roster_rule
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.positions import byte_span
from memoryd.domain.stores.store import Scope, directory_name, is_above
from memoryd.values import regex

_PROMPT = regex(
    r"You have a persistent\b[^\n`]{0,80}?\bmemory (?:directory|system)\b[^\n`]{0,40}?\bat:?\s*`([^`\n]+)`",
    re.IGNORECASE,
)
_EMPTY = regex(r"Your MEMORY\.md is currently empty")
_PLACEHOLDER = regex(r"[{<\[$%]|\.{3}|…|(?:/|^)(?:path|absolute)/to/|(?i:your[-_ ])")
_TEMPLATE_NAME = regex(r"[{}<>\[\]$%]")
_MACHINE_PATH = regex(r"[/~\\]|[A-Za-z]:[/\\]")

_UNTRUE = "and this is untrue as soon as there is memory"
_CONTAINERS = {
    Scope.USER: "~/.claude/agent-memory",
    Scope.PROJECT: ".claude/agent-memory",
    Scope.LOCAL: ".claude/agent-memory-local",
}
_NO_MEMORY = frozenset({"", "null", "~", "none", "no", "false", "off"})  # who writes this wants none


@roster_rule("A001", "stale-memory-prompt", Severity.WARNING)
def stale_memory_prompt(roster: Roster) -> Iterator[Finding]:
    r"""An agent definition contains an old memory prompt that was pasted in.

    Earlier versions of Claude Code wrote the whole prompt into the definition, with the absolute path of
    its author's machine and the sentence that the memory is empty. On any other machine the agent then
    writes to a directory that no agent reads. Today `memory:` is enough: the harness gives the agent its
    prompt, with the right directory, at every start. Delete that section. A prompt with a relative path
    in a definition without `memory:` is intended, and not reported.

    Found in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        memory: project
        ---
        You review.

        You have a persistent Agent Memory directory at `/Users/ann/shop/.claude/agent-memory/reviewer/`.

    Found in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        ---
        You have a persistent, file-based memory system at `C:\shop\.claude\agent-memory\reviewer\`.

    Silent in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        memory: project
        ---
        You review. Your memory holds what you learned about this project.
        --- .claude/agents/writer.md
        ---
        name: writer
        ---
        You have a persistent memory directory at `notes/writer/`.
    """
    for definition in _agents(roster):
        document, text = definition.document, definition.document.text
        for match in _PROMPT.finditer(text):
            complaint = _complaint(roster, definition, match[1])
            if complaint and _is_prose(document, byte_span(text, *match.span()).start):
                empty = _EMPTY.search(text, match.end())
                related = [Relation(document, byte_span(text, *empty.span()).start, _UNTRUE)] if empty else []
                span = byte_span(text, *match.span(1))
                yield Finding(document, span, complaint, tuple(related), root=definition.root)
                break  # one is enough to go and look


def _agents(roster: Roster) -> Iterator[Definition]:
    """Yield the definitions that are checked, without patterns for definitions, such as `{agent-name}`."""
    return (each for each in roster.judged if not _TEMPLATE_NAME.search(each.agent.name))


def _complaint(roster: Roster, definition: Definition, path: str) -> str:
    """Return the problem of the directory that a pasted prompt names; "" if there is none."""
    agent = definition.agent
    if _PLACEHOLDER.search(path):
        current = f"`memory: {agent.scope}` alone gives it a current prompt at every start"
        return f'an old memory prompt with a placeholder, "{path}": {current}' if agent.scope else ""
    of_one_machine = ", a path of one machine" if _MACHINE_PATH.match(path) else ""
    if not agent.scope:
        message = (
            f'an old memory prompt sends it to "{path}"{of_one_machine}: `memory:` gives it one everywhere'
        )
        return message if of_one_machine else ""
    given = f"`memory: {agent.scope}`"
    own = f"{_CONTAINERS[agent.scope]}/{directory_name(agent.name)}"
    if path.removeprefix("./").rstrip("/") in {own, home_of(agent), *_roots(roster, agent)}:
        return f"an old memory prompt: {given} alone gives it a current one at every start"
    return f'an old memory prompt sends it to "{path}"{of_one_machine}: {given} means {own}'


@roster_rule("A002", "invalid-memory-scope", Severity.ERROR)
def invalid_memory_scope(roster: Roster) -> Iterator[Finding]:
    """An agent definition's `memory:` is not user, project or local, so the agent has no memory.

    Claude Code accepts exactly these three words, and ignores any other value silently, even a list.
    `none`, `false` and an empty value mean that the agent shall have no memory; they are not reported.

    Found in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        memory: Project
        ---

    Found in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        memory:
          - project
        ---

    Silent in:
        --- .claude/agents/reviewer.md
        ---
        name: reviewer
        memory: "project"
        ---
        --- .claude/agents/writer.md
        ---
        name: writer
        memory: none
        ---
    """
    for definition in roster.judged:
        agent, document = definition.agent, definition.document
        value = agent.memory
        if document.front_matter and document.front_matter.problem:
            value = re.split(r"\s#", value)[0].strip()  # read as text, a remark is still there
        if value in set(Scope) - {Scope.AUTO} or value.casefold() in _NO_MEMORY:
            continue
        shown = f'"{value}"' if value not in {"[…]", "{…}"} else "a list" if value == "[…]" else "a mapping"
        meant = value.strip().casefold()
        hint = f"; write {meant}" if meant in {"user", "project", "local"} else ""
        message = f"{shown} is none of user, project, local: the agent has no memory{hint}"
        yield Finding(document, _field(document, "memory"), message, root=definition.root)


@roster_rule("A005", "store-name-collision", Severity.WARNING)
def store_name_collision(roster: Roster) -> Iterator[Finding]:
    """Two agents with different names share one memory directory.

    The directory is the name with every character outside `A–Z a–z 0–9 _ -` replaced by `-`: the
    agents `db.admin`, `db admin` and `db-admin` read and overwrite the same notes. Rename one.

    Found in:
        --- .claude/agents/one.md
        ---
        name: db.admin
        memory: project
        ---
        --- .claude/agents/two.md
        ---
        name: db-admin
        memory: project
        ---

    Silent in:
        --- .claude/agents/one.md
        ---
        name: db.admin
        memory: project
        ---
        --- .claude/agents/two.md
        ---
        name: db-admin
        memory: local
        ---
        --- api/.claude/agents/three.md
        ---
        name: db.admin
        memory: project
        ---
    """
    told: set[str] = set()
    for definition in roster.judged:
        agent = definition.agent
        others = [each for each in roster.definitions if _share(agent, each.agent)]
        paths = {agent.path, *(each.agent.path for each in others)}
        if not others or paths & told:
            continue
        told |= paths
        yield _collision(definition, others)


def _collision(definition: Definition, others: list[Definition]) -> Finding:
    name, document = definition.agent.name, definition.document
    names = " and ".join(sorted({f'"{each.agent.name}"' for each in others}))
    related = tuple(
        Relation(each.document, _field(each.document, "name").start, f'"{each.agent.name}"', root=each.root)
        for each in others
    )
    message = f'"{name}" and {names} share the memory directory {directory_name(name)}'
    return Finding(document, _field(document, "name"), message, related, root=definition.root)


def _share(one: AgentDefinition, other: AgentDefinition) -> bool:
    """Return whether two agents of different names can have the same directory."""
    return (
        one.name != other.name
        and one.scope is not None
        and one.scope is other.scope
        and directory_name(one.name) == directory_name(other.name)
        and (
            one.scope is Scope.USER
            or one.user
            or other.user
            or is_above(one.base, other.base)
            or is_above(other.base, one.base)
        )
    )


@roster_rule("A007", "fleeting-store", Severity.WARNING)
def fleeting_store(roster: Roster) -> Iterator[Finding]:
    """An agent with its own worktree keeps its memory where git ignores it.

    An agent with `isolation: worktree` works in a fresh copy of the committed files, which is removed when
    it ends. Memory that git ignores is not in that copy, and the agent's notes are deleted with it.
    Commit the directory (`memory: project`, without an ignore entry), or use `memory: user`.

    Found in:
        --- .gitignore
        .claude/agent-memory-local/
        --- .claude/agents/fixer.md
        ---
        name: fixer
        memory: local
        isolation: worktree
        ---

    Silent in:
        --- .gitignore
        .claude/agent-memory-local/
        --- .claude/agents/fixer.md
        ---
        name: fixer
        memory: project
        isolation: worktree
        ---
        --- .claude/agents/writer.md
        ---
        name: writer
        memory: local
        ---
    """
    for definition in roster.judged:
        agent, document = definition.agent, definition.document
        if definition.isolated and not roster.ignored.isdisjoint({home_of(agent), *_roots(roster, agent)}):
            message = "git ignores its memory: what it notes in its worktree is deleted with the worktree"
            yield Finding(document, _field(document, "isolation"), message, root=definition.root)


def _roots(roster: Roster, agent: AgentDefinition) -> Iterator[str]:
    """Yield the directories of an agent's stores."""
    stores = (snapshot.store for snapshot in roster.snapshots)
    return (store.root for store in stores if match_agents(store, (agent,)))


def _field(document: Document, key: str) -> Span:
    """Return the span of a key in the front matter with its value, or the start of the front matter."""
    front_matter = document.front_matter
    if front_matter is None:
        return Span(0, 0)
    return front_matter.key_span(key) or Span(front_matter.span.start, front_matter.span.start)


def _is_prose(document: Document, offset: int) -> bool:
    """Return whether an offset is in running text and not in code."""
    at = bisect_right(document.prose, offset, key=lambda span: span.start) - 1
    return at >= 0 and offset < document.prose[at].end
