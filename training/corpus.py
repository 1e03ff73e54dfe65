"""Check the corpus and say what it is made of: ``python -m training.corpus [LABELLED...]``.

Labelled files named on the command line are real posts: no item may repeat six of their words in a row.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.scoring.kinds import OTHER_KINDS, SUPPORT_KINDS
from app.text.resources import DATA_DIR
from training.duplicates import near_duplicates, plain
from training.examples import ExampleError, read_labelled

CORPUS = DATA_DIR / "corpus"
#: Words in a row that an item must not share with a real post.
SHARED_WORDS = 6
#: Share of support items that the corpus as a whole keeps to.
BALANCE = (0.40, 0.50)


def _register(text: str) -> str:
    plain_one, _, language = text.partition(":")
    if plain_one not in ("informal", "formal", "obfuscated", "regional") or (plain_one == "regional") != bool(language):
        raise ValueError("unknown register")
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(_Strict):
    """A contestant, slogan, party or campaign account, code points ``[start, end)`` of a field."""

    field: Literal["text", "target_text"]
    start: int = Field(ge=0)
    end: int
    kind: Literal["name", "slogan", "party", "account"]


class Row(_Strict):
    """One item as ``data/corpus/*.jsonl`` holds it."""

    id: str = Field(min_length=3)
    action: Literal["post", "comment", "share", "like", "follow"]
    text: str
    target_text: str
    label: Literal[0, 1]
    kind: str
    names: list[Name]
    election: str = Field(min_length=2)
    level: Literal["presiden", "gubernur", "bupati", "wali kota", "legislatif", "partai", ""]
    region: str
    platform: Literal["tweet", "reply", "fb", "igcaption", "ytcomment", "tiktok", "wastatus", ""]
    register_: Annotated[str, Field(alias="register"), AfterValidator(_register)]
    voice: Literal[
        "citizen", "asn", "teacher", "healthworker", "camat", "lurah", "volunteer", "campaign", "news", "agency", ""
    ]
    doubtful: bool
    readers: int = Field(ge=1, le=9)


def read_rows(folder: Path = CORPUS) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every line of ``folder/*.jsonl`` with its ``file:line``."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                yield f"{path.name}:{number}", json.loads(line)


def faults(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Everything wrong with the rows themselves, ``file:line: what``; never a text."""
    found = [f"{where}: {fault}" for where, row in rows for fault in _row_faults(row)]
    found += [f"id {name} occurs {n} times" for name, n in Counter(row["id"] for _, row in rows).items() if n > 1]
    return found + _repeats(rows)


def _row_faults(row: Mapping[str, Any]) -> Iterator[str]:
    try:
        Row.model_validate(row)
    except ValidationError as error:
        yield from sorted({f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors(include_input=False)})
        return
    if row["kind"] not in (SUPPORT_KINDS if row["label"] else OTHER_KINDS):
        yield "kind does not go with the label"
    if not row["text"].strip() and not row["target_text"].strip():
        yield "no text"
    for field in ("text", "target_text"):
        yield from _span_faults(row[field], [n for n in row["names"] if n["field"] == field])


def _span_faults(text: str, names: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    last = 0
    for name in sorted(names, key=lambda n: int(n["start"])):
        if not last <= name["start"] < name["end"] <= len(text):
            yield "a name lies outside its text or over another"
        elif not text[name["start"] : name["end"]].strip():
            yield "a name is blank"
        last = max(last, name["end"])


def _repeats(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Near duplicates; acts on a target only where the own words and the label are the same too."""
    texts = [f"{row['text']}\n{row['target_text']}" for _, row in rows]
    return [
        f"{rows[j][0]}: nearly the same as {rows[i][0]}"
        for i, j in near_duplicates(texts)
        if _same_act(rows[i][1], rows[j][1]) and len(plain(texts[i])) > 12
    ]


def _same_act(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if not (one["target_text"] or other["target_text"]):
        return True
    return bool(plain(one["text"]) == plain(other["text"]) and one["label"] == other["label"])


def leaks(rows: Iterable[tuple[str, Mapping[str, Any]]], outside: Iterable[str]) -> list[str]:
    """Rows that share six words in a row with a text from outside the repository."""
    known = {run for text in outside for run in _runs(text)}
    return [
        f"{where}: shares {SHARED_WORDS} words in a row with a real post"
        for where, row in rows
        if any(run in known for field in ("text", "target_text") for run in _runs(row[field]))
    ]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = plain(text).split()
    return {tuple(words[k : k + SHARED_WORDS]) for k in range(len(words) - SHARED_WORDS + 1)}


def composition(rows: Sequence[Mapping[str, Any]]) -> str:
    """Markdown tables of what the corpus is made of."""
    support = sum(row["label"] for row in rows)
    head = (
        f"{len(rows):,} items, {support:,} support ({support / max(1, len(rows)):.1%}), "
        f"{sum(row['doubtful'] for row in rows):,} doubtful, {sum(row['readers'] > 1 for row in rows):,} read twice, "
        f"{len({row['election'] for row in rows}):,} fictional races, "
        f"{sum(bool(row['target_text']) for row in rows):,} acts on a target."
    )
    tables = [_table(rows, key) for key in ("kind", "register", "platform", "voice", "level", "action")]
    return "\n\n".join([head, *tables])


def _table(rows: Sequence[Mapping[str, Any]], key: str) -> str:
    items = Counter(row[key] or "-" for row in rows)
    support = Counter(row[key] or "-" for row in rows if row["label"])
    lines = [f"| {name} | {n:,} | {support[name]:,} |" for name, n in items.most_common()]
    return "\n".join([f"| {key} | items | support |", "| --- | ---: | ---: |", *lines])


def main() -> None:
    """Print faults (exit code 1) or the composition."""
    rows = list(read_rows())
    found = faults(rows)
    share = sum(row["label"] for _, row in rows) / max(1, len(rows))
    if not BALANCE[0] <= share <= BALANCE[1]:
        found.append(f"support is {share:.3f} of the corpus, not within {BALANCE}")
    try:
        found += leaks(rows, (e.text for path in sys.argv[1:] for e in read_labelled(Path(path))))
    except (ExampleError, OSError) as error:
        sys.exit(f"labelled file: {type(error).__name__}")
    if found:
        sys.exit("\n".join(found))
    print(composition([row for _, row in rows]))


if __name__ == "__main__":
    main()
