"""The behaviour suite: named functions, their cases, and the fictional contestants cast into them.

A case writes contestants as slots (``{1}`` in passing, ``{1.name}`` in full, ``{1.number}`` …), so that the same
words can be read with every contestant in turn. How the files look is told in ``docs/behaviour.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.scoring.types import Action, Item
from app.text.lexeme import number_word
from app.text.resources import DATA_DIR

SUITE = DATA_DIR / "behaviour"
#: Contestants in a case, and the largest ballot number that is cast.
SLOTS, LARGEST_NUMBER = 3, 4
_SLOT = re.compile(r"\{([^{}]*)\}")


class BehaviourError(ValueError):
    """The suite cannot be used; the message names file, line and fault, never the case's text."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(_Strict):
    """One act with the label that a careful reader gives it; ``label`` 1 is campaign support."""

    id: str = Field(min_length=3)
    action: Literal["post", "comment", "share", "like", "follow"]
    text: str
    target_text: str = ""
    label: Literal[0, 1]
    note: str = ""


class Function(_Strict):
    """What a group of cases shows, and the share of them that must be right (in [0, 1])."""

    about: str
    expected: Literal[0, 1, "mixed"]
    least: float = Field(ge=0, le=1)


class Contestant(_Strict):
    """A fictional contestant; ``nick`` is what people call him in passing."""

    nick: str
    name: str
    deputy: str
    deputy_name: str
    handle: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays contestant 1, 2 and 3: contestants with their ballot numbers."""

    players: tuple[tuple[Contestant, int], ...]

    def item(self, case: Case) -> Item:
        """The case with these contestants."""
        return Item(self._filled(case.text), case.action, self._filled(case.target_text), id=case.id)

    def _filled(self, text: str) -> str:
        return _SLOT.sub(lambda slot: self._slot(slot[1]), text)

    def _slot(self, slot: str) -> str:
        if slot.startswith("party"):
            return pool().parties[int(slot[5:]) - 1]
        place, _, what = slot.partition(".")
        contestant, number = self.players[int(place) - 1]
        return _words(contestant, number, pool().slogans[int(place) - 1])[what]


class Pool(_Strict):
    """Everybody who may be cast."""

    contestants: list[Contestant] = Field(min_length=SLOTS)
    slogans: list[str] = Field(min_length=SLOTS, max_length=SLOTS)
    parties: list[str] = Field(min_length=2)

    def casts(self) -> list[Cast]:
        """Every contestant once as number one, the next two beside, with ballot numbers of their own."""
        players = [(c, k % LARGEST_NUMBER + 1) for k, c in enumerate(self.contestants)]
        return [Cast(tuple(_around(players, k))) for k in range(len(players))]

    def watchlist(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The pool as an election and parties of a watchlist."""
        contestants = [_listed(c, self.slogans) for c in self.contestants]
        election = {"id": "suite", "region": "suite", "contestants": contestants}
        return election, [{"name": party} for party in self.parties]


def _around(players: Sequence[tuple[Contestant, int]], start: int) -> list[tuple[Contestant, int]]:
    return [players[(start + k) % len(players)] for k in range(SLOTS)]


def _words(contestant: Contestant, number: int, slogan: str) -> Mapping[str, str]:
    return {
        "": contestant.nick,
        "low": contestant.nick.lower(),
        "name": contestant.name,
        "deputy": contestant.deputy,
        "pair": f"{contestant.nick}-{contestant.deputy}",
        "number": str(number),
        "word": number_word(str(number)),
        "tag": f"#Menangkan{contestant.nick}",
        "slogan": slogan,
        "handle": f"@{contestant.handle}",
    }


def _listed(contestant: Contestant, slogans: Sequence[str]) -> dict[str, Any]:
    return {
        "people": [
            {"name": contestant.name, "aliases": [contestant.nick], "handles": [contestant.handle]},
            {"name": contestant.deputy_name, "aliases": [contestant.deputy]},
        ],
        "slogans": list(slogans),
        "hashtags": [f"menangkan{contestant.nick.lower()}"],
    }


@lru_cache(maxsize=1)
def pool() -> Pool:
    """The contestants of ``data/behaviour/contestants.yaml``."""
    return Pool.model_validate(yaml.safe_load((SUITE / "contestants.yaml").read_text(encoding="utf-8")))


def read_suite(folder: Path = SUITE) -> dict[str, tuple[Function, list[Case]]]:
    """Functions with their cases, by name. Raises ``BehaviourError`` for anything that does not fit."""
    raw = yaml.safe_load((folder / "functions.yaml").read_text(encoding="utf-8"))
    files = {path.stem for path in folder.glob("*.jsonl")}
    if files != set(raw):
        raise BehaviourError(f"functions.yaml and files differ: {', '.join(sorted(files ^ set(raw)))}")
    suite = {name: (Function.model_validate(raw[name]), _cases(folder / f"{name}.jsonl")) for name in raw}
    ids = [case.id for _, cases in suite.values() for case in cases]
    if len(ids) != len(set(ids)):
        raise BehaviourError("a case id occurs twice")
    return suite


def _cases(path: Path) -> list[Case]:
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            case = Case.model_validate(json.loads(line))
        except (ValidationError, json.JSONDecodeError) as error:
            raise BehaviourError(f"{path.name}:{number}: {type(error).__name__}") from None
        if not _sound(case):
            raise BehaviourError(f"{path.name}:{number}: unknown slot or act without a text")
        cases.append(case)
    return cases


def _sound(case: Case) -> bool:
    known = {"party1", "party2"} | {f"{k}{w}" for k in "123" for w in ("", *_slot_names())}
    slots = {slot for text in (case.text, case.target_text) for slot in _SLOT.findall(text)}
    return slots <= known and case.action in get_args(Action) and bool(case.text.strip() or case.target_text.strip())


def _slot_names() -> list[str]:
    return [f".{what}" for what in _words(pool().contestants[0], 1, "") if what]
