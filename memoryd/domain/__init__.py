"""Pure values and algorithms: no clock, no path access, no database, no logger, no environment."""
