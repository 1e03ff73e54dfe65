"""Load, soak and audit are right about what they measured."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import time
from math import isnan
from pathlib import Path
from typing import Any

import pytest
from deploykit import ROOT
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.bundle import activate, load_active
from app.watchlists.load import read_folder
from scripts import audit, load, loopback, rebuild, soak, stall
from tests.scoring.tinybundle import NAME, build

# -- figures ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 10), min_size=1), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values: list[float], share: float) -> None:
    found = load.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_nothing_has_no_percentile() -> None:
    assert isnan(load.percentile([], 0.5))


def test_a_line_of_the_table() -> None:
    timings = loopback.Timings(2.0, [0.001] * 98 + [0.02, 0.4], failures=3)
    assert load.line("x", timings, 100).split() == ["x", "50", "5000", "1.0", "1.0", "20.0", "400.0", "3"]
    assert load.line("x", timings, 0).split() == ["x", "50", "1.0", "1.0", "20.0", "400.0", "3"]
    assert len(load.line("x", timings, 100)) == len(load.HEAD)


def test_posts_are_always_the_same_ones_and_of_the_corpus() -> None:
    posts = load.sample(load.CORPUS, 20)
    assert posts == load.sample(load.CORPUS, 20)
    assert len(set(posts)) > 10
    assert all(post.strip() for post in posts)


def test_without_a_corpus_there_is_nothing_to_measure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no corpus"):
        load.sample(tmp_path, 20)


def test_new_words_are_new() -> None:
    chance = random.Random(0)
    words = [word for _ in range(1_000) for word in loopback.invented(chance, 12).split()]
    assert len(words) == 12_000
    assert len(set(words)) > 11_900
    assert sum(word.startswith("#") for word in words) == 1_000


CURVES = [
    ([100, 300, 400, 400], True),
    ([100, 300, 400, 412], True),
    ([100, 300, 400, 430], False),
    ([100, 400, 300, 330], False),
    ([400, 300, 200, 100], True),
]


@pytest.mark.parametrize(("quarters", "flat"), CURVES)
def test_memory_is_flat_when_the_last_quarter_needs_no_more(quarters: list[float], flat: bool) -> None:
    memory = [value - fall for value in quarters for fall in (5, 0, 9)]
    assert soak.peaks(memory) == quarters
    assert soak.flat(memory) is flat
    assert ("GROWING" in soak.told(memory)) is not flat


@given(st.lists(st.floats(1, 1e4), min_size=4))
def test_every_value_is_in_one_quarter(memory: list[float]) -> None:
    assert len(soak.peaks(memory)) == 4
    assert max(soak.peaks(memory)) == max(memory)


def test_a_leak_of_one_reload_in_a_hundred_of_its_size_shows() -> None:
    assert not soak.flat([200 + 0.7 * reload for reload in range(200)])


def test_too_few_values_tell_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        soak.flat([1.0, 2.0, 3.0])


def test_changed_lists_are_sound_and_another_version(tmp_path: Path) -> None:
    versions = set()
    for number in (1, 2):
        soak.change(tmp_path, number)
        lists = read_folder(tmp_path)
        versions.add(lists.version)
        assert len(lists.elections) == 1
    assert len(versions) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["soak.yaml"]


def test_two_models_take_turns_and_each_can_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = build(tmp_path / "given")
    activate(tiny.models_dir, NAME)
    monkeypatch.setenv("NETRA_MODELS_DIR", str(tiny.models_dir))
    models = soak.two_models(tmp_path / "models")
    versions = []
    for number in range(4):
        soak.swap(models, number)
        versions.append(load_active(models).info.version)
    assert versions == ["1", f"1{soak.OTHER}"] * 2
    assert sorted(path.name for path in models.iterdir()) == ["ACTIVE", "dua", "satu"]


def test_memory_of_a_process_is_read() -> None:
    assert 10 < soak.megabytes(os.getpid()) < 10_000
    with pytest.raises(OSError, match="No such file"):
        soak.megabytes(2**22 + 1)


# -- stalls -----------------------------------------------------------------------------------------------------------


def test_a_line_of_stalls() -> None:
    found = stall.line("x", [0.0001] * 990 + [0.004] * 5 + [0.02] * 5, 0.0123)
    assert found.split() == ["x", "12.3", "0.1", "20.0", "20.0", "5/1000"]
    assert len(found) <= len(stall.HEAD) + 9


def test_a_loop_that_is_kept_busy_is_noticed_and_told_once() -> None:
    sent: list[bytes] = []

    async def app(*_: Any) -> None:
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    async def scenario() -> list[dict[str, Any]]:
        watched = stall.Watched(app)
        for path in ("/", "/classify", "/", "/"):
            await watched({"type": "http", "path": path}, None, send)
            await asyncio.sleep(0.01)  # a few beats
        return [json.loads(body) for body in sent if body]

    first, busy, after = asyncio.run(scenario())
    assert (first["late"], first["own"]) == ([], 0.0)
    assert max(busy["late"]) > 0.045
    assert busy["own"] > 0.045 > after["own"]


# -- audit ------------------------------------------------------------------------------------------------------------

FINDING = {"name": "contoh", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
CLEAN = {"name": "bersih", "version": "2.0", "vulns": []}
SKIPPED = {"name": "lewat", "skip_reason": "could not be found"}
AUDITS = [
    (json.dumps({"dependencies": [FINDING, CLEAN]}), 1, ["contoh 1.0: PYSEC-1, fixed in 1.1", "1 findings"]),
    (json.dumps({"dependencies": [CLEAN]}), 0, ["1 packages, 0 findings, 0 not audited"]),
    (json.dumps({"dependencies": [CLEAN, SKIPPED]}), 0, ["not audited: lewat", "1 not audited"]),
    (json.dumps({"dependencies": [FINDING, SKIPPED]}), 1, ["PYSEC-1", "not audited: lewat"]),
    (json.dumps({"dependencies": [SKIPPED]}), 0, ["NOT DONE", "could not be found"]),
    (json.dumps({"dependencies": []}), 0, ["NOT DONE"]),
    ("", 0, ["NOT DONE", "tidak terhubung"]),
    ("[]", 0, ["NOT DONE"]),
]


@pytest.mark.parametrize(("printed", "code", "words"), AUDITS)
def test_an_audit_fails_on_findings_and_says_when_it_could_not_look(
    capsys: pytest.CaptureFixture[str], printed: str, code: int, words: list[str]
) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert str(audit.LOCK) in command
        return subprocess.CompletedProcess(command, 1, printed, "INFO\ntidak terhubung\n")

    assert audit.main(run) == code
    out = capsys.readouterr().out
    assert all(word in out for word in words)


def test_an_audit_that_hangs_is_ended(capsys: pytest.CaptureFixture[str]) -> None:
    def run(command: list[str], timeout: float, **_: Any) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, timeout)

    assert audit.main(run) == 0
    assert "NOT DONE" in capsys.readouterr().out


# -- make -------------------------------------------------------------------------------------------------------------

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["sbom", "audit", "load", "stall", "soak"])
def test_make_has_the_target_and_says_what_it_does(target: str) -> None:
    assert re.search(rf"^{target}: venv ## .{{20,}}$", MAKEFILE, re.MULTILINE)
    assert re.search(rf"^\.PHONY:.*\b{target}\b", MAKEFILE, re.MULTILINE)


def test_the_bill_of_materials_is_of_the_runtime_lock_and_not_committed() -> None:
    recipe = re.search(r"^sbom:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe
    assert "-o sbom.json" in recipe[1]
    assert "requirements/runtime.txt" in recipe[1]
    assert "requirements/dev.txt" not in recipe[1]
    assert "/sbom.json" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_of_a_rebuilt_bundle_every_file_that_is_asked_for_must_be_there_and_the_same(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for file in ("weights.npy", "reference.json", "curve.svg"):
            (tmp_path / name / file).write_text(name if file != "weights.npy" else "same", encoding="utf-8")
    one, other, names = tmp_path / "one", tmp_path / "other", ["idf.npy", "weights.npy"]
    assert rebuild.differences(one, other, ["weights.npy"]) == []
    assert rebuild.differences(one, other, names) == ["idf.npy"]
    (one / "idf.npy").write_bytes(b"1")
    assert rebuild.differences(one, other, names) == ["idf.npy"]
    (other / "idf.npy").write_bytes(b"1")
    (other / "weights.npy").write_bytes(b"2")
    assert rebuild.differences(one, other, names) == ["weights.npy"]


def test_a_rebuild_compares_the_manifest_and_all_it_names_and_sums_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = tmp_path / "models" / "1"
    shipped.mkdir(parents=True)
    told = {"version": "1", "inputs": {"extra": {"posts.csv": "0"}}, "files": {"idf.npy": "0"}}
    (shipped / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    (shipped / "idf.npy").write_bytes(b"1")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "posts.csv").touch()
    trained: list[str] = []

    def train(command: list[object], *, check: bool, env: dict[str, str]) -> None:
        assert check
        assert env.items() >= rebuild.SAME_SUMS.items()
        again = Path(str(command[3]))
        shutil.copytree(shipped, again)
        (again / "idf.npy").write_bytes(b"2" if trained else b"1")
        trained.extend(map(str, command[4:]))

    monkeypatch.setattr(rebuild, "models_dir", lambda: tmp_path / "models")
    monkeypatch.setattr(rebuild, "active_name", lambda _: "1")
    monkeypatch.setattr(subprocess, "run", train)
    assert rebuild.main(tmp_path / "shared") == 0
    assert trained == ["1", str(tmp_path / "shared" / "posts.csv")]
    assert rebuild.main(tmp_path / "shared") == 1
    assert "DIFFERS idf.npy" in capsys.readouterr().out


def test_a_rebuild_puts_readings_together_with_their_posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "written", lambda folder, out: out.with_suffix(f".{folder.name}"))
    (tmp_path / "shared").mkdir()
    assert rebuild.labelled(tmp_path / "shared", "posts.csv", tmp_path) == tmp_path / "posts.scraped"
    (tmp_path / "shared" / "posts.csv").touch()
    assert rebuild.labelled(tmp_path / "shared", "posts.csv", tmp_path) == tmp_path / "shared" / "posts.csv"
