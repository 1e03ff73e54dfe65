"""What a set of acts looks like as a whole: counts that single posts, authors and rare words cannot be told from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from app.observe.bins import SCORE_EDGES

FILE: Final = "reference.json"
FORMAT: Final = 1
#: A form or kind that fewer acts than this have is not written down.
LEAST_ACTS: Final = 3
#: Upper borders of the lengths of acts, in words; the last bin has none.
LENGTH_EDGES: Final = (2, 5, 10, 20, 40, 80)
#: Words that the lists know, and words that they do not; every other form is a placeholder.
KNOWN, UNKNOWN = "known", "unknown"


class BadReference(ValueError):
    """A reference that cannot be read. The message names the file and nothing it holds."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts over ``items`` acts.

    ``scores`` has one count for each of ``SCORE_EDGES``, ``lengths`` one for each of ``LENGTH_EDGES`` and one beyond.
    ``forms`` counts known words, unknown words and placeholders, ``kinds`` acts by their kind.
    """

    items: int
    undecided: int
    scores: Sequence[int]
    lengths: Sequence[int]
    forms: Mapping[str, int]
    kinds: Mapping[str, int]
    model: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> tuple[int, int]:
        """Words, and how many of them no word list knows."""
        unknown = self.forms.get(UNKNOWN, 0)
        return self.forms.get(KNOWN, 0) + unknown, unknown

    def as_dict(self) -> dict[str, Any]:
        """Values ready for JSON, with the borders that the counts belong to."""
        borders = {"score_edges": list(SCORE_EDGES), "length_edges": list(LENGTH_EDGES)}
        return {"format": FORMAT, **borders, **asdict(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The profile that ``as_dict`` gave. Raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
        wanted = {"format": FORMAT, "score_edges": list(SCORE_EDGES), "length_edges": list(LENGTH_EDGES)}
        if any(values[name] != value for name, value in wanted.items()):
            raise ValueError("another format")
        profile = cls(**{name: value for name, value in values.items() if name not in wanted})
        sizes = len(profile.scores), len(profile.lengths)
        counts = [profile.items, profile.undecided, *profile.scores, *profile.lengths]
        counts += [*profile.forms.values(), *profile.kinds.values()]
        if sizes != (len(SCORE_EDGES), len(LENGTH_EDGES) + 1) or not all(map(_is_count, counts)):
            raise ValueError("not counts")
        return profile


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def read(folder: Path) -> Profile | None:
    """The reference beside a model bundle, ``None`` where there is none. Raises ``BadReference``."""
    path = folder / FILE
    try:
        return Profile.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadReference(f"{FILE} cannot be read") from error


def write(folder: Path, reference: Mapping[str, Any]) -> None:
    """Put a reference beside a model bundle; the same one gives the same bytes. Raises ``OSError``."""
    draft = folder / f"{FILE}.part"
    draft.write_text(json.dumps(reference, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(folder / FILE)
