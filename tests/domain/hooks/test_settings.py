import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.hooks.settings import (
    NotSettingsError,
    entries,
    gate_word,
    hooks_object,
    install,
    installed,
    uninstall,
)

GATE = gate_word("/state of/hook.sh")
OTHERS = '{"matcher": "Bash", "hooks": [{"type": "command", "command": "x"}]}'
EVENTS = st.sampled_from(["PreToolUse", "PostToolUse", "Stop", "Notification"])
SETTINGS = st.dictionaries(st.sampled_from(["model", "env", "permissions"]), st.integers(), max_size=3)


@given(
    SETTINGS,
    st.dictionaries(EVENTS, st.lists(st.just(json.loads(OTHERS)), max_size=2)),
    st.sampled_from([None, 2, 4]),
)
def test_other_settings_and_hooks_stay(
    values: dict[str, object], hooks: dict[str, object], indent: int | None
) -> None:
    text = json.dumps(values | ({"hooks": hooks} if hooks else {}), indent=indent)
    more = install(text, GATE)
    assert install(more, GATE) == more
    found = json.loads(more)
    assert {key: value for key, value in found.items() if key != "hooks"} == values
    for event, own in hooks_object(GATE).items():
        assert found["hooks"][event] == [*hooks.get(event, []), *own]  # type: ignore[misc]
    left = json.loads(uninstall(more))
    kept = {event: each for event, each in hooks.items() if each or event not in hooks_object(GATE)}
    assert left == values | ({"hooks": kept} if kept else {})


def test_the_text_is_as_before_after_an_uninstall() -> None:
    text = f'{{\n\t"n": 1.0e5,\n\t"hooks": {{\n\t\t"PreToolUse": [\n\t\t\t{OTHERS}\n\t\t]\n\t}}\n}}\n'
    assert uninstall(install(text, GATE)) == text
    assert uninstall(install("", GATE)) == "{}\n"
    assert uninstall(text) == text


def test_hooks_of_another_script_are_replaced() -> None:
    old = install("{}", gate_word("/old/hook.sh"))
    assert json.loads(install(old, GATE)) == json.loads(install("{}", GATE))


def test_a_hook_beside_others_in_one_entry_is_removed_alone() -> None:
    ((event, entry), *_) = entries(GATE)
    both = entry | {"hooks": [*entry["hooks"], {"type": "command", "command": "x"}]}  # type: ignore[misc]
    text = json.dumps({"hooks": {event: [both]}})
    assert len(installed(text)) == 1
    assert json.loads(uninstall(text)) == {
        "hooks": {event: [json.loads(OTHERS) | {"matcher": entry["matcher"]}]}
    }


@pytest.mark.parametrize(
    "text",
    [
        "// c\n{}",
        '{"a": 1,}',
        "[]",
        '{"hooks": []}',
        '{"hooks": {"PreToolUse": {}}}',
        "{",
        "[" * 100_000,
        "nonsense",
    ],
)
def test_what_cannot_be_edited_is_refused(text: str) -> None:
    for edit in (lambda: install(text, GATE), lambda: uninstall(text), lambda: installed(text)):
        with pytest.raises(NotSettingsError):
            edit()


def test_every_hook_has_a_time_limit() -> None:
    for _, entry in entries(GATE):
        found = re.findall(r"'timeout': (\d+)", str(entry))
        assert len(found) == 1
        assert 0 < int(found[0]) <= 10
