"""Tools by name."""

from collections.abc import Callable, Mapping

from memoryd.mcp.change import add, forget
from memoryd.mcp.check import check
from memoryd.mcp.project import Project
from memoryd.mcp.read import read
from memoryd.mcp.search import search
from memoryd.mcp.status import status

TOOLS: Mapping[str, Callable[[Project, Mapping[str, object]], str]] = {
    "memory_search": search,
    "memory_read": read,
    "memory_status": status,
    "memory_check": check,
    "memory_add": add,
    "memory_forget": forget,
}
