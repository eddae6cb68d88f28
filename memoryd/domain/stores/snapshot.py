"""All documents of a store at one moment."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from memoryd.domain.stores.store import Store
from memoryd.domain.text.kept_facts import StoreFacts
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.domain.markdown.document import Document

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file that was not read.

    Attributes:
        path: Relative path; "" for the store itself, with a slash at its end for a directory.
        reason: The reason, as the end of a sentence about it.
        escapes: It is a link out of its repository, which is not followed.
    """

    path: str
    reason: str
    escapes: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All documents of a store at one moment.

    Attributes:
        store: The store.
        documents: By relative path, in sorted order.
        unread: Files that exist and could not be read.
        kept: Facts about the whole store that were found out earlier; None if nothing is kept.
    """

    store: Store
    documents: "Mapping[str, Document]"
    unread: tuple[UnreadFile, ...] = ()
    kept: StoreFacts | None = field(default=None, compare=False)

    @property
    def index(self) -> "Document | None":
        """The index file, or None."""
        return self.documents.get(self.store.profile.index_name)

    @property
    def topics(self) -> "tuple[Document, ...]":
        """Every document except the index file, in path order."""
        return tuple(d for path, d in self.documents.items() if path != self.store.profile.index_name)


def _is_same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, bool | float | int | str) and one == other)


def keep_last(size: int) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    """Make a function keep its last results, by the identity of its arguments.

    For functions of a snapshot, which cannot be hashed and never changes.

    Args:
        size: How many results are kept.
    """

    def make(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        known: deque[tuple[tuple[object, ...], _Result]] = deque(maxlen=size)

        @wraps(function)
        def call(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
            asked = (*args, *kwargs, *kwargs.values())
            for key, result in known:
                if len(key) == len(asked) and all(map(_is_same, key, asked)):
                    return result
            result = function(*args, **kwargs)
            known.append((asked, result))
            return result

        return call

    return make
