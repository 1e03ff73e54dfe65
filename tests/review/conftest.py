from __future__ import annotations

import pytest
from casekit import make
from databases import patient, settings, store
from reviewkit import Clock, desk_with
from servicekit import local, service

from app.review.desk import Desk

__all__ = ["local", "make", "patient", "service", "settings", "store"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    """A desk where one reader is enough, with a clock that stands still."""
    return desk_with(clock)
