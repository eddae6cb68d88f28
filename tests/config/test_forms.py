import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from memoryd.config import Config, forms, load


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("250ms", 0.25), ("2 m", 120), ("1h", 3600), ("1d", 86400)]
)
def test_durations(tmp_path: Path, text: str, seconds: float) -> None:
    assert load(tmp_path / "absent", {"MEMORYD_RESCAN": text}).rescan == seconds


WORDS = st.sampled_from(
    ("compact", "off", "auto", "user", "L", "hermes", "~/x", "/x", "90", "2m", "1 GB", "")
)
VALUES = st.recursive(
    WORDS
    | st.sampled_from((True, False, 0, 1, 5, 10**18, -1, 0.5, 90.0, float("inf"), float("nan"), None))
    | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
KEYS = (
    "default",
    "at",
    "places",
    "index",
    "unit",
    "files",
    "fixes",
    "metrics",
    "sandbox",
    "command",
    "desktop",
)
TABLES = st.dictionaries(
    st.sampled_from((*KEYS, "max_lines", "max_size", "max_removals", "approve", "~/x", "user")),
    VALUES,
    max_size=3,
)
TOP = {
    each.name: VALUES | TABLES for each in fields(Config) if each.name not in {"profiles", "per_file_ignores"}
}
TOP |= {
    "per-file-ignores": VALUES,
    "profiles": VALUES | st.dictionaries(WORDS, TABLES, max_size=2),
    "x": VALUES,
}


@given(
    st.lists(st.sampled_from(sorted(TOP)), max_size=3, unique=True).flatmap(
        lambda keys: st.fixed_dictionaries({key: TOP[key] for key in keys})
    )
)
@settings(max_examples=300, deadline=None)
def test_what_is_read_without_pydantic_is_what_pydantic_reads(values: dict[str, object]) -> None:
    try:
        read = forms._read_form(Config, values)
    except (ArithmeticError, TypeError, ValueError):
        return  # pydantic decides
    assert repr(read) == repr(TypeAdapter(Config).validate_python(values))


@pytest.mark.parametrize(
    "text",
    [
        'enforce = "compact"',
        'settle = "2m"\nrescan = 60\nrewrite = ["hermes"]\nignore = ["F001"]\n[levels]\nL001 = "info"',
        '[enforce]\ndefault = "report"\nuser = "off"\n"~/code/*" = "compact"\nat = "soft"',
        '[history]\nmax_size = "2 GB"\n[hooks]\napprove = "ask"\n[prune]\nmax_removals = 7',
        '[profiles.mine]\nplaces = ["~/.mine"]\nmax_lines = 10\nunit = "tokens"',
        '[per-file-ignores]\n"*.md" = ["L"]',
        '[daemon]\nmetrics = "~/m.prom"\nsandbox = "off"\n[notify]\ndesktop = true\ncommand = "say it"',
    ],
)
def test_ordinary_settings_need_no_pydantic(text: str) -> None:
    values = tomllib.loads(text)
    assert repr(forms._read_form(Config, values)) == repr(TypeAdapter(Config).validate_python(values))
