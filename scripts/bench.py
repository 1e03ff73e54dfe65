"""Speed of Netra beside the pipeline a typical user writes, all in one run: ratios first, absolutes second.

``make bench`` (about half an hour) writes ``docs/bench``; ``make bench BENCH="--posts 20000 --json"`` is shorter.
``python -m scripts.bench --gate`` measures the ratios alone within a minute and fails when one is far below its bound.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.memory import settle
from app.text.draft import Masked
from app.text.masking import mask_mentioned
from app.text.passage import Passage
from app.text.repair import repair
from app.text.runs import Strip, strip_of
from app.watchlists.load import build_matcher, default_matcher
from app.watchlists.matcher import Matcher
from scripts import benchjobs, benchpaths, benchposts, benchreport
from scripts.benchreport import Results

POSTS, MOST_POSTS = 200_000, 1_000_000
CHUNK, ROUNDS = 500, 3
#: Posts of which every path is measured: cold once, warm in rounds.
COLD_POSTS, WARM_POSTS = 4_000, 4_000
PARTS = ("scoring", "length", "watchlist", "start", "service", "files")
OUT = Path(__file__).resolve().parents[1] / "docs" / "bench"
#: Ratios that a change must not fall below: a third under what was measured on a busy machine.
GATE = {"fast path / reference": 3.8, "fast path / usual, warm": 0.27, "verdicts / with evidence": 0.45}


def main(words: Sequence[str] | None = None) -> int:
    """Print, and unless told otherwise write, what was measured; 1 when the gate is closed."""
    given = _options(words)
    if given.gate:
        return _gate(Results(scoring=scoring(benchposts.posts(2_000), rounds=2)))
    results = measured(given.posts, given.rows, given.only)
    if given.write:
        results = (benchreport.read(OUT) if given.only else {}) | results
        benchreport.write(OUT, results)
    print(json.dumps(results, indent=1) if given.json else benchreport.table(results))
    return 0


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("--posts", type=int, default=POSTS, help="posts of the generated corpus, at most a million")
    parser.add_argument("--rows", type=int, default=0, help="rows of the larger file that is scored (0: all posts)")
    parser.add_argument("--only", nargs="+", default=(), choices=PARTS, help="parts to measure again; others stay")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-write", dest="write", action="store_false", help="leave docs/bench as it is")
    parser.add_argument("--gate", action="store_true", help="only compare ratios with their bounds")
    given = parser.parse_args(words)
    given.posts = min(max(given.posts, 1_000), MOST_POSTS)
    given.rows = min(given.rows or given.posts, given.posts)
    return given


def measured(count: int, rows: int, only: Collection[str] = ()) -> Results:
    """Everything or some parts, dearest last; a part that fails is told on standard error and left out."""
    texts = benchposts.posts(count)
    results = Results()
    parts: dict[str, Callable[[], Mapping[str, float]]] = {
        "scoring": partial(scoring, texts),
        "length": partial(by_length, texts),
        "watchlist": partial(by_watchlist, texts),
        "start": benchjobs.starting,
        "service": partial(benchjobs.service, texts),
        "files": partial(benchjobs.files, texts[:rows]),
    }
    for name, part in parts.items():
        if only and name not in only:
            continue
        print(f"{name} …", file=sys.stderr)
        try:
            results[name] = dict(part())
        except (OSError, RuntimeError, SystemExit) as error:
            print(f"{name}: {type(error).__name__}", file=sys.stderr)
    return results


def scoring(texts: Sequence[str], rounds: int = ROUNDS) -> dict[str, float]:
    """Posts per second and core of every path: cold (each word seen for the first time) and warm."""
    usual = benchpaths.Usual()
    model, ready = benchpaths.models()
    fast = benchpaths.fast_path(ready)
    fast(["ayo"])  # reads lists and lexicons, which is part of starting and not of scoring
    settle()
    cold = texts[:COLD_POSTS]
    first = benchpaths.side_by_side({"usual, cold": usual, "fast path, cold": fast}, cold, CHUNK, 1)
    warm = texts[-WARM_POSTS:]
    paths = {
        "usual, warm": usual,
        "reference (scikit-learn), warm": benchpaths.reference_path(model),
        "fast path, warm": fast,
        "verdicts, warm": benchpaths.verdicts(explain=False),
        "verdicts with evidence and names, warm": benchpaths.verdicts(explain=True),
    }
    for work in paths.values():
        work(warm)
    again = benchpaths.side_by_side(paths, warm, CHUNK, rounds)
    words = {"words a post": sum(len(text.split()) for text in warm) / len(warm)}
    rates = {name: len(cold) / spent for name, spent in first.items()}
    return rates | {name: len(warm) / spent for name, spent in again.items()} | words


def by_length(texts: Sequence[str]) -> dict[str, float]:
    """Microseconds of one text of so many characters, scored alone."""
    model, matcher = benchpaths.models()[1], default_matcher()
    found = {}
    for chars in benchposts.LENGTHS:
        text = benchposts.of_length(texts, chars)
        found[str(chars)] = 1e6 * _least(lambda text=text: model.read([Passage(text, matcher).counted]))  # type: ignore[misc]
    return found


def by_watchlist(texts: Sequence[str]) -> dict[str, float]:
    """Microseconds of masking a post of 40 words against so many contestants, and against all shipped ones."""
    words = " ".join(texts[:4_000]).split()
    cut = [" ".join(words[at : at + 40]) for at in range(0, 8_000, 40)]
    matchers = {str(count): build_matcher(benchposts.races(count), ()) for count in benchposts.CONTESTANTS}
    found = {}
    for name, matcher in {**matchers, "shipped": default_matcher()}.items():
        posts = [strip for text in cut if (strip := strip_of(repair(text), matcher))]
        spent = [_least(lambda post=post, by=matcher: _masked(post, by)) for post in posts]  # type: ignore[misc]
        found[name] = 1e6 * sorted(spent)[len(spent) // 2]
    return found


def _masked(post: Strip, matcher: Matcher) -> Masked:
    return mask_mentioned(post.tokens, post.marks, matcher.mentions(post.tokens, post.marks))


def _least(work: Callable[[], Any], rounds: int = 7) -> float:
    return min(benchpaths.seconds(work) for _ in range(rounds))


def _gate(results: Results) -> int:
    found = benchreport.ratios(results)
    for name, bound in GATE.items():
        print(f"{found[name]:7.2f}  at least {bound:.2f}  {name}")
    low = [name for name, bound in GATE.items() if found[name] < bound]
    print("too slow: " + ", ".join(low) if low else "fast enough")
    return 1 if low else 0


if __name__ == "__main__":
    with TemporaryDirectory(prefix="netra-bench-") as state:
        os.environ.setdefault("NETRA_STATE_DIR", state)
        sys.exit(main())
