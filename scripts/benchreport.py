"""What ``make bench`` found, beside its goals: a table, plots and ``docs/bench/README.md``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

Results = dict[str, dict[str, float]]
PLOTS = ("scoring", "length", "watchlist", "service", "files")


class Goal(NamedTuple):
    """``at_least`` or at most so much; a ratio has no unit."""

    name: str
    bound: float
    at_least: bool = True


GOALS = (
    Goal("fast path / reference", 6.0),
    Goal("fast path / usual, warm", 3.0),
    Goal("fast path / usual, cold", 8.0),
    Goal("/classify / no-op, FastAPI POST", 0.6),
    Goal("/classify/batch / usual pipeline, batch of 100", 5.0),
    Goal("two processes / one", 1.5),
    Goal("rows/s of netra score, 2 processes", 30_000),
    Goal("megabytes of netra score, all processes", 1_000, False),
    Goal("time of ten times the rows", 11.0, False),
    Goal("Dask / process pool, time", 1.25, False),
    Goal("seconds to ready", 1.5, False),
    Goal("processor seconds to ready", 1.5, False),
    Goal("microseconds of masking 40 words, shipped lists", 60.0, False),
)


def ratios(results: Results) -> dict[str, float]:
    """What the goals are about, of the parts that were measured."""
    return {name: value for name, value in _ratios(results) if value is not None}


def _ratios(results: Results) -> Iterator[tuple[str, float | None]]:
    rate, service, files = (results.get(part, {}) for part in ("scoring", "service", "files"))
    yield "fast path / reference", _over(rate, "fast path, warm", "reference (scikit-learn), warm")
    yield "fast path / usual, warm", _over(rate, "fast path, warm", "usual, warm")
    yield "fast path / usual, cold", _over(rate, "fast path, cold", "usual, cold")
    names = "verdicts with evidence and names, warm", "verdicts, warm"
    yield "verdicts / with evidence", _over(rate, *names)
    yield "/classify / no-op, FastAPI POST", _over(service, "/classify", "no-op, FastAPI POST")
    yield "/classify / no-op, bare", _over(service, "/classify", "no-op, bare")
    usual = "usual pipeline, batch of 100"
    yield f"/classify/batch / {usual}", _over(service, "/classify/batch of 100", usual)
    yield "two processes / one", _over(files, "all, 2: rows/s", "all, 1: rows/s")
    yield "rows/s of netra score, 2 processes", files.get("all, 2: rows/s")
    yield "megabytes of netra score, all processes", files.get("all, 2: megabytes")
    yield "time of ten times the rows", _over(files, "all, 2: seconds", "tenth, 2: seconds")
    yield "Dask / process pool, time", _over(files, "parquet, dask: seconds", "parquet, 2: seconds")
    yield "rows a processor second of netra score", files.get("all, 2: rows a processor second")
    yield "seconds to ready", results.get("start", {}).get("seconds to ready")
    yield "processor seconds to ready", results.get("start", {}).get("processor seconds to ready")
    yield "microseconds of masking 40 words, shipped lists", results.get("watchlist", {}).get("shipped")


def _over(found: Mapping[str, float], above: str, below: str) -> float | None:
    return found[above] / found[below] if above in found and below in found else None


def table(results: Results) -> str:
    """Ratios with their goals, then everything that was measured."""
    return "\n".join([*_goal_lines(results), "", *_absolute_lines(results)])


def _goal_lines(results: Results) -> Iterator[str]:
    goals = {goal.name: goal for goal in GOALS}
    yield "| | measured | goal | |"
    yield "| --- | ---: | ---: | --- |"
    for name, value in ratios(results).items():
        goal = goals.get(name)
        wanted = f"{'≥' if goal.at_least else '≤'} {goal.bound:,g}" if goal else ""
        met = "" if goal is None else "met" if (value >= goal.bound) == goal.at_least else "**not met**"
        yield f"| {name} | {_number(value)} | {wanted} | {met} |"


def _absolute_lines(results: Results) -> Iterator[str]:
    units = {
        "scoring": "posts a second and core",
        "length": "µs of one text, by characters",
        "watchlist": "µs of masking a post of 40 words, by contestants listed",
        "start": "one process",
        "service": "requests a processor second of the server, one process, four clients",
        "files": "`netra score`, everything included",
    }
    for part, found in results.items():
        yield f"| {part}: {units[part]} | |"
        yield "| --- | ---: |"
        yield from (f"| {name} | {_number(value)} |" for name, value in found.items())
        yield ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def read(folder: Path) -> Results:
    """What was measured last."""
    found: Results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return found


def write(folder: Path, results: Results) -> None:
    """Plots, numbers and the page that shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    drawn = [part for part in PLOTS if part in results]
    for part in drawn:
        _draw(folder / f"{part}.svg", part, results[part])
    page = folder / "README.md"
    kept = page.read_text(encoding="utf-8").partition(_MARK)[2] if page.exists() else "\n"
    pictures = "\n".join(f"![{part}]({part}.svg)" for part in drawn)
    page.write_text(f"{_HEAD}\n{table(results)}\n{pictures}\n\n{_MARK}{kept}", encoding="utf-8")


_MARK = "<!-- written by hand from here on -->"
_HEAD = f"""# What was measured

Written by `make bench` in one run on {os.cpu_count()} processor cores that other work was sharing: ratios hold,
absolutes drift. Every path scores the same posts, chunk by chunk in turns; of each chunk the best of several rounds
counts. "Cold" is the first sight of every word, "warm" any later one.
"""


def _draw(path: Path, part: str, found: Mapping[str, float]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "netra"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 3))
    numbers = {name: value for name, value in found.items() if name.isdecimal()}
    if numbers:
        axes.plot([int(name) for name in numbers], list(numbers.values()), marker="o")
        axes.set(xscale="log", yscale="log" if part == "length" else "linear", ylabel="µs")
        axes.set(
            xlabel="characters" if part == "length" else "contestants on the lists",
            ylim=(0 if part != "length" else None, None),
        )
    else:
        bars = {name: value for name, value in found.items() if _is_bar(part, name)}
        axes.barh(list(bars)[::-1], list(bars.values())[::-1])
        axes.set(xlabel={"scoring": "posts/s and core", "service": "requests a processor second"}.get(part, "rows/s"))
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)


def _is_bar(part: str, name: str) -> bool:
    return name.endswith("rows/s") if part == "files" else not name.startswith(("words", "megabytes"))
