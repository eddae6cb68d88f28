"""Validation of configuration files against dataclasses.

Only `made_of` imports pydantic, because the import takes longer than a short command, and only to say what is
wrong: values that are plainly right are read without it.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin

from memoryd.domain.dates.moments import parse_duration
from memoryd.values import dataclass

ANY_PATH = "/"
"""Internal key of the entries whose keys are paths."""

_TABLE, _NUMBER = "must be a table", "must be a number"
_SENTENCES = {
    "value_error": "{error}",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "path_type": "must be a path in quotes",
    "int_type": "must be a whole number",
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "tuple_type": "must be a list",
    "dataclass_type": _TABLE,
    "dict_type": _TABLE,
    "enum": "must be {expected}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
    "missing": "is missing",
}
"""Messages for people instead of pydantic's own, by the types of its errors."""

_WRITTEN: Mapping[object, set[type]] = {
    str: {str},
    bool: {bool},
    int: {int},
    float: {float, int},
    Path: {str},
}
"""How values of a kind are written in a file."""

T = TypeVar("T")

_KEYS = {"per_file_ignores": "per-file-ignores", "paths": ANY_PATH}


def key_of(name: str) -> str:
    """Return the key of a field in a file."""
    return _KEYS.get(name, name)


TEXT: tuple[tuple[str, object], ...] = (("type", "string"),)
"""JSON schema of numbers that may be written with a unit."""

EXACTLY: dict[str, object] = {"extra": "forbid", "alias_generator": key_of}
"""`__pydantic_config__` of a form: only its fields are keys."""


@dataclass(frozen=True, slots=True)
class Number:
    """Range that pydantic checks; `true` is not a number.

    Attributes:
        least: Smallest value.
        most: Largest value.
    """

    least: float
    most: float = 1e9  # bounded, because waiting for 1e300 seconds fails

    def __get_pydantic_core_schema__(self, source: object, of: Callable[[object], Any]) -> Any:  # noqa: ANN401  # pydantic's
        return of(source) | {"ge": self.least, "le": self.most, "strict": True}


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """Conversion of a written value before pydantic checks it.

    Attributes:
        read: Returns the value; raises a `ValueError` that names the fault.
        also: JSON schema of the written values that differ from those of the form, as its items.
    """

    read: Callable[[object], object]
    also: tuple[tuple[str, object], ...] = ()

    def __get_pydantic_json_schema__(self, schema: Any, of: Callable[[Any], Any]) -> Any:  # noqa: ANN401  # pydantic's
        return {"anyOf": [of(schema), dict(self.also)]} if self.also else of(schema)

    def __get_pydantic_core_schema__(self, source: object, of: Callable[[object], Any]) -> Any:  # noqa: ANN401  # pydantic's
        from pydantic_core.core_schema import no_info_before_validator_function

        return no_info_before_validator_function(self.read, of(source))


@dataclass(frozen=True, slots=True)
class WrongValue:
    """A value of the wrong form.

    Attributes:
        message: What is wrong with it, as a clause.
        place: The keys that lead to it; none if it is the whole file.
        is_unknown: Whether the key does not exist.
    """

    message: str
    place: tuple[str, ...]
    is_unknown: bool


class NotValidError(ValueError):
    """Values of the wrong form."""

    def __init__(self, wrong: Iterable[WrongValue]) -> None:
        super().__init__("not valid")
        self.wrong = tuple(wrong)


def made_of(form: type[T], values: object) -> T:
    """Return values from a file as a dataclass.

    Raises:
        NotValidError: With all values of the wrong form.
    """
    try:
        read: T = _read_form(form, values)
    except (ArithmeticError, TypeError, ValueError):  # or it is right in a way that only pydantic knows
        pass
    else:
        return read
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(form).validate_python(values)
    except ValidationError as error:
        raise NotValidError(_wrong(each) for each in error.errors()) from error


def _read_form(form: Any, values: object) -> Any:  # noqa: ANN401  # a dataclass
    """Return values from a file as a dataclass, as pydantic would.

    Raises:
        ValueError: If that is not plain.
        TypeError: The same.
    """
    if type(values) is not dict or not hasattr(form, "__dataclass_fields__"):
        raise ValueError(values)
    known = {key_of(each.name): each for each in form.__dataclass_fields__.values() if each.init}
    if unknown := values.keys() - known.keys():
        raise ValueError(unknown)
    return form(**{known[key].name: _read(known[key].type, value) for key, value in values.items()})


def _read(kind: Any, value: Any) -> Any:  # noqa: ANN401  # of any form
    """Return a value of a file as its kind. Raises what `_read_form` does."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _read_annotated(*inner, value=value)
    if origin is UnionType or (origin and NoneType in inner):
        (kind,) = (each for each in inner if each is not NoneType)
        return _read(kind, value)
    if origin is tuple and type(value) is list:
        return tuple(_read(inner[0], each) for each in value)
    if origin is dict and type(value) is dict:
        return {_read(inner[0], key): _read(inner[1], each) for key, each in value.items()}
    written = _WRITTEN.get(kind)
    if written is None and isinstance(kind, type) and issubclass(kind, Enum):
        written = {str}
    if written is None:
        return _read_form(kind, value)
    if type(value) not in written or (kind is float and not math.isfinite(value)):
        raise ValueError(value)
    return kind(value)


def _read_annotated(kind: object, *notes: object, value: object) -> object:
    """Return a value of a file as an annotated kind. Raises what `_read_form` does."""
    for note in reversed(notes):
        if isinstance(note, WrittenForm):
            value = note.read(value)
    read = _read(kind, value)
    for note in notes:
        if isinstance(note, Number) and not (
            isinstance(read, int | float) and note.least <= read <= note.most
        ):
            raise ValueError(value)
    return read


def _wrong(fault: Mapping[str, Any]) -> WrongValue:
    message = _SENTENCES.get(fault["type"], "is not valid").format_map(fault.get("ctx", {}))
    place = tuple(map(str, fault["loc"]))
    return WrongValue(
        f"{message[:1].lower()}{message[1:]}", place, fault["type"] == "unexpected_keyword_argument"
    )


def keys_of(form: type[Any], last: type[Any]) -> tuple[str, ...]:
    """Return the keys of a form as written in files, with those of another form that it contains last."""
    ends = {field.name for field in fields(last)}
    names = sorted((field.name for field in fields(form) if field.init), key=lambda name: name in ends)
    return tuple(key for key in map(key_of, names) if key != ANY_PATH)


def seconds(value: object) -> object:
    """Return `"2m"` and `"90"` as seconds; anything else as it is."""
    duration = parse_duration(value, bare="s") if isinstance(value, str) else None
    return value if duration is None else duration.total_seconds()


def size(value: object) -> object:
    """Return the bytes of a written size: 500000, "500 MB", "1 GB"."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kMGT]?)i?B?", value.strip())
    if not found:
        raise ValueError("must be a size such as 500 MB or 1 GB")
    return int(float(found[1]) * 1000 ** " kMGT".index(found[2] or " "))
