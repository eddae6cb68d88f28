"""Hooks of Claude Code: script, forwarder, socket."""
