"""Reviewers' labels as training takes them in: who said what, what is kept out, and whether the batch can be trusted.

The file is what ``netra labels export`` writes. Nothing of it is copied: a bundle holds its digest, counts, and
features that occur in at least three distinct posts.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from pathlib import Path

from app.scoring.types import Verdict
from training.duplicates import clusters, plain
from training.examples import Example, from_row, json_rows

SOURCE = "reviewers"
#: One in so many groups of posts is kept out of training, chosen by a hash of the content.
HELD_OUT = 5

#: The model is sure of a post from this probability on, of support or of none.
SURE = 0.9
#: Share of labels against a sure model that is one too many: in the batch, and in a part of it.
BATCH_BOUND, PART_BOUND = 0.10, 0.25
#: Parts with fewer posts of which the model is sure are not judged.
LEAST_SURE = 20
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Review:
    """One labelled act and the pseudonyms of those who labelled it."""

    example: Example
    reviewers: tuple[str, ...]


@dataclass(frozen=True)
class Reviews:
    """A batch of labels. ``conflicting`` rows had the same words and different labels, ``empty`` ones no words."""

    rows: tuple[Review, ...]
    conflicting: int
    empty: int

    @cached_property
    def held_out(self) -> list[Review]:
        """The rows that no model is trained on; the same ones in every later export."""
        return [row for row in self.rows if is_held_out(row.example)]

    @cached_property
    def learned(self) -> list[Review]:
        """The rest, without near duplicates of what is held out."""
        out = [row for row in self.rows if not is_held_out(row.example)]
        kept_out = len(self.held_out)
        first = clusters([_content(row.example) for row in (*self.held_out, *out)])[kept_out:]
        return [row for row, root in zip(out, first, strict=True) if root >= kept_out]

    @property
    def examples(self) -> list[Example]:
        """What is learned, as real posts: the rules on whose words a bundle may hold depend on that."""
        return [row.example for row in self.learned]


def read_reviews(path: Path) -> Reviews:
    """The labels of a JSONL file. Raises ``ExampleError`` with file and line for a row without text or label."""
    rows, empty = [], 0
    for where, row in json_rows(path):
        example = from_row({**row, "source": row.get("source") or SOURCE}, where)
        if example.text.strip() or example.target_text.strip():
            rows.append(Review(example, _pseudonyms(row)))
        else:
            empty += 1
    kept = list(_agreed(rows))
    return Reviews(tuple(kept), len({_content(row.example) for row in rows}) - len(kept), empty)


def _pseudonyms(row: Mapping[str, object]) -> tuple[str, ...]:
    given = row.get("reviewers") or row.get("reviewer") or ()
    return (given,) if isinstance(given, str) else tuple(map(str, given)) if isinstance(given, list | tuple) else ()


def _agreed(rows: Sequence[Review]) -> Iterator[Review]:
    """One row per content; none where sure labels differ, the sure ones where only some are sure."""
    same: dict[str, list[Review]] = defaultdict(list)
    for row in rows:
        same[_content(row.example)].append(row)
    for group in same.values():
        sure = [row for row in group if not row.example.doubtful] or group
        if len({row.example.label for row in sure}) == 1:
            yield replace(sure[0], reviewers=tuple(sorted({name for row in sure for name in row.reviewers})))


def _content(example: Example) -> str:
    return "\n".join(" ".join(text.casefold().split()) for text in (example.text, example.target_text))


def is_held_out(example: Example) -> bool:
    """Whether a post is kept out of training, by its own words alone; acts on one target stay together."""
    words = plain(example.target_text) or plain(example.text)
    return int.from_bytes(hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()[:8], "big") % HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class Contradictions:
    """How many labels of a part of the batch go against a model that is sure, and the bound that this must keep."""

    part: str
    sure: int
    against: int
    bound: float

    @property
    def share(self) -> float:
        """Of the posts of which the model is sure."""
        return self.against / max(1, self.sure)

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval of the share (Wilson)."""
        return wilson_low(self.against, self.sure)

    @property
    def holds(self) -> bool:
        """Whether the share may still lie within the bound."""
        return self.low <= self.bound


def contradictions(rows: Sequence[Review], verdicts: Sequence[Verdict]) -> list[Contradictions]:
    """Labels against a sure model: in the whole batch first, then by reviewer, election and whoever is named.

    ``verdicts`` are those of a model that has not learned the labels, with entities. Doubtful rows do not count.
    """
    counted: dict[str, list[bool]] = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.score is None or row.example.doubtful or max(verdict.score, 1 - verdict.score) < SURE:
            continue
        against = (verdict.score >= SURE) != bool(row.example.label)
        for part in ("semua", *_parts(row, verdict)):
            counted[part].append(against)
    whole = counted.pop("semua", [])
    parts = [_counted(part, found, PART_BOUND) for part, found in sorted(counted.items()) if len(found) >= LEAST_SURE]
    return [_counted("semua", whole, BATCH_BOUND), *parts]


def _parts(row: Review, verdict: Verdict) -> set[str]:
    named = {f"disebut {entity.name}" for entity in verdict.entities}
    election = {f"pemilihan {row.example.group}"} if row.example.group else set()
    return named | election | {f"peninjau {name}" for name in row.reviewers}


def _counted(part: str, found: Sequence[bool], bound: float) -> Contradictions:
    return Contradictions(part, len(found), sum(found), bound)


def wilson_low(hits: int, trials: int) -> float:
    """Lower end of the 95 % interval of a share; 0 without trials."""
    if not trials:
        return 0.0
    share, z2 = hits / trials, _Z**2 / trials
    return (share + z2 / 2 - _Z * sqrt(share * (1 - share) / trials + z2 / (4 * trials))) / (1 + z2)
