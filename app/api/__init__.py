"""The HTTP face of the scorer: one module per capability."""
