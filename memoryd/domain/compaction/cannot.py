"""Why an index file cannot be compacted."""


class CannotCompactError(Exception):
    """The index file cannot be brought under its limit by the means there are; says why."""
