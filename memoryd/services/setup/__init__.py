"""First setup of memoryd, and its last removal."""
