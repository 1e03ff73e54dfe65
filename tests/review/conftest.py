from __future__ import annotations

import pytest
from casekit import make, models, tiny
from databases import patient, settings, store
from reviewkit import Clock, desk_with
from servicekit import local, service, stack

from app.review.desk import Desk

__all__ = ["local", "make", "models", "patient", "service", "settings", "stack", "store", "tiny"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    """A desk where one reader is enough, with a clock that stands still."""
    return desk_with(clock)
