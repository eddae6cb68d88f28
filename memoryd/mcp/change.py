"""`memory_add` and `memory_forget`."""

from collections.abc import Mapping

from memoryd.adapters.stores import contents
from memoryd.domain.edits.plan import Applicability, Fix, Plan
from memoryd.domain.links.new_note import find_note, note_text, plan_note
from memoryd.domain.removal.remove import Removal, remove
from memoryd.domain.stores.profiles import may_rewrite, rewrite_refusal
from memoryd.domain.stores.store import Store
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError
from memoryd.mcp.answers import fitting
from memoryd.mcp.check import READING, likenesses, room_after
from memoryd.mcp.project import Project
from memoryd.services.edits import apply


def add(project: Project, given: Mapping[str, object]) -> str:
    """Add a note where its agent sees it, and return what there is like it and how to undo it.

    Raises:
        MemorydError: If it is there already, does not fit, or the store must not be changed.
    """
    line = note_text(str(given["text"]))
    store = _one_store(project, str(given["agent"]))
    _demand_changeable(project, store)
    snapshot = contents.snapshot(store)
    if known := find_note(snapshot, line):
        raise MemorydError(f"nothing added: {known[0]}:{known[1]} says the same")
    topic = given.get("topic")
    fix = plan_note(snapshot, line, str(topic) if topic else None)
    lines = []
    for change in fix.changes:
        path = change.path[len(store.root) + 1 :]
        after = change.after or b""
        lines += room_after(store, path, change.before or b"", after)
        lines += likenesses(project.notes.compare(store, path, after, READING))
    if given.get("dry_run") is True:
        return fitting(f"would {fix.title}", lines)
    return fitting(f"{fix.title}: {_applied(project, fix)}", lines)


def forget(project: Project, given: Mapping[str, object]) -> str:
    """Remove a note by its reference; its text is in neither call nor answer.

    Raises:
        MemorydError: If it was changed since, or cannot be removed.
    """
    note = project.note(str(given["ref"]))
    _demand_changeable(project, note.store)
    snapshot = contents.snapshot(note.store)
    current = snapshot.documents.get(note.document.path)
    if current is None or current.raw != note.document.raw:
        raise MemorydError("the note was changed or removed since", "search for it again")
    removal = Removal(note.document.path, note.span)
    result = remove(snapshot, [removal])
    if reason := result.kept.get(removal):
        raise MemorydError(f"the note stays: {reason}")
    if not result.changes:
        raise MemorydError("there is nothing to remove")
    fix = Fix(f"forget a note of {note.document.path}", Applicability.UNSAFE, result.changes)
    return f"{counted(len(fix.changes), 'file', 'files')} changed: {_applied(project, fix)}"


def _applied(project: Project, fix: Fix) -> str:
    cause = "forget" if fix.applicability is Applicability.UNSAFE else "add"
    with project.runtime.history() as history:
        operation = apply(Plan(cause, (fix,)), history)
    project.forget_update()
    return f"operation {operation} (undo: memoryd undo {operation})"


def _one_store(project: Project, agent: str) -> Store:
    stores = project.stores_of(agent)
    if not agent or len(stores) > 1:
        raise MemorydError(
            f"{counted(len(stores), 'store', 'stores')} match",
            f"give one of them as agent: {', '.join(store.root for store in stores)}",
        )
    return stores[0]


def _demand_changeable(project: Project, store: Store) -> None:
    project.runtime.demand_inside(store.root)
    if not may_rewrite(store.profile, frozenset(project.runtime.config.rewrite)):
        raise MemorydError(f"{store.root} is not changed: {rewrite_refusal(store.profile)}")
