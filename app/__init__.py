"""Netra: indicates campaign support in Indonesian social media acts; a person decides."""

__version__ = "0.1.0"
