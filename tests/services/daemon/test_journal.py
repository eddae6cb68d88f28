"""What the README says of the daemon's log and numbers is what the code says."""

import ast
import re
from collections.abc import Iterator

from support import REPOSITORY

from memoryd.adapters.daemon.status_file import METRICS

LEVELS = {"info", "warning", "error"}


def events() -> Iterator[tuple[str, str]]:
    """Every event that the daemon logs, and its level."""
    for module in sorted((REPOSITORY / "memoryd" / "services" / "daemon").glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            journal = ast.unparse(node.func.value) in {"self._journal", "self"}
            names = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if journal and node.func.attr in LEVELS and names:
                yield str(names[0]), node.func.attr
            elif node.func.attr == "_apply":  # logs what was done under the name that it is given
                yield str(names[0]), "info"


def readme() -> str:
    return (REPOSITORY / "README.md").read_text()


def test_every_event_is_in_the_readme_and_every_one_there_exists() -> None:
    table = readme().partition("| event | level | says |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.+?`) \| (\w+) \| .+ \|$", table, re.MULTILINE)
    told = {(name, level) for names, level in rows for name in re.findall(r"`(\w+)`", names)}
    assert told == set(events())


def test_every_metric_is_in_the_readme_and_every_one_there_exists() -> None:
    told = re.findall(r"^\| `(memoryd_\w+)` \| (.+) \|$", readme(), re.MULTILINE)
    wanted = [("memoryd_info", "version of the daemon")]
    wanted += [(name, meaning[:1].lower() + meaning[1:].removesuffix(".")) for name, _, meaning in METRICS]
    assert told == wanted
