"""Checks of stores, and plans of fixes and suppressions."""
