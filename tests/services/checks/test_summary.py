import json

from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.services.checks.summary import (
    IndexFill,
    StoreSummary,
    UnseenLine,
    pack_summary,
    unpack_summary,
)

FILL = IndexFill(250, 3000, 1.25, True, 201, (UnseenLine(201, "- späť\u2028"), UnseenLine(202, "- \udcff")))  # noqa: FBT003  # as it is kept


def test_a_summary_comes_back_from_json() -> None:
    unread = (UnreadFile("x.md", "is not a regular file"), UnreadFile("y.md", "leads out", escapes=True))
    for fill in (FILL, None):
        summary = StoreSummary(("MEMORY.md",), 3, unread, fill, ("late.md",), {"late.md": "link", "x": None})
        assert unpack_summary(json.loads(json.dumps(pack_summary(summary)))) == summary
