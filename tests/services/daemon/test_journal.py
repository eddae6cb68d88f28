"""The help topic names the log events and metrics of the daemon, and no others."""

import ast
from collections.abc import Iterator

from house.documentation import coded, rows, text_of
from support import REPOSITORY

from memoryd.adapters.daemon.status_file import METRICS

LEVELS = {"info", "warning", "error"}


def events() -> Iterator[tuple[str, str]]:
    """Every event that the daemon logs, and its level."""
    for module in sorted((REPOSITORY / "memoryd" / "services" / "daemon").glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            journal = ast.unparse(node.func.value) in {"self._journal", "self", "journal"}
            names = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if journal and node.func.attr in LEVELS and names:
                yield str(names[0]), node.func.attr
            elif node.func.attr == "_apply":  # logs what was done under the name that it is given
                yield str(names[0]), "info"


def test_every_event_is_in_the_topic_and_every_one_there_exists() -> None:
    table = rows(text_of("daemon"), "| event | level | means |")
    told = {(name, level) for names, level, _ in table for name in coded(names)}
    assert told == set(events())


def test_every_metric_is_in_the_topic_and_every_one_there_exists() -> None:
    told = [(coded(name)[0], means) for name, means in rows(text_of("daemon"), "| metric | means |")]
    wanted = [("memoryd_info", "version of the daemon")]
    wanted += [(name, meaning[:1].lower() + meaning[1:].removesuffix(".")) for name, _, meaning in METRICS]
    assert told == wanted
