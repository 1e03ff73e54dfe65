"""The model card, generated from the manifest, the corpus and what was measured; never typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from training.behave import table as behaviour_table
from training.corpus import composition
from training.examples import Example
from training.experiments import Experiments
from training.intervals import Interval, Scored, figures, intervals
from training.study import Study

#: Groups with fewer posts have no figures of their own.
LEAST_POSTS = 10
_COLUMNS = ("precision", "recall", "f1", "roc_auc", "expected_calibration_error")
#: Redrawn rows are calibrated worse than the rows themselves: an interval would lie beside its figure.
_BARE = "expected_calibration_error"
_HEAD = ("precision", "recall", "F1", "ROC AUC", "calibration error")

_USE = """Reads Indonesian posts, comments, shares and likes and indicates which amount to campaign support.
It indicates; a named person decides and writes a reason."""

_NOT_FOR = """- Deciding on a sanction, or on anything else, without a person who looked: precision is below one.
- Ranking people, watching private groups, or searching for opinions outside campaigns.
- Saying who somebody is: a score is about words. Whether an account belongs to a civil servant, and whether the act was
  theirs, is not known to it.
- Pictures without words, sound and film; languages that are not in the tables above.
- Likes, shares and follows whose target is not handed in: they stay undecided."""

_METHOD = """Masked tokens (names, parties, slogans, ballot numbers and regions become placeholders), stems 1-3 in a
row, pairs of stems with one or two between them, character runs of 3-5 inside words, words near a
contestant, what a text begins and ends with, and how it is written (length, capitals, links, signs); TF-IDF per
block, each feature scaled by the log ratio of its use in the two classes, logistic regression; a second, small one
weighs supporting and opposing evidence by traits of the text; one more for each kind of content, and the best
supporting kind set softly against the best other one counts on top; Platt scaling on held-out sources."""

_CAPTIONS = {
    "reliability.svg": "Reliability on sources never seen: share of support over score.",
    "precision_recall.svg": "Precision against recall on sources never seen; the dot is the flag.",
    "learning_curve.svg": "Learning curve: what more training posts bring on sources never seen.",
}


def card(
    manifest: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    study: Study | None = None,
    pictures: Sequence[str] = (),
    experiments: Experiments | None = None,
) -> str:
    """Markdown card of a bundle; ``rows`` are those of the corpus. Without a ``study`` much of it stays unmeasured."""
    experiments = experiments or Experiments()
    parts = [
        f"# Model card: {manifest['name']} {manifest['version']}",
        f"## What it is for\n\n{_USE}",
        f"## How it works\n\n{_method(manifest)}",
        f"## What it learned from\n\n{_data(manifest, rows)}\n\n{_doubt(rows, experiments)}",
        *_held_out(manifest),
    ]
    if study:
        parts += [*_slices(study), _pictures(pictures), _behaviour(study)]
    parts += [_trials(experiments), f"## What it must not be used for\n\n{_NOT_FOR}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _method(manifest: Mapping[str, Any]) -> str:
    limits = manifest["thresholds"]
    return (
        f"{_METHOD}\n\n{manifest['counts']['features']:,} features. Flag from {limits['flag']}, "
        f"review from {limits['review']} (calibrated probability)."
    )


def _data(manifest: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    counts = manifest["counts"]
    lines = [
        f"- {counts['corpus']:,} items written for this project about fictional contestants, described below.",
        f"- {counts['extra']:,} real labelled posts from outside the repository (named by digest in the manifest).",
    ]
    if "reviews" in counts:
        lines.append(
            f"- {counts['reviews']:,} posts labelled by reviewers (named by digest); "
            f"{counts['reviews_held_out']:,} more were kept out, to judge it by."
        )
    return "\n".join([*lines, "", composition([_complete(row) for row in rows])])


def _complete(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with nothing in the fields that it lacks."""
    blank = dict.fromkeys(("kind", "register", "platform", "voice", "level", "action", "election", "target_text"), "")
    return {**blank, "doubtful": False, "readers": 1, **row}


def _doubt(rows: Sequence[Mapping[str, Any]], experiments: Experiments) -> str:
    doubtful = [row["label"] for row in rows if row.get("doubtful")]
    lines = [
        f"Doubt and agreement: {len(doubtful):,} items ({len(doubtful) / max(1, len(rows)):.1%}) are marked as "
        f"doubtful, {sum(doubtful):,} of them support; they weigh less in training and are not measured on."
    ]
    if experiments.agreement:
        lines += ["", "| read twice | items | agreement | Cohen's kappa |", "| --- | ---: | ---: | ---: |"]
        cells = ((a.what, _cell(a.items), _cell(a.agreement), _cell(a.kappa)) for a in experiments.agreement)
        lines += [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join(lines)


def _held_out(manifest: Mapping[str, Any]) -> Iterator[str]:
    for name, title in (("by_source", "sources never seen"), ("by_election", "elections never seen")):
        rows = manifest["held_out"][name]
        if rows and rows["pooled"]["n"]:
            yield (
                f"## Measured on {title}\n\nSure posts, scored by models that saw none of their kin; 95 % intervals "
                f"by bootstrap.\n\n{_held_out_table(rows)}"
            )


def _held_out_table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    body = [
        f"| {name} | {row['n']} | {row['support']} | "
        + " | ".join(_with_ends(row[f], *row.get("intervals", {}).get(f, (None, None))) for f in _COLUMNS)
        + " |"
        for name, row in rows.items()
    ]
    return "\n".join([*_head("election"), *body])


def _slices(study: Study) -> Iterator[str]:
    by_platform = study.real.by(lambda example: example.platform)
    if by_platform:
        yield f"## Measured on sources never seen, by platform\n\n{_table('platform', by_platform)}"
    if not len(study.corpus.scored):
        return
    yield (
        "## Measured on the corpus\n\nSure items, scored by models that saw none of their race; the corpus is harder "
        "than life. Acts on a target are not in these tables: a second model reads them, which `netra evaluate` "
        "measures."
    )
    corpus = study.corpus
    for title, groups in (
        ("register", corpus.by(_register)),
        ("regional language", corpus.by(_language)),
        ("platform imitated", corpus.by(lambda example: example.platform)),
    ):
        if groups:
            yield f"### By {title}\n\n{_table(title, groups)}"


def _register(example: Example) -> str:
    return example.register.partition(":")[0]


def _language(example: Example) -> str:
    return example.register.partition(":")[2]


def _table(title: str, groups: Mapping[str, Scored]) -> str:
    shown = {name: found for name, found in groups.items() if len(found) >= LEAST_POSTS}
    few = {name: found for name, found in groups.items() if name not in shown}
    lines = [*_head(title), *(_measured(name, found) for name, found in shown.items())]
    if few:
        items = sum(len(found) for found in few.values())
        lines += ["", f"{len(few)} more with fewer than {LEAST_POSTS} items each ({items} in all) are not measured."]
    return "\n".join(lines)


def _measured(name: str, found: Scored) -> str:
    ends = intervals(len(found), figures(found))
    cells = [_cell(ends[figure].value) if figure == _BARE else _interval(ends[figure]) for figure in _COLUMNS]
    return f"| {name} | {len(found)} | {int(found.labels.sum())} | {' | '.join(cells)} |"


def _head(title: str) -> list[str]:
    return [f"| {title} | n | support | {' | '.join(_HEAD)} |", "| --- |" + " ---: |" * (2 + len(_HEAD))]


def _pictures(pictures: Sequence[str]) -> str:
    if not pictures:
        return "## Pictures\n\nNone: matplotlib was not installed where this model was trained."
    shown = [f"![{_CAPTIONS[name]}]({name})" for name in pictures]
    return "## Pictures\n\n" + "\n\n".join(shown)


def _behaviour(study: Study) -> str:
    report = study.behaviour
    listed, unlisted = report.listed.false_alarms, report.unlisted.false_alarms
    alarms = [f"| {name} | {share:.3f} | {unlisted[name]:.3f} |" for name, share in listed.items()]
    parts = [
        "## Behaviour suite",
        "Every case is read with each fictional contestant in turn; the bound is what a release must keep.",
        behaviour_table(report),
        "### False alarms per contestant",
        "\n".join(["| contestant | with a watchlist | without |", "| --- | ---: | ---: |", *alarms]),
    ]
    return "\n\n".join(parts)


def _trials(experiments: Experiments) -> str:
    if not experiments.trials:
        return ""
    rows = [
        f"| {t.what} | {t.measured_on} | {t.figure} | {_cell(t.before)} | {_cell(t.after)} | {t.verdict} |"
        for t in experiments.trials
    ]
    head = ["| what | measured on | figure | without | with | verdict |", "| --- | --- | --- | ---: | ---: | --- |"]
    return "\n".join(["## What helped and what did not", "", *head, *rows])


def _interval(interval: Interval) -> str:
    return _with_ends(interval.value, interval.low, interval.high)


def _with_ends(value: float | None, low: float | None, high: float | None) -> str:
    ends = "" if low is None or high is None else f" ({low:.2f}-{high:.2f})"
    return _cell(value) + ends


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
