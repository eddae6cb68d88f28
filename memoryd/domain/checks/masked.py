"""Findings without secrets that only another scanner knows."""

from collections.abc import Iterable
from dataclasses import replace

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.security.masks import covered_text, without_values
from memoryd.domain.security.secrets import Secret


def hidden(diagnostic: Diagnostic, secrets: Iterable[Secret]) -> Diagnostic:
    """Return a finding that shows none of some secrets."""
    known = tuple(secrets)
    return replace(
        diagnostic,
        quoted=without_values(diagnostic.quoted, known),
        source_line=covered_text(diagnostic.source_line, known),
        message=without_values(diagnostic.message, known),
        related=tuple(
            replace(place, message=without_values(place.message, known)) for place in diagnostic.related
        ),
    )
