import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.hooks.json_text import elements, find, insert, remove, start_of

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\{}[],: \n', max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"{', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text('ab"{', max_size=3), VALUES, max_size=4)
LISTS = st.lists(VALUES, max_size=4)
Indent = int | str | None
INDENTS: st.SearchStrategy[Indent] = st.sampled_from([None, 2, 4, "\t"])


@given(OBJECTS, VALUES, INDENTS)
def test_an_inserted_key_is_there_and_its_removal_leaves_what_was(
    values: dict[str, Any], value: object, indent: Indent
) -> None:
    text = json.dumps(values, indent=indent)
    at = start_of(text)
    more = insert(text, at, value, "new")
    assert json.loads(more) == values | {"new": value}
    assert list(json.loads(more)) == [*values, "new"]
    assert remove(more, at, len(values)) == (text if values else "{}")


@given(LISTS, VALUES, INDENTS, st.data())
def test_elements_of_an_array_come_and_go(
    values: list[Any], value: object, indent: Indent, data: st.DataObject
) -> None:
    text = json.dumps({"a": values}, indent=indent)
    found = find(text, start_of(text), "a")
    assert found is not None
    more = insert(text, found.value, value)
    assert json.loads(more) == {"a": [*values, value]}
    index = data.draw(st.integers(0, len(values)))
    left = [*values, value]
    del left[index]
    assert json.loads(remove(more, found.value, index)) == {"a": left}


@given(OBJECTS, INDENTS)
def test_elements_are_where_they_are(values: dict[str, Any], indent: Indent) -> None:
    text = " \n" + json.dumps(values, indent=indent)
    found = elements(text, start_of(text))
    assert {each.key: json.loads(text[each.value : each.end]) for each in found} == values


def test_the_indent_of_the_file_is_kept() -> None:
    text = '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n'
    assert insert(text, text.rindex("{"), [1], "c") == (
        '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": [\n\t\t\t1\n\t\t]\n\t}\n}\n'
    )
