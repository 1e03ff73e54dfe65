"""What can be wrong with a model. Nothing here is ever answered with a guess.

ModelError
├── NoModel            no bundle where one was asked for
├── DamagedModel       a file is missing, unreadable or has another hash than the manifest says
├── OtherVersion       written for another format or another version of a library that changes scores
└── GoldenMismatch     loads, but does not reproduce its own golden predictions
"""

from __future__ import annotations


class ModelError(Exception):
    """Base of all model errors; ``str()`` is safe to show (no input text, no secrets)."""

    slug = "model-error"


class NoModel(ModelError):
    """There is no bundle of that name."""

    slug = "model-missing"


class DamagedModel(ModelError):
    """A file of the bundle is missing, cannot be read or was changed."""

    slug = "model-damaged"


class OtherVersion(ModelError):
    """The bundle was written for another format or library version."""

    slug = "model-other-version"


class GoldenMismatch(ModelError):
    """The bundle's golden predictions are not reproduced by this installation."""

    slug = "model-golden-mismatch"
