"""Facts of the machine and of database files, read only."""
