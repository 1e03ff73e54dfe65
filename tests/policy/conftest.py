"""The shipped rules."""

from __future__ import annotations

import pytest

from app.policy.rules import Rules, load_rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()
