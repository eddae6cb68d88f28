"""State of stores, for `status` and `show`."""
