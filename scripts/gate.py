"""Hold the active model to its promises on labels that were never trained on: ``python scripts/gate.py SHARED``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

NETRA = Path(sys.executable).with_name("netra")

#: File, rows and least figures; a release that falls below one of them is stopped.
PROMISES = [
    ("eval/real_dev.csv", "sure", {"f1": 0.89, "roc_auc": 0.97}),
    ("eval/variety_dev.jsonl", "sure", {"f1": 0.88, "roc_auc": 0.96}),
    ("eval/context_dev.jsonl", "sure", {"f1": 0.92, "roc_auc": 0.98}),
]
SCRAPED = ["semicolon_in_commas.csv", "tweet_harvest.csv", "tweets_multiline.csv", "youtube_comments.csv"]


def main(shared: Path) -> int:
    broken = [line for promise in PROMISES for line in check(shared, *promise)]
    for name in SCRAPED:
        broken += score(shared / "scraped" / name)
    for line in broken:
        print("gate: BROKEN", line)
    return 1 if broken else 0


def check(shared: Path, name: str, rows: str, least: dict[str, float]) -> list[str]:
    run = subprocess.run([NETRA, "evaluate", shared / name, "--json"], capture_output=True, check=True)
    found = json.loads(run.stdout)[rows]
    print(f"gate: {name} ({rows})", {key: round(found[key], 4) for key in ("n", "precision", "recall", *least)})
    return [f"{name} {key} {found[key]:.4f} < {bound}" for key, bound in least.items() if found[key] < bound]


def score(path: Path) -> list[str]:
    """Score a scraped file as an analyst would; what was read must be accounted for."""
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [NETRA, "score", path, "--output", Path(folder) / "out.csv", "--summary", summary]
        run = subprocess.run(command, capture_output=True, check=False)
        if run.returncode:
            return [f"netra score {path.name} ended with {run.returncode}"]
        counts = json.loads(summary.read_text(encoding="utf-8"))
    print(f"gate: {path.name}", {key: counts[key] for key in ("read", "scored", "rejected", "flagged", "review")})
    whole = counts["read"] == counts["scored"] + counts["rejected"] and counts["read"] > 0
    return [] if whole else [f"netra score {path.name} lost rows"]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
