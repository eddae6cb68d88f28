from reporters.samples import REPORT

from memoryd.reporters import concise

CONCISE = """\
s/MEMORY.md:3:5: error L001 “x.md” does not exist
s/MEMORY.md:99:1: error S001 only part of it is loaded
s/b.md: cannot be read: Permission denied
1 store, 2 files, 3 links: 2 errors, 0 warnings
"""


def test_one_line_a_finding() -> None:
    assert concise.render(REPORT, "/r") == CONCISE
