"""Known vulnerabilities of what a server installs: pip-audit over the runtime lock, told apart from not being asked.

``make audit``. Exit code 1 when there are findings and only then; where the advisory service cannot be reached, or
knows nothing of a package, that is said in plain words.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements" / "runtime.txt"
#: Seconds for all of it, and for each answer of the service.
PATIENCE, ANSWER = 600, 15

Run = Callable[..., subprocess.CompletedProcess[str]]


def main(run: Run = subprocess.run) -> int:
    """Ask and print; 1 when there are findings."""
    words = ["--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json"]
    start = [sys.executable, "-m", "pip_audit", *words, "--progress-spinner", "off", "--timeout", str(ANSWER)]
    try:
        done = run(start, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return _not_asked(f"no end after {PATIENCE} s")
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _not_asked((done.stderr.strip().splitlines() or ["no answer"])[-1])
    if not any("vulns" in package for package in packages):
        return _not_asked(packages[0].get("skip_reason", "no answer") if packages else "no packages")
    print("\n".join(report(packages)))
    return 1 if any(package.get("vulns") for package in packages) else 0


def report(packages: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each finding and each package that was not looked at, and how many of each there were."""
    found = [_finding(package, fault) for package in packages for fault in package.get("vulns", [])]
    skipped = [f"not audited: {package['name']}" for package in packages if "vulns" not in package]
    audited = len(packages) - len(skipped)
    return [*found, *skipped, f"audit: {audited} packages, {len(found)} findings, {len(skipped)} not audited"]


def _finding(package: Mapping[str, Any], fault: Mapping[str, Any]) -> str:
    fixed = ", ".join(fault.get("fix_versions") or ["none yet"])
    return f"{package['name']} {package['version']}: {fault['id']}, fixed in {fixed}"


def _not_asked(why: str) -> int:
    print(f"audit: NOT DONE, the advisory service gave no answer ({why[:200]}). Nothing is known of the packages.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
