"""Read the rule files once; a broken file stops the reading with its name and row, nothing is ever filled in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from app.policy.errors import RulesInconsistent, RulesMissing, RulesUnreadable
from app.policy.schema import (
    Behaviour,
    CoverageFile,
    Instrument,
    NotCovered,
    Row,
    RulesFile,
    Source,
    SourcesFile,
    parsed,
)
from app.text.resources import DATA_DIR

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

RULES_DIR = DATA_DIR / "rules"
COVERAGE_FILE = "90-cakupan.yaml"
SOURCES_FILE = "99-sumber.yaml"
_HASH_CHARS = 8
_BEHAVIOURS = 9


class Rule(NamedTuple):
    """A row with the instrument it stands in."""

    instrument: Instrument
    row: Row


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """All rule files of one folder, rows in the order of file names and rows.

    ``version`` is the day of the last revision and a short hash of every file: ``2026-11-22-3fa9c01b``.
    """

    version: str
    revised: date
    rows: tuple[Rule, ...]
    behaviours: tuple[Behaviour, ...]
    not_covered: tuple[NotCovered, ...]
    sources: Mapping[str, Source]


@lru_cache(maxsize=8)
def load_rules(folder: Path = RULES_DIR) -> Rules:
    """The rules of ``folder``, read once. Raises ``RulesError`` naming file and row."""
    files = {path.name: _bytes(path) for path in sorted(folder.glob("*.yaml"))}
    for name in (COVERAGE_FILE, SOURCES_FILE):
        if name not in files:
            raise RulesMissing(f"{name}: berkas aturan tidak ditemukan")
    contents = {name: _content(name, raw) for name, raw in files.items()}
    coverage = parsed(CoverageFile, COVERAGE_FILE, contents.pop(COVERAGE_FILE))
    sources = parsed(SourcesFile, SOURCES_FILE, contents.pop(SOURCES_FILE))
    found = {name: parsed(RulesFile, name, content) for name, content in contents.items()}
    faults = list(dict.fromkeys(_inconsistencies(found, coverage, sources)))
    if faults:
        raise RulesInconsistent("\n".join(faults))
    return _joined(_version(coverage.revised, files), found.values(), coverage, sources)


def _joined(version: str, files: Iterable[RulesFile], coverage: CoverageFile, sources: SourcesFile) -> Rules:
    return Rules(
        version=version,
        revised=coverage.revised,
        rows=tuple(Rule(file.instrument, row) for file in files for row in file.rows),
        behaviours=coverage.behaviours,
        not_covered=coverage.not_covered,
        sources=MappingProxyType({source.id: source for source in sources.sources}),
    )


def _version(revised: date, files: Mapping[str, bytes]) -> str:
    """The same on every system: line ends do not count."""
    digest = hashlib.sha256()
    for name, raw in files.items():
        digest.update(name.encode() + b"\0" + raw.replace(b"\r\n", b"\n") + b"\0")
    return f"{revised.isoformat()}-{digest.hexdigest()[:_HASH_CHARS]}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise RulesMissing(f"{path.name}: berkas aturan tidak dapat dibuka") from None


class _Loader(_SafeLoader):
    """YAML that refuses a key given twice, where the plain loader keeps the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        if any(times > 1 for times in keys.values()):
            raise yaml.constructor.ConstructorError(None, None, "duplicate key", node.start_mark)
        return super().construct_mapping(node, deep)


def _content(name: str, raw: bytes) -> object:
    try:
        return yaml.load(raw.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, baris {mark.line + 1}" if mark else name
        twice = getattr(error, "problem", None) == "duplicate key"
        raise RulesUnreadable(f"{where}: {'kunci tertulis dua kali' if twice else 'bukan YAML yang sah'}") from None


def _inconsistencies(files: Mapping[str, RulesFile], coverage: CoverageFile, sources: SourcesFile) -> Iterator[str]:
    rows = [(name, row.id) for name, file in files.items() for row in file.rows]
    yield from _twice([*rows, *((COVERAGE_FILE, entry.id) for entry in coverage.not_covered)])
    yield from _twice([(name, file.instrument.id) for name, file in files.items()])
    yield from _twice([(SOURCES_FILE, source.id) for source in sources.sources])
    listed, known = {row_id for _, row_id in rows}, {source.id for source in sources.sources}
    for where, named in _named_sources(files):
        yield from (f"{where} › sources: sumber {s} tidak ada di {SOURCES_FILE}" for s in named if s not in known)
    for behaviour in coverage.behaviours:
        place = f"{COVERAGE_FILE}: behaviours ({behaviour.number}) › rows"
        yield from (f"{place}: baris {row_id} tidak ada" for row_id in behaviour.rows if row_id not in listed)
    if [behaviour.number for behaviour in coverage.behaviours] != list(range(1, _BEHAVIOURS + 1)):
        yield f"{COVERAGE_FILE}: behaviours: harus bernomor 1 sampai {_BEHAVIOURS}, berurutan"
    if not files:
        yield "tidak ada berkas aturan selain cakupan dan sumber"


def _twice(ids: Iterable[tuple[str, str]]) -> Iterator[str]:
    seen: set[str] = set()
    for name, entry in ids:
        if entry in seen:
            yield f"{name}: {entry}: id ini sudah dipakai"
        seen.add(entry)


def _named_sources(files: Mapping[str, RulesFile]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, file in files.items():
        yield f"{name}: {file.instrument.id}", file.instrument.sources
        for row in file.rows:
            yield f"{name}: {row.id}", row.sources
            yield from ((f"{name}: {row.id} › notes", note.sources) for note in row.notes)
