"""Value classes of `memoryd.values` behave as those of `dataclasses`, and cost nothing before their use."""

import copy
import dataclasses
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import REPOSITORY, unmeasured

from memoryd import values

Make = Callable[..., Any]
IMPORTED = """
import dataclasses, re, sys
made, compiled = [], []
def counted(counts, function):
    def call(*given, **named):
        frame = sys._getframe(1)
        while frame.f_code.co_filename.endswith(("/dataclasses.py", "/re/__init__.py")):
            frame = frame.f_back
        if "memoryd" in frame.f_globals["__name__"]:
            counts.append(frame.f_globals["__name__"])
        return function(*given, **named)
    return call
dataclasses._process_class = counted(made, dataclasses._process_class)
re._compiler.compile = counted(compiled, re._compiler.compile)
import memoryd.rules, memoryd.runtime, memoryd.services.checks.examine, memoryd.services.status.overview
import memoryd.cli.checking, memoryd.reporters.full, memoryd.services.search.update_index
print(*made, *compiled)
"""


def shapes(make: Make) -> dict[str, Any]:
    """Return classes of every kind that memoryd has, made by one decorator."""

    @make(frozen=True, slots=True)
    class Plain:
        number: int
        word: str = "a"
        many: tuple[int, ...] = ()
        known: ClassVar[int] = 3

        def twice(self) -> int:
            return 2 * self.number

    @make(frozen=True, slots=True, order=True)
    class Ordered:
        number: int
        word: str = "a"

    @make(slots=True)
    class Open:
        number: int
        found: list[int] = dataclasses.field(default_factory=list)
        seen: int = dataclasses.field(default=0, compare=False, repr=False)
        inner: dict[str, int] = dataclasses.field(default_factory=dict, init=False)

    @make(slots=True)
    class Inherited(Open):
        word: str = "b"

        def __post_init__(self) -> None:
            self.number += 1

    @make(frozen=True, slots=True)
    class Hashed:
        number: int
        word: str = "c"

        def __hash__(self) -> int:
            return 7

    @make(eq=False, slots=True)
    class Identity:
        number: int

    return {each.__name__: each for each in (Plain, Ordered, Open, Inherited, Hashed, Identity)}


OURS, THEIRS = shapes(values.dataclass), shapes(dataclasses.dataclass)


def outcome(act: Callable[[], object]) -> object:
    """Return the result of an action, or the kind of its error."""
    try:
        return act()
    except (TypeError, AttributeError) as error:  # a frozen one raises a kind of AttributeError
        return type(error)


def told(known: dict[str, Any], name: str, given: dict[str, Any], other: dict[str, Any]) -> list[object]:
    """Return what can be seen of two objects of a class."""
    cls = known[name]
    one: Any = outcome(lambda: cls(**given))
    if isinstance(one, type):
        return [one]
    two = cls(other["number"], **{key: value for key, value in other.items() if key == "word"})
    return [
        repr(one).replace(cls.__qualname__, name),
        one == two,
        one == 3,
        outcome(lambda: one < two),
        outcome(lambda: one >= two),
        outcome(lambda: hash(one) == hash(cls(**given))),
        outcome(lambda: setattr(one, "number", 9)),
        outcome(lambda: one.number),
        outcome(lambda: delattr(one, "word")),
        repr(dataclasses.replace(two, number=5)).replace(cls.__qualname__, name),
        [(each.name, each.type, each.compare, each.init) for each in dataclasses.fields(cls)],
        dataclasses.is_dataclass(cls),
        cls.__match_args__,
        copy.copy(two) == two,
    ]


@given(
    st.sampled_from(sorted(OURS)),
    st.fixed_dictionaries(
        {"number": st.integers(0, 3)},
        optional={"word": st.text(max_size=1), "found": st.lists(st.integers())},
    ),
    st.fixed_dictionaries({"number": st.integers(0, 3)}),
)
def test_a_class_does_what_one_of_dataclasses_does(
    name: str, given: dict[str, Any], other: dict[str, Any]
) -> None:
    ours = told(OURS, name, given, other)
    theirs = told(THEIRS, name, given, other)
    assert ours == theirs


def test_defaults_of_objects_are_apart() -> None:
    one, two = OURS["Open"](1), OURS["Open"](1)
    one.found.append(3)
    one.inner["a"] = 1
    assert (two.found, two.inner) == ([], {})


@values.dataclass(frozen=True, slots=True)
class Kept:
    """A class that pickle finds."""

    number: int
    word: str = "a"


def test_a_frozen_object_is_copied_and_pickled() -> None:
    kept = Kept(3)
    assert [copy.deepcopy(kept), pickle.loads(pickle.dumps(kept))] == [kept, kept]  # noqa: S301  # our own


def test_a_mutable_default_is_refused() -> None:
    with pytest.raises(ValueError, match="found"):

        @values.dataclass(slots=True)
        class Wrong:
            found: list[int] = []  # noqa: RUF012


@given(st.sampled_from([r"a+(b)?", r"^\s*$", r"[ä-ü]"]), st.text("abü \n", max_size=8))
def test_an_expression_does_what_a_compiled_one_does(expression: str, text: str) -> None:
    ours, theirs = values.regex(expression, re.MULTILINE), re.compile(expression, re.MULTILINE)
    assert ours.findall(text) == theirs.findall(text)
    assert ours.sub("x", text) == theirs.sub("x", text)
    assert ours.split(text) == theirs.split(text)
    assert [match.span() for match in ours.finditer(text)] == [
        match.span() for match in theirs.finditer(text)
    ]
    for name in ("search", "match", "fullmatch"):
        one, two = getattr(ours, name)(text), getattr(theirs, name)(text)
        assert (one and one.span()) == (two and two.span())
    assert (ours.pattern, ours.groups) == (theirs.pattern, theirs.groups)


def test_nothing_is_compiled_at_import() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        env={**unmeasured(), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == []
