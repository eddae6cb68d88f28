"""The forms of what is configured: dataclasses, which pydantic validates where somebody wrote something.

pydantic is imported by `made_of` alone: mostly nothing is configured, and importing it takes longer
than a short command.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from memoryd.domain.dates.moments import parse_duration

ANY_PATH = "/"
"""The key of what is written under paths as keys; nobody writes it."""

T = TypeVar("T")


_KEYS = {"per_file_ignores": "per-file-ignores", "paths": ANY_PATH}


def key_of(name: str) -> str:
    """How the field of that name is written in a file."""
    return _KEYS.get(name, name)


EXACTLY: dict[str, object] = {"extra": "forbid", "alias_generator": key_of}
"""`__pydantic_config__` of a form: no other keys than its fields."""


@dataclass(frozen=True, slots=True)
class Number:
    """What pydantic is to demand of an annotated number; `true` is none.

    Attributes:
        least: The least that it may be.
        most: The most that it may be.
    """

    least: float
    most: float = 1e9  # bounded, since what waits for 1e300 seconds fails

    def __get_pydantic_core_schema__(self, source: object, of: Callable[[object], Any]) -> Any:  # noqa: ANN401  # pydantic's
        return of(source) | {"ge": self.least, "le": self.most, "strict": True}


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """The reader of an annotated value as it is written, before pydantic validates it.

    Attributes:
        read: Makes it; a `ValueError` says what is wrong.
    """

    read: Callable[[object], object]

    def __get_pydantic_core_schema__(self, source: object, of: Callable[[object], Any]) -> Any:  # noqa: ANN401  # pydantic's
        from pydantic_core.core_schema import no_info_before_validator_function

        return no_info_before_validator_function(self.read, of(source))


class NotValidError(ValueError):
    """A value that has not its form.

    Attributes:
        place: The keys that lead to it; none where it is the whole.
        is_unknown: Whether there is no such key.
    """

    def __init__(self, message: str, place: tuple[str, ...], *, is_unknown: bool) -> None:
        super().__init__(f"{message[:1].lower()}{message[1:]}")
        self.place = place
        self.is_unknown = is_unknown


def made_of(form: type[T], values: object) -> T:
    """Values from a file in their form, a dataclass.

    Raises:
        NotValidError: Of the first value that has not its form.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(form).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        unknown = first["type"] == "unexpected_keyword_argument"
        is_no_table = first["type"] == "dataclass_type"
        message = (
            "Input should be a valid table" if is_no_table else first["msg"].removeprefix("Value error, ")
        )
        raise NotValidError(message, tuple(map(str, first["loc"])), is_unknown=unknown) from error


def keys_of(form: type[Any], last: type[Any]) -> tuple[str, ...]:
    """The keys of a form as they are written, those of another form that it contains last."""
    ends = {field.name for field in fields(last)}
    names = sorted((field.name for field in fields(form) if field.init), key=lambda name: name in ends)
    return tuple(key for key in map(key_of, names) if key != ANY_PATH)


def seconds(value: object) -> object:
    """Return `"2m"` and `"90"` as seconds; anything else as it is."""
    duration = parse_duration(value, bare="s") if isinstance(value, str) else None
    return value if duration is None else duration.total_seconds()
