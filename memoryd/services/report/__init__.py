"""The report: a page about all memory."""
