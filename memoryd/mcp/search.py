"""`memory_search`."""

from collections.abc import Mapping

from memoryd.adapters.dates import now
from memoryd.adapters.search.index import Hit
from memoryd.adapters.stores.files import UnreadableError
from memoryd.domain.text.phrases import counted
from memoryd.mcp.answers import LONG, SHORT, fitting, quoted
from memoryd.mcp.project import Project

_USUAL = 10  # hits
_MOST = 200


def search(project: Project, given: Mapping[str, object]) -> str:
    """Return the notes of the project that match a query, the best first.

    Raises:
        MemorydError: If an agent has no memory here, or the index cannot be used.
    """
    query, agent, limit = str(given["query"]), str(given.get("agent", "")), given.get("limit", _USUAL)
    most = min(max(limit, 1), _MOST) if isinstance(limit, int) else _USUAL
    present = now()
    roots = [store.root for store in project.stores_of(agent)] if agent else _roots(project)
    hits = project.index().search(query, now=present, limit=most, roots=roots)
    head = counted(len(hits), "hit", "hits")
    return fitting(head, (_line(project, hit) for hit in hits), SHORT if most <= _USUAL else LONG)


def _roots(project: Project) -> list[str]:
    return [store.root for store in project.stores]


def _line(project: Project, hit: Hit) -> str:
    store = next(each for each in project.stores if each.root == hit.root)
    try:
        reference = project.references.at(store, project.document(store, hit.path), hit.line)
    except UnreadableError:  # it was deleted meanwhile
        reference = "(gone)"
    place = f"{project.shown(f'{hit.root}/{hit.path}')}:{hit.line}"
    return f"{reference} {hit.agent} ({hit.scope}) {place} {quoted(hit.snippet)}"
