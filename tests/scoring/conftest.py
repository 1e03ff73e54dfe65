from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.scoring.tinybundle import Tiny, build


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A small trained model; tests read it and never write into its folder."""
    return build(tmp_path_factory.mktemp("models"))


@pytest.fixture
def models(tiny: Tiny, tmp_path: Path) -> Path:
    """A copy of the models folder that a test may damage."""
    return Path(shutil.copytree(tiny.models_dir, tmp_path / "models"))
