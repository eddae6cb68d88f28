"""Daemon: timing rules without a clock."""
