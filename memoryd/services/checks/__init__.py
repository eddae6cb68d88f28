"""Checks: rules applied to stores, fixes and suppressions planned."""
