"""Checks: rules, findings, selection, suppressions, baselines."""
