"""Facts about texts and stores, kept between runs."""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

_MOST = 12  # facts of one store: those that were asked for last


class KeptFacts:
    """Facts by name, as JSON; read when the first one is asked for.

    Attributes:
        is_new: A fact was added.
    """

    def __init__(self, text: str = "{}") -> None:
        self._text = text
        self._facts: dict[str, Any] | None = None
        self.is_new = False

    @property
    def facts(self) -> dict[str, Any]:
        """The facts by name."""
        if self._facts is None:
            self._facts = json.loads(self._text)
        return self._facts

    def add(self, name: str, value: object) -> None:
        """Add a fact, as a value that JSON can hold."""
        self.facts.pop(name, None)
        self.facts[name] = value
        self.is_new = True

    def of(self, name: str, digest: str) -> Any:  # noqa: ANN401  # JSON
        """Return a fact about what has this digest, or None; the others of that name are outdated."""
        known = self.facts.get(name)
        return known[1] if known and known[0] == digest else None

    def add_of(self, name: str, digest: str, value: object) -> None:
        """Add a fact about what has this digest, in place of that about anything else."""
        self.add(name, [digest, value])

    def as_text(self, most: int | None = None) -> str:
        """Return the facts as JSON in one line; at most so many, the newest."""
        if not self.is_new:
            return self._text
        facts = self.facts if most is None else dict(list(self.facts.items())[-most:])
        return json.dumps(facts, separators=(",", ":"))


class StoreFacts(KeptFacts):
    """Facts about a whole store, as few as are asked for."""

    def as_text(self, most: int | None = _MOST) -> str:
        """Return the newest facts as JSON in one line."""
        return super().as_text(most)


class DocumentFacts:
    """Facts about one document.

    Attributes:
        digest: Digest of its bytes.
        small: Facts that most commands ask for.
    """

    def __init__(self, digest: bytes, text: str, read_large: Callable[[], str]) -> None:
        self.digest = digest
        self.small = KeptFacts(text)
        self._read_large = read_large

    @cached_property
    def large(self) -> KeptFacts:
        """Facts that are larger than the document, and seldom asked for."""
        return KeptFacts(self._read_large())

    @property
    def new_large(self) -> KeptFacts | None:
        """The large facts, if some were added."""
        found = self.__dict__.get("large")
        return found if found is not None and found.is_new else None
