"""What can be wrong with a model. Nothing here is ever answered with a guess.

ModelError
├── NoModel            no bundle where one was asked for
├── DamagedModel       a file is missing, unreadable or has another hash than the manifest says
├── OtherVersion       written for another format or another version of a library that changes scores
└── GoldenMismatch     loads, but does not reproduce its own golden predictions

``str(error)`` is English, for logs, which are read by machines and by whoever runs the service; ``error.indonesian``
says the same to officers. Both are safe to show: no input text, no secrets.
"""

from __future__ import annotations

from app.policy.types import Words


class ModelError(Exception):
    """Base of all model errors, each with its wording in both languages."""

    slug = "model-error"

    def __init__(self, told: Words) -> None:
        super().__init__(told)  # as it was given: errors of worker processes come back pickled
        self.indonesian, self.english = told

    def __str__(self) -> str:
        return self.english


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
