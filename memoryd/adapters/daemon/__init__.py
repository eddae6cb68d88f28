"""File events, lock and status file of the daemon."""
