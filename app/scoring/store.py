"""The model that follows ``models/ACTIVE``: loaded when that changed, taken over only when it can be trusted."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.observe.logs import crash_of
from app.scoring.errors import ModelError
from app.scoring.history import Named
from app.scoring.pointer import Mark, champion, manifest_hash, mark
from app.scoring.types import Item, Scorer
from app.settings import Settings

LoadScorer = Callable[[Settings], Scorer]

#: Why there is no model where no ``ModelError`` says so.
LOADER_CRASHED: Final = "model-loader-crashed"
#: Read before the first request, alone and together, so that it pays for nothing.
_WARM_UP: Final = (
    Item("Rabu depan jangan lupa coblos nomor 2 ya, kerjanya nyata 👍"),
    Item("siap, lanjutkan", "comment", "Relawan membagikan kaus di lapangan desa"),
    Item("", "share", "TPS buka jam tujuh pagi, bawa surat undangan"),
)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: No pointer was looked at yet.
_UNSEEN: Final[Mark] = (b"", -1, -1)
_FIRST_TRIES: Final = 5
_log = logging.getLogger("netra.model")


@dataclass(frozen=True, slots=True)
class Refused:
    """An activation that was not taken over, and why in a short machine word; ``bundle`` is ``None`` for no name."""

    bundle: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Activations:
    """What became of activations since the start; ``standing`` is the one that is refused now."""

    taken: int = 0
    refused: int = 0
    standing: Refused | None = None


class ModelStore:
    """``scorer`` is the last model that could be trusted, ``bundle`` where it came from, ``failure`` why there is none.

    One thread at a time may call ``start`` and ``refresh``; neither ever raises.
    """

    def __init__(self, settings: Settings, load: LoadScorer) -> None:
        self._settings, self._load = settings, load
        self._seen: Mark | None = _UNSEEN
        self.scorer: Scorer | None = None
        self.bundle: Named | None = None
        self.failure: str | None = None
        self.activations = Activations()

    @property
    def follows(self) -> bool:
        """Whether there is anything to follow: a bundle that a setting names stays."""
        return self._settings.model is None

    def start(self) -> None:
        """Load the first model, again where another one was activated meanwhile."""
        for _ in range(_FIRST_TRIES):
            if self.refresh():
                return

    def refresh(self) -> bool:
        """Whether the activation changed; a model that cannot be trusted is logged once, and the one before stays."""
        found = self._mark()
        if found == self._seen:
            return False
        named = self._named()
        back = named is not None and self.scorer is not None and named == self.bundle
        loaded = self.scorer if back else self._loaded()
        if self._mark() != found:  # nobody can tell which of the two was read: the next look will
            return False
        self._seen = found
        if isinstance(loaded, Exception):
            self._refuse(named, loaded)
        else:
            self._take(named, loaded, back)
        return True

    def _loaded(self) -> Scorer | Exception:
        """The scorer, or whatever came in its way: nothing that a bundle holds may end the service."""
        try:
            scorer = self._load(self._settings)
            return scorer if self.scorer is None else warmed(scorer)
        except Exception as error:
            return error

    def _take(self, named: Named | None, scorer: Scorer | None, back: bool) -> None:
        now = self.activations
        self.activations = replace(now, standing=None, taken=now.taken + (not back))
        self.scorer, self.bundle, self.failure = scorer, named, None
        _log.info("model %s %s", _shown(named), "goes on" if back else "taken over")

    def _refuse(self, named: Named | None, error: Exception) -> None:
        reason = error.slug if isinstance(error, ModelError) else LOADER_CRASHED
        told = f"{error.slug}: {error}" if isinstance(error, ModelError) else crash_of(error)
        now = replace(self.activations, refused=self.activations.refused + 1)
        if self.scorer is None:
            self.failure, self.activations = reason, now
            _log.error("no model: %s", told)
        else:
            self.activations = replace(now, standing=Refused(_shown(named), reason))
            _log.error("activation of model %s refused, model %s kept: %s", _shown(named), _shown(self.bundle), told)

    def _mark(self) -> Mark | None:
        return mark(self._settings.models_dir) if self.follows else None

    def _named(self) -> Named | None:
        """The bundle to load as the settings or the pointer name it; ``None`` where neither can be read."""
        name = self._settings.model
        if name is not None:
            manifest = manifest_hash(self._settings.bundle(name))
            return Named(name, manifest) if manifest else None
        try:
            return champion(self._settings.models_dir)
        except (OSError, ModelError):
            return None


def _shown(named: Named | None) -> str | None:
    """A name that may be logged and shown to anybody: whatever else stands in the pointer may not."""
    name = "" if named is None else Path(named.name).name
    return name if _PLAIN.fullmatch(name) else None


def warmed(scorer: Scorer) -> Scorer:
    """The same scorer, which has read something in every way that it is asked to. Raises whatever it raises."""
    scorer.score(_WARM_UP, explain=True, entities=True)
    for item in _WARM_UP:
        scorer.score([item], explain=True, entities=True)
    return scorer
