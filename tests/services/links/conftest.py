"""Fixtures of the tests in this folder."""

from adapters.links.conftest import site

__all__ = ["site"]
