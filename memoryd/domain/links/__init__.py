"""Links: targets, reachability and rewriting."""
