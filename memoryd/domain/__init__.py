"""Pure values and algorithms: no clock, path access, database, logger or environment."""
