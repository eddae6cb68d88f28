"""One finding for each repeated passage and group of notes, however many places it has."""

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.rule import context_of
from memoryd.domain.edits.plan import Applicability
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store
from memoryd.rules.duplicates import contradicting_entries, duplicate_entry, near_duplicate

RULES = (duplicate_entry, near_duplicate, contradicting_entries)
NAMES = ("ada", "bob", "cyd", "dan", "eve", "fay")
PASSAGE = (
    "- The exporter reads every table of the shop twice a night\n"
    "- Each handler of the payment provider looks a callback up by its number\n"
    "- Denied callers get what the handler of the field decides alone\n"
    "- The parser of expressions is shared and safe to use from many threads\n"
)
COUNTRIES = ("orders", "refunds", "parcels", "clients", "invoices", "stores", "drivers", "routes")


def own(name: str) -> str:
    topics = ("kitchen", "garden", "cellar", "attic", "garage", "balcony")
    return "".join(f"- {name} keeps the {topic} of {name} and {name} alone\n" for topic in topics)


def found(files: dict[str, str]) -> list[Diagnostic]:
    documents = {path: parse(path, text.encode()) for path, text in sorted(files.items())}
    context = context_of(Snapshot(agent_store("/x", user=False), documents))
    return [each for rule in RULES for each in rule.run(context)]


@pytest.mark.parametrize("copies", range(2, 7))
def test_a_passage_has_one_warning_however_many_copies_there_are(copies: int) -> None:
    files = {f"{name}.md": f"# {name}\n\n{PASSAGE}\n## More\n\n- {name} only\n" for name in NAMES[:copies]}
    [diagnostic] = [each for each in found(files) if each.code == "D001"]
    assert diagnostic.level is Severity.WARNING
    assert (diagnostic.path, diagnostic.start.line, diagnostic.end.line) == ("/x/bob.md", 3, 6)
    places = [(place.path, place.position.line) for place in diagnostic.related]
    assert places == [("/x/ada.md", 3), *((f"/x/{name}.md", 3) for name in NAMES[2:copies])]
    assert diagnostic.message.startswith("repeats 4 entries from ada.md:3 on")


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_more_common_entries_are_never_weaker(rows: int) -> None:
    passage = "".join(f"{line}\n" for line in PASSAGE.split("\n")[:rows])
    files = {f"{name}.md": f"# {name}\n\n{passage}{own(name)}" for name in NAMES[:2]}
    assert [each.code for each in found(files) if each.level is Severity.WARNING] == ["D001"]


@pytest.mark.parametrize("copies", [2, 3])
def test_equal_files_have_one_finding(copies: int) -> None:
    files = {f"{name}.md": f"# Exports\n\n{PASSAGE}" for name in NAMES[:copies]}
    [diagnostic] = found(files)
    assert diagnostic.code == "D001"
    assert len(diagnostic.related) == copies - 1


@pytest.mark.parametrize(
    "text",
    [
        "The export of {0} takes its columns from the table of {0}, sorted by day and by name.",
        "Der Export der {0} nimmt seine Spalten aus der Tabelle der {0}, sortiert nach Tag und Namen.",
        "{0} 的导出从 {0} 表中读取列，按日期然后按名称排序，最后写入文件。",
    ],
)
def test_parallel_entries_have_one_info(text: str) -> None:
    lines = "".join(f"- {text.format(name)}\n" for name in COUNTRIES)
    diagnostics = found({"a.md": f"# Exports\n\n{lines}"})
    assert [each.level for each in diagnostics] in ([], [Severity.INFO])
    assert not diagnostics or len(diagnostics[0].related) == len(COUNTRIES) - 1


def test_a_copy_in_one_list_keeps_its_safe_fix_beside_copies_elsewhere() -> None:
    line = PASSAGE.split("\n", maxsplit=1)[0]
    files = {"ada.md": f"# Ada\n\n{line}\n{line}\n{line}\n- x\n", "bob.md": f"# Bob\n\n{line}\n- y\n- z\n"}
    fixes = [(each.path, each.fix and each.fix.applicability) for each in found(files)]
    assert fixes == [("/x/ada.md", Applicability.SAFE), ("/x/bob.md", Applicability.UNSAFE)]


def test_a_line_with_a_suppression_comment_stays_alone() -> None:
    lines = PASSAGE.split("\n")
    silenced = "\n".join([lines[0], f"{lines[1]} <!-- memoryd: ignore[D001] on purpose -->", *lines[2:]])
    files = {"ada.md": f"# Ada\n\n{PASSAGE}- x\n", "bob.md": f"# Bob\n\n{silenced}- y\n"}
    assert [each.start.line for each in found(files)] == [3, 4, 5]
