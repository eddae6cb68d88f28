"""Use cases of usage: counting on, and adding up."""
