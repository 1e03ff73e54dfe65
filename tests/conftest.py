"""What holds for all tests: how long one takes says nothing, as a host may have much else to do."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.scoring.tinybundle import Tiny

settings.register_profile("netra", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("netra")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Whatever is to be closed when the test is over."""
    with ExitStack() as found:
        yield found


@pytest.fixture
def cycles_as_before() -> Iterator[None]:
    """How cycles are looked for, as it was: a process that serves does not look for any until it is ready."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()
    gc.enable()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A small trained model; tests read it and never write into its folder."""
    from tests.scoring.tinybundle import build  # only those who ask for a model pay for it

    return build(tmp_path_factory.mktemp("models"))


@pytest.fixture
def models(tiny: Tiny, tmp_path: Path) -> Path:
    """A copy of its models folder that a test may damage; the bundle's folder has another name than its version."""
    return Path(shutil.copytree(tiny.models_dir, tmp_path / "models"))
