"""The report as one HTML file."""

import os
from base64 import b64encode
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from memoryd import __version__
from memoryd.domain.report.chart import ACTORS, HIGH, STRIP, WIDE, is_level, trend_chart, writes_chart
from memoryd.domain.report.drawing import BROKEN, draw
from memoryd.domain.report.graph import CUT, INDEX, LOST, SEEN
from memoryd.domain.report.model import Report, StoreReport
from memoryd.domain.report.series import total_writes
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted
from memoryd.services.report.past import day_of
from memoryd.values import regex

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._~-")
_NO_CHARACTER = regex(
    "[\ufdd0-\ufdef" + "".join(f"{chr(p << 16 | 0xFFFE)}{chr(p << 16 | 0xFFFF)}" for p in range(17)) + "]"
)
_STANDINGS = {
    INDEX: ("index", "index file"),
    SEEN: ("seen", "within reach of the agent"),
    CUT: ("cut", "reached only from the part of the index file that is cut off"),
    LOST: ("lost", "not reached from the index file"),
    BROKEN: ("broken", "missing target of a link"),
}


def render(report: Report) -> str:
    """Return the page: valid HTML without scripts, in which every text is escaped.

    A policy in it forbids a browser to load anything, or to run what a text might contain.
    """
    style = files("memoryd.services.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    period = (report.since, report.made)
    page = (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            version=__version__,
            style=Markup(style),  # noqa: S704  # our own file
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            totals=_totals(report),
            writes=total_writes(store.writes for store in report.stores),
            period=period,
            charts=_Charts(period),
            address=partial(_address, redacted=report.is_redacted),
            standings=_STANDINGS,
            actors=ACTORS,
            sizes={"wide": WIDE, "high": HIGH, "strip": STRIP},
        )
    )
    return page.rstrip("\n") + "\n"


@cache
def _environment() -> Environment:
    """Return the templates, compiled once."""
    environment = Environment(
        loader=PackageLoader("memoryd.services.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    filters: dict[str, Callable[..., object]] = {
        "percent": lambda share: f"{share:.0%}".replace("%", " %"),
        "number": lambda number: f"{number:,}",
        "moment": partial(_moment, "%Y-%m-%d %H:%M"),
        "day": day_of,
        "counted": counted,
        "short": lambda number: f"{number:.6g}",
    }
    environment.filters.update(filters)
    return environment


class _Charts:
    """The charts of a report on a period.

    Args:
        period: Start and end, in seconds since the epoch.
    """

    def __init__(self, period: tuple[float, float]) -> None:
        self._period = period
        self.trend = partial(trend_chart, period=period)
        self.writes = partial(writes_chart, first=day_of(period[0]), last=day_of(period[1]))
        self.graph = draw
        self.is_level = is_level


def _totals(report: Report) -> dict[str, int]:
    stores = report.stores
    return {
        "files": sum(store.files for store in stores),
        "over": sum(store.cut_line is not None for store in stores),
        "unseen": sum(len(store.unseen) for store in stores),
        "errors": sum(store.errors for store in stores),
        "warnings": sum(store.warnings for store in stores),
        "tokens": sum(store.cost.tokens_per_start for store in stores if store.cost),
        "per_day": sum(store.cost.tokens_per_day for store in stores if store.cost),
        "detailed": sum(store.is_detailed for store in stores),
    }


def _shown(value: Any) -> Any:  # noqa: ANN401  # whatever a template prints
    """Return a value as it is printed: control and hidden characters become visible."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    lines = "\n".join(map(visible_line, value.split("\n")))
    return _NO_CHARACTER.sub(lambda match: f"\\U{ord(match[0]):08x}", lines)


def _moment(form: str, time: float) -> str:
    return datetime.fromtimestamp(time).astimezone().strftime(form)


def _address(store: StoreReport, path: str = "", *, redacted: bool) -> str:
    """Return the address of a store, or of a file that it has; "" for anything else."""
    known = not path or path == store.index_name or any(topic.path == path for topic in store.topics)
    if redacted or not known or (path == store.index_name and not store.has_index):
        return ""
    try:
        whole = os.fsencode(f"{store.store}/{path}" if path else store.store)
    except UnicodeEncodeError:  # no file system has such a name
        return ""
    return "file://" + "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in whole)
