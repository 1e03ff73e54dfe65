"""What is left out of an import, and that nothing else is."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest
from pydantic import BaseModel, create_model

from app.hurry import unbuilt, without


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)


def test_a_hidden_module_is_missing_only_meanwhile() -> None:
    with without("colorsys"), pytest.raises(ModuleNotFoundError):
        import_module("colorsys")
    assert "colorsys" not in sys.modules
    assert import_module("colorsys").__name__ == "colorsys"


def test_other_modules_are_imported_as_ever() -> None:
    with without("rich.nothing"):
        assert import_module("colorsys").__name__ == "colorsys"


def test_what_was_imported_already_stays() -> None:
    before = import_module("colorsys")
    with without("colorsys"):
        assert import_module("colorsys") is before
    assert sys.modules["colorsys"] is before


def test_a_module_is_shown_again_after_an_error() -> None:
    with pytest.raises(KeyError), without("colorsys"):
        raise KeyError
    assert "colorsys" not in sys.modules


def test_models_are_built_when_they_are_first_used() -> None:
    before = dict(BaseModel.model_config)
    with unbuilt():
        late = create_model("Late", size=(int, ...))
    soon = create_model("Soon", size=(int, ...))
    assert (late.__pydantic_complete__, soon.__pydantic_complete__) == (False, True)
    assert late(size=3).model_dump() == {"size": 3}
    assert late.__pydantic_complete__
    assert BaseModel.model_config == before


def test_later_models_are_built_at_once_even_after_an_error() -> None:
    with pytest.raises(KeyError), unbuilt():
        raise KeyError
    assert create_model("Soon", size=(int, ...)).__pydantic_complete__
