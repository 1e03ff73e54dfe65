"""What operators see of the service: log lines, metrics, drift. Never a text, an author, a key or an address."""
