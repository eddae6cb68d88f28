"""Output of the exchange with other machines."""
