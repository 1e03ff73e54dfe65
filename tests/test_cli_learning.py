"""Learning on the command line: train, challenge, shadow, activate, go back."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import cli
from app.cli import common
from app.cli.learning import NOT_PASSED
from app.cli.models import NOT_EARNED
from app.scoring.promotion import LEAST_REASON
from tests.fakes import FICTIONAL
from tests.training.challengekit import at_random, corpus, labels, posts, put, suite

runner = CliRunner()
REASON = "uji coba pada mesin latihan"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with corpus, labelled file, clean and poisoned labels, and models trained on the command line."""
    folder = tmp_path_factory.mktemp("baris-perintah")
    put(folder / "corpus" / "a.jsonl", corpus(300))
    put(folder / "dev.jsonl", posts(400, seed=2))
    reviewed = posts(250, seed=3)
    put(folder / "bersih.jsonl", labels(reviewed))
    put(folder / "racun.jsonl", labels(reviewed, at_random(0.25, 250)))
    with pytest.MonkeyPatch.context() as patch:
        _set_up(patch, folder)
        for name in ("juara", "bersih", "racun"):
            source = [] if name == "juara" else ["--from-reviews", str(folder / f"{name}.jsonl")]
            result = runner.invoke(cli.app, ["train", "--version", name, *source])
            assert result.exit_code == 0, result.output
            assert "pooled" in json.loads(result.stdout)["by_source"]
    return folder


def _set_up(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("NETRA_MODELS_DIR", str(folder / "models"))
    patch.setenv("NETRA_STATE_DIR", str(folder / "state"))
    patch.setenv("NETRA_WATCHLISTS_DIR", str(FICTIONAL))
    patch.setattr("training.train.DATA_DIR", folder)
    patch.setattr("training.behave.read_suite", suite)
    patch.setattr("training.challenge.read_suite", suite)


@pytest.fixture
def run(ground: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``netra`` with the models of ``ground``, the first of them active as if nothing had ever happened."""
    _set_up(monkeypatch, ground)
    models = ground / "models"
    for name in ("ACTIVE", "HISTORY.jsonl", *(f"{one}/challenge.json" for one in ("juara", "bersih", "racun"))):
        (models / name).unlink(missing_ok=True)

    def invoke(*arguments: str | Path) -> Result:
        return runner.invoke(cli.app, [str(argument) for argument in arguments])

    assert invoke("model", "activate", "juara").exit_code == 0
    return invoke


def active(ground: Path) -> str:
    return (ground / "models" / "ACTIVE").read_text(encoding="ascii").split()[0]


def compare(run: Run, ground: Path, name: str, *more: str) -> Result:
    return run("challenge", name, "--dev", ground / "dev.jsonl", "--holdout", ground / f"{name}.jsonl", *more)


def test_the_whole_way_and_back(run: Run, ground: Path) -> None:
    refused = run("model", "activate", "bersih")
    assert refused.exit_code == NOT_EARNED
    assert "netra challenge" in refused.output
    compared = compare(run, ground, "bersih")
    assert compared.exit_code == 0
    assert compared.stdout.endswith("LULUS\n")
    assert compare(run, ground, "bersih", "--en").stdout.endswith("PASSED\n")
    assert run("model", "activate", "bersih").output == "aktif: bersih\n"
    assert active(ground) == "bersih"
    assert run("model", "rollback", "--reason", "salah tandai di Kota Uji").output == "aktif: juara\n"
    assert active(ground) == "juara"
    told = run("model", "history").output.splitlines()
    assert [line.split("  ", 1)[1] for line in told] == [
        "activate  - > juara",
        "activate  juara > bersih  lulus uji",
        "rollback  bersih > juara  salah tandai di Kota Uji",
    ]


def test_poisoned_labels_end_with_the_gates_that_failed(run: Run, ground: Path) -> None:
    compared = compare(run, ground, "racun")
    assert compared.exit_code == NOT_PASSED
    assert compared.stdout.endswith("GAGAL\n")
    assert "GAGAL         labels semua" in compared.stdout
    told = compare(run, ground, "racun", "--en").stdout.splitlines()
    assert [line.split()[0] for line in told[:2]] == ["active", "challenger"]
    assert len([line for line in told if line.startswith("FAILED        labels semua") and "  margin " in line]) == 1
    assert told[-1] == "FAILED"
    refused = run("model", "activate", "racun")
    assert refused.exit_code == NOT_EARNED
    assert "labels (semua)" in refused.output
    assert active(ground) == "juara"


def test_an_override_takes_a_reason_and_is_told(run: Run, ground: Path) -> None:
    short = run("model", "activate", "bersih", "--override", "darurat")
    assert short.exit_code == common.BAD_USAGE
    assert str(LEAST_REASON) in short.output
    assert active(ground) == "juara"
    assert run("model", "activate", "bersih", "--override", REASON).exit_code == 0
    assert active(ground) == "bersih"
    last = json.loads(run("model", "history", "--json").stdout.splitlines()[-1])
    assert (last["act"], last["reason"], last["report"]) == ("activate", REASON, None)


@pytest.mark.parametrize(("flag", "words"), [([], "belum ada laporan uji"), (["--en"], "there is no challenge report")])
def test_refusals_in_both_languages(run: Run, flag: list[str], words: str) -> None:
    assert words in run("model", "activate", "bersih", *flag).output


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ([], "Model ditolak: riwayat tidak mengenal model sebelumnya"),
        (["--en"], "Model refused: the history knows no model before the active one (model-missing)"),
    ],
)
def test_nothing_to_go_back_to(run: Run, ground: Path, flag: list[str], words: str) -> None:
    result = run("model", "rollback", *flag)
    assert result.exit_code == common.BAD_MODEL
    assert result.output.startswith(words)
    assert active(ground) == "juara"


def test_a_tampered_history_is_not_shown(run: Run, ground: Path) -> None:
    run("model", "activate", "bersih", "--override", REASON)
    path = ground / "models" / "HISTORY.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("juara", "jawara"), encoding="utf-8")
    result = run("model", "history")
    assert result.exit_code == common.BAD_MODEL
    assert result.output.startswith("Model ditolak: riwayat model rusak atau diubah (model-damaged).\n")
    assert "baris 2 riwayat" in result.output


def test_the_report_as_json(run: Run, ground: Path) -> None:
    report = json.loads(compare(run, ground, "bersih", "--json").stdout)
    assert report == json.loads((ground / "models" / "bersih" / "challenge.json").read_text(encoding="utf-8"))
    assert report["passed"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["challenge", "tidak-ada"], common.BAD_MODEL, "model-missing"),
        (["challenge", "juara"], common.BAD_USAGE, "sudah aktif"),
        (["challenge", "bersih"], common.BAD_USAGE, "--holdout"),
        (["challenge", "bersih", "--holdout", "tidak-ada.jsonl"], common.BAD_FILE, "berkas atau foldernya tidak ada"),
        (["shadow", "tidak-ada", "a.csv", "-o", "b.csv"], common.BAD_MODEL, "model-missing"),
        (["shadow", "bersih", "tidak-ada.csv", "-o", "b.csv"], common.BAD_FILE, "tidak-ada.csv"),
        (["train", "--version", "x", "--extra", "tidak-ada.csv"], common.BAD_FILE, "berkas atau foldernya tidak ada"),
        (["model", "activate", "tidak-ada"], common.BAD_MODEL, "model-missing"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(run: Run, arguments: list[str], code: int, words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("version", ["", ".", "..", "../luar", "a/b", "/tmp/a", "a b", "-a", "ACTIVE", "é", "a" * 101])
def test_a_bundle_is_trained_under_a_name_of_its_own_within_the_folder_alone(
    run: Run, ground: Path, version: str
) -> None:
    before = sorted(path for path in ground.rglob("*"))
    result = run("train", f"--version={version}")
    assert (result.exit_code, result.stdout) == (common.BAD_USAGE, "")
    assert "1 sampai 100" in result.stderr
    assert "1 to 100" in run("train", f"--version={version}", "--en").stderr
    assert sorted(path for path in ground.rglob("*")) == before


@pytest.mark.parametrize("served", ["active", "once active", "active before any note", "set"])
def test_no_bundle_that_answers_or_answered_is_trained_over(
    run: Run, ground: Path, monkeypatch: pytest.MonkeyPatch, served: str
) -> None:
    if served == "active before any note":
        (ground / "models" / "HISTORY.jsonl").unlink()
    if served in ("once active", "active before any note"):
        assert run("model", "activate", "bersih", "--override", REASON).exit_code == 0
    name = "racun" if served == "set" else "juara"
    if served == "set":
        monkeypatch.setenv("NETRA_MODEL", name)
    before = {path.name: path.read_bytes() for path in (ground / "models" / name).iterdir()}
    result = run("train", "--version", name, "--from-reviews", ground / "racun.jsonl")
    assert (result.exit_code, result.stdout) == (common.BAD_USAGE, "")
    assert "pilih versi lain" in result.stderr
    assert before == {path.name: path.read_bytes() for path in (ground / "models" / name).iterdir()}


@pytest.mark.parametrize("command", ["challenge", "train"])
def test_a_labelled_file_that_cannot_be_used_is_never_repeated(run: Run, ground: Path, command: str) -> None:
    wrong = put(ground / "salah.jsonl", [{"text": "rahasia", "label": 7}])
    if command == "challenge":
        result = run("challenge", "bersih", "--dev", wrong, "--holdout", ground / "bersih.jsonl")
    else:
        result = run("train", "--version", "gagal", "--from-reviews", wrong)
    assert result.exit_code == common.BAD_FILE
    assert "salah.jsonl:1" in result.output
    assert "rahasia" not in result.output
    assert not (ground / "models" / "gagal").exists()


def test_shadow_lists_what_would_change(run: Run, ground: Path) -> None:
    source, output = ground / "unggahan.csv", ground / "ubah.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["id", "teks"], *([row["id"], row["text"]] for row in posts(80, seed=9)), ["z", ""]]
        )
    result = run("shadow", "racun", source, "--output", output)
    assert result.exit_code == 0
    first, *transitions = result.stdout.splitlines()
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert first == f"dibaca 81 · ditolak 1 · berubah {len(rows)}"
    assert rows
    assert sum(int(line.rsplit(": ", 1)[1]) for line in transitions) == 80
    assert sum(int(line.rsplit(": ", 1)[1]) for line in transitions if line.startswith("* ")) == len(rows)
    assert "text" not in rows[0]
    again = run("shadow", "racun", source, "--output", output, "--with-text")
    assert again.exit_code == 0
    with output.open(encoding="utf-8", newline="") as file:
        assert all(row["text"] for row in csv.DictReader(file))


def test_a_trained_bundle_has_its_card_and_pictures(ground: Path) -> None:
    names = {path.name for path in (ground / "models" / "bersih").iterdir()}
    assert names >= {"CARD.md", "reliability.svg", "precision_recall.svg", "learning_curve.svg"}
