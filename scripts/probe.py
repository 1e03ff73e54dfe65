"""Does the running service keep its contract? Schemathesis against ``netra serve`` on loopback: all its checks.

``python -m scripts.probe --examples 40``. Exit code 1 when a check failed (one is: no answer 5xx) or fewer requests
were sent than asked for with ``--at-least``. What the contract cannot say stands in .ci/schemathesis.toml.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.loopback import HOST, Running, netra

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / ".ci" / "schemathesis.toml"
#: The seconds that Schemathesis may spend on making up requests.
ASKING = 120
#: Seconds after which a run is given up: whatever holds a release back has to end.
PATIENCE = 170


def main(words: Sequence[str] | None = None) -> int:
    """Run, print what failed; 1 unless all is well."""
    given = _options(words)
    with TemporaryDirectory(prefix="netra-probe-") as folder, netra(2) as server:
        report = Path(folder) / "report.json"
        said = _run(server, report, Path(folder), given)
        found = json.loads(report.read_bytes()) if report.exists() else {}
    told = verdict(found, given.at_least)
    print(told if not told.startswith("FAILED") else f"{said[-8000:]}\n{told}")
    return int(told.startswith("FAILED"))


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="probe", description=__doc__, allow_abbrev=False)
    parser.add_argument("--examples", type=int, default=40, help="of each operation and phase")
    parser.add_argument("--at-least", type=int, default=2_000, help="requests, or the run counts for nothing")
    parser.add_argument("--seed", type=int, default=20311103)
    return parser.parse_args(words)


def _run(server: Running, report: Path, folder: Path, given: argparse.Namespace) -> str:
    """What Schemathesis printed; what it leaves behind goes with ``folder``."""
    start = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    asked = [f"http://{HOST}:{server.port}/openapi.json", "--header", f"X-API-Key: {server.key}", "--no-color"]
    checks = ["--checks", "all", "--continue-on-failure", "--max-examples", str(given.examples), "--no-shrink"]
    output = ["--report", "json", "--report-json-path", str(report), "--generation-database", "none"]
    bounds = ["--seed", str(given.seed), "--max-time", str(ASKING), "--request-timeout", "20"]
    try:
        done = subprocess.run(
            [*start, *asked, *checks, *output, *bounds], capture_output=True, text=True, timeout=PATIENCE, cwd=folder
        )
    except subprocess.TimeoutExpired:
        return f"no end after {PATIENCE} s"
    return done.stdout + done.stderr


def verdict(report: Mapping[str, Any], at_least: int) -> str:
    """One line on a run; begins with ``FAILED`` unless every operation was asked and every check held."""
    if not report:
        return "FAILED: no report"
    operations, cases = report["operations"], report["test_cases"]
    sent, failed = cases["generated"], cases["unique_failures"] + cases["errored"] + len(report.get("errors") or [])
    line = f"{sent} requests to {operations['tested']} operations in {report['running_time']:.0f} s, {failed} failures"
    whole = operations["tested"] == operations["total"] and sent >= at_least
    return line if whole and not failed and report["exit_code"] == 0 else f"FAILED: {line}"


if __name__ == "__main__":
    sys.exit(main())
