"""The background service, which keeps stores indexed and within limits."""
