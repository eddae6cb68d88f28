"""Memory files as resources."""

from collections.abc import Mapping
from itertools import islice
from urllib.parse import quote, unquote

from memoryd.adapters.stores.files import UnreadableError
from memoryd.domain.text.escape import visible_line
from memoryd.errors import MemorydError
from memoryd.mcp.answers import LONG, framed
from memoryd.mcp.project import Project

_PAGE = 200
_SCHEME = "file://"


def list_resources(project: Project, cursor: object) -> Mapping[str, object]:
    """Return a page of the memory files, the index files of each store first.

    Args:
        project: The project.
        cursor: The one of the page before, which is the number of files so far; None for the first page.
    """
    start = int(cursor) if isinstance(cursor, str) and cursor.isdecimal() and len(cursor) < 9 else 0  # noqa: PLR2004  # digits
    page = list(islice(project.files(), start, start + _PAGE + 1))
    found: dict[str, object] = {
        "resources": [
            {
                "uri": _SCHEME + quote(f"{store.root}/{path}"),
                "name": visible_line(f"{store.agent}/{path}"),
                "mimeType": "text/markdown",
            }
            for store, path in page[:_PAGE]
        ]
    }
    return found | ({"nextCursor": str(start + _PAGE)} if len(page) > _PAGE else {})


def read_resource(project: Project, uri: str) -> Mapping[str, object]:
    """Return the text of a memory file, marked as data.

    Raises:
        MemorydError: If it is none of the project, or cannot be read.
    """
    if not uri.startswith(_SCHEME):
        raise MemorydError("there is no such resource")
    store, path = project.place_of(unquote(uri.removeprefix(_SCHEME), errors="surrogateescape"))
    try:
        text = project.document(store, path).text[:LONG]
    except UnreadableError as error:
        raise MemorydError("there is no such resource") from error
    return {"contents": [{"uri": uri, "mimeType": "text/markdown", "text": framed(text)}]}
