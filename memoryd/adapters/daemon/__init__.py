"""The daemon and the kernel: file events, lock, status file."""
