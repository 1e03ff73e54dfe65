"""What was tried and what readers agreed on, as measured: ``training/experiments.yaml``, shown in the model card."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

EXPERIMENTS = Path(__file__).with_name("experiments.yaml")
Figure = Literal["F1", "best F1", "ROC AUC", "largest shift of a swap"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Agreement(_Strict):
    """How often two readers who did not see each other's labels gave the same one."""

    what: str
    items: int | None = Field(default=None, ge=1)
    agreement: float = Field(ge=0, le=1)
    kappa: float | None = Field(default=None, ge=-1, le=1)


class Trial(_Strict):
    """One change, measured without and with it; ``before`` and ``after`` are values of ``figure``."""

    what: str
    measured_on: str
    figure: Figure
    before: float | None = Field(default=None, ge=0, le=1)
    after: float | None = Field(default=None, ge=0, le=1)
    verdict: str


class Experiments(_Strict):
    """Everything measured, in the order of the file."""

    agreement: tuple[Agreement, ...] = ()
    trials: tuple[Trial, ...] = ()


def read_experiments(path: Path = EXPERIMENTS) -> Experiments:
    """The file's content. Raises ``pydantic.ValidationError`` for what does not fit."""
    return Experiments.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
