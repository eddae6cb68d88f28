"""Facts about the machine and database files, read only."""
