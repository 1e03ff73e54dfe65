"""What is installed is named file by file: every requirement of the project is in the lock that is for it, with hashes."""

from __future__ import annotations

import re
import tomllib
from functools import cache

import pytest
from deploykit import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
SERVED = [*PROJECT["project"]["dependencies"], *EXTRAS["postgres"], *EXTRAS["cluster"]]
WANTED = {
    "runtime.txt": SERVED,
    "otel.txt": [*SERVED, *EXTRAS["otel"]],
    "dev.txt": [*SERVED, *PROJECT["dependency-groups"]["dev"], *PROJECT["dependency-groups"]["build"]],
}
PIN = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+?)?(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
)


def text_of(lock: str) -> str:
    return (FOLDER / lock).read_text(encoding="utf-8")


@cache
def pins_of(lock: str) -> dict[str, list[str]]:
    """What stands in a lock, by name: a pin each, whole, or several for different Pythons."""
    found: dict[str, list[str]] = {}
    for pin in PIN.finditer(text_of(lock)):
        found.setdefault(pin["name"], []).append(pin[0])
    return found


def test_every_lock_is_looked_at() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == set(WANTED)


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_holds_nothing_but_pins_with_hashes(lock: str) -> None:
    assert PIN.sub("", text_of(lock)) == ""
    assert len(pins_of(lock)) > 50
    assert [pin for pins in pins_of(lock).values() if len(pins) > 1 for pin in pins if " ; " not in pin] == []


@pytest.mark.parametrize("lock", WANTED)
def test_every_requirement_is_pinned_in_a_version_that_will_do(lock: str) -> None:
    pins = pins_of(lock)
    for wanted in map(Requirement, WANTED[lock]):
        versions = [PIN.fullmatch(pin)["version"] for pin in pins[canonicalize_name(wanted.name)]]  # type: ignore[index]
        assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), wanted.name


@pytest.mark.parametrize("lock", ["otel.txt", "dev.txt"])
def test_what_serves_is_the_same_everywhere(lock: str) -> None:
    assert pins_of("runtime.txt").items() <= pins_of(lock).items()


def test_what_two_locks_name_has_one_version() -> None:
    both = pins_of("otel.txt").keys() & pins_of("dev.txt").keys()
    assert {name: pins_of("otel.txt")[name] for name in both} == {name: pins_of("dev.txt")[name] for name in both}


def test_every_extra_is_in_a_lock() -> None:
    locked = {canonicalize_name(Requirement(one).name) for lock in WANTED for one in WANTED[lock]}
    assert {canonicalize_name(Requirement(one).name) for extra in EXTRAS.values() for one in extra} <= locked


def test_the_page_shows_how_each_is_made() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for lock in WANTED:
        assert f"-o requirements/{lock}" in page
    assert re.search(r"--require-hashes -r requirements/otel\.txt", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
