"""Value classes, regular expressions and a hash, cheap at import."""

# ruff: noqa: ANN001, ANN002, ANN003, ANN202, ANN204  # types see the originals

import re
from typing import TYPE_CHECKING

__all__ = ["blake2b", "dataclass", "regex"]

if TYPE_CHECKING:
    from dataclasses import dataclass
    from hashlib import blake2b
    from re import compile as regex
else:
    try:
        from _blake2 import blake2b  # `hashlib` loads OpenSSL first, which takes 3 ms
    except ImportError:
        from hashlib import blake2b
    from dataclasses import _FIELD, MISSING, Field, FrozenInstanceError, field
    from inspect import get_annotations
    from operator import attrgetter
    from typing import ClassVar, get_origin

    def dataclass(*, slots, frozen=False, eq=True, order=False):  # noqa: ANN201, ARG001  # all have slots
        """Make a class as `dataclasses.dataclass` does, in a tenth of the time.

        Python compiles six methods for each class at import. Here all classes share them, and `__init__` is
        compiled when the first object is made. `fields` and `replace` of `dataclasses` work as usual.

        Args:
            slots: Always true.
            frozen: Attributes cannot be set or deleted.
            eq: Objects of one class are equal if their compared fields are.
            order: They are ordered by these fields.
        """

        def make(cls):
            known = {}
            for base in reversed(cls.__mro__[1:]):
                known |= getattr(base, "__dataclass_fields__", {})
            body = dict(cls.__dict__)
            body["__slots__"] = tuple(name for name in _read_fields(cls, body, known) if name not in known)
            known |= body["__dataclass_fields__"]
            body["__dataclass_fields__"] = known
            compared = [each.name for each in known.values() if each.compare]
            body["__values__"] = attrgetter(*compared) if compared else type
            body["__match_args__"] = tuple(name for name, each in known.items() if each.init)
            body["__frozen__"] = frozen
            body.setdefault("__init__", _first_init)
            body.setdefault("__repr__", _repr)
            if frozen:
                body |= {"__setattr__": _refuse, "__delattr__": _refuse}
                body |= {"__getstate__": _get_state, "__setstate__": _set_state}
            if eq:
                body.setdefault("__eq__", _eq)
                body["__hash__"] = body.get("__hash__") or (_hash if frozen else None)
            if order:
                body |= {"__lt__": _lt, "__le__": _le, "__gt__": _gt, "__ge__": _ge}
            made = type(cls)(cls.__name__, cls.__bases__, body)
            made.__qualname__ = cls.__qualname__
            return made

        return make

    def _read_fields(cls, body, inherited):
        """Replace the defaults in a class body by fields; return the names of the fields."""
        fields = {}
        for name, kind in get_annotations(cls).items():
            if kind is ClassVar or get_origin(kind) is ClassVar:
                continue
            default = body.pop(name, MISSING)
            each = default if isinstance(default, Field) else field(default=default)
            if each.default.__class__.__hash__ is None:
                msg = f"mutable default of {cls.__name__}.{name}: use default_factory"
                raise ValueError(msg)
            each.name, each.type, each._field_type = name, kind, _FIELD  # noqa: SLF001
            fields[name] = each
        for name in ("__dict__", "__weakref__", *inherited):
            body.pop(name, None)
        body["__dataclass_fields__"] = fields
        return fields

    def _first_init(self, *args, **kwargs):
        """Compile the `__init__` of a class, and call it."""
        cls = next(each for each in type(self).__mro__ if each.__dict__.get("__init__") is _first_init)
        cls.__init__ = _compiled_init(cls)
        cls.__init__(self, *args, **kwargs)

    def _compiled_init(cls):
        known, parameters, lines = {"_MISSING": MISSING}, [], []
        for name, each in cls.__dataclass_fields__.items():
            known |= {f"_set_{name}": getattr(cls, name).__set__, f"_make_{name}": each.default_factory}
            known[f"_default_{name}"] = each.default
            value = name
            if each.default_factory is not MISSING:
                made = f"_make_{name}()"
                value = f"{made} if {name} is _MISSING else {name}" if each.init else made
            elif not each.init:
                value = f"_default_{name}"
            if each.init:
                has_factory = each.default_factory is not MISSING
                default = "_MISSING" if has_factory else f"_default_{name}"
                is_optional = has_factory or each.default is not MISSING
                parameters.append(f"{name}={default}" if is_optional else name)
            if each.init or each.default is not MISSING or each.default_factory is not MISSING:
                lines.append(f" _set_{name}(self, {value})")
        if hasattr(cls, "__post_init__"):
            lines.append(" self.__post_init__()")
        exec(f"def __init__({', '.join(['self', *parameters])}):\n" + ("\n".join(lines) or " pass"), known)  # noqa: S102  # of names of fields
        known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return known["__init__"]

    def _repr(self):
        shown = (each.name for each in self.__dataclass_fields__.values() if each.repr)
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__values__(self) == self.__values__(other)

    def _hash(self):
        return hash(self.__values__(self))

    def _lt(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__values__(self) < self.__values__(other)

    def _le(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__values__(self) <= self.__values__(other)

    def _gt(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__values__(self) > self.__values__(other)

    def _ge(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__values__(self) >= self.__values__(other)

    def _refuse(self, name, *_):
        msg = f"cannot change field {name!r} of {type(self).__qualname__}"
        raise FrozenInstanceError(msg)

    def _get_state(self):
        return [getattr(self, name) for name in self.__dataclass_fields__]

    def _set_state(self, state):
        for name, value in zip(self.__dataclass_fields__, state, strict=True):
            object.__setattr__(self, name, value)

    class regex:  # noqa: N801  # a function for those who read it
        """A regular expression that is compiled when it is first used."""

        def __init__(self, expression, flags=0):
            self._given = (expression, flags)

        def __getattr__(self, name):
            """Compile the expression, and keep its methods."""
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = re.compile(*self._given)
            for each in _METHODS:
                self.__dict__[each] = getattr(compiled, each)
            return getattr(compiled, name)

    _METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "pattern", "flags")
