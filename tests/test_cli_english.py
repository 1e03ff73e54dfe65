"""What ``--en`` turns to English, command by command; without it the same is said in Indonesian."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import FakeScorer
from typer.testing import CliRunner

from app import cli
from app.cli import cases, common
from app.policy.wording import INDICATION

runner = CliRunner()


@pytest.fixture
def posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "posts.csv"
    path.write_text("id,teks\n1,ayo coblos nomor 2\n2,masih ragu\n3,\n4,selamat pagi\n", encoding="utf-8")
    return path


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("content", "indonesian", "english"),
    [
        ("text\n", "dibaca 0 · tidak ada baris data dalam masukan", "read 0 · there are no rows in the input"),
        (
            "text,n\nayo coblos,1\nragu,2\nragu,3\n,4\n",
            "dibaca 4 · dinilai 3 · ditolak 1 · ditandai 1 · perlu diperiksa 2",
            "read 4 · scored 3 · rejected 1 · flagged 1 · for review 2",
        ),
        (
            "text,action\n,like\nya,post\n",
            "dibaca 2 · dinilai 2 · ditolak 0 · ditandai 0 · perlu diperiksa 0 · tidak dapat dinilai 1",
            "read 2 · scored 2 · rejected 0 · flagged 0 · for review 0 · undecided 1",
        ),
    ],
)
def test_counts_and_notice_of_score(posts: Path, content: str, indonesian: str, english: str) -> None:
    posts.write_text(content, encoding="utf-8")
    for flag, counts, notice in ((), indonesian, INDICATION.id), (("--en",), english, INDICATION.en):
        result = runner.invoke(cli.app, ["score", "posts.csv", "-o", "out.csv", *flag])
        first, *_, last = result.stderr.splitlines()
        assert (result.exit_code, result.stdout, first, last) == (0, "", counts, notice)


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("flag", "told"), [([], " · perlu diperiksa 1 · dalam antrean 2"), (["--en"], " · for review 1 · in the queue 2")]
)
def test_what_waits_in_the_queue_is_counted(
    posts: Path, monkeypatch: pytest.MonkeyPatch, flag: list[str], told: str
) -> None:
    @contextmanager
    def no_intake(*_: object, wanted: bool, en: bool) -> Iterator[None]:
        assert (wanted, en) == (True, bool(flag))
        yield None

    monkeypatch.setattr(cases, "file_intake", no_intake)
    result = runner.invoke(cli.app, ["score", str(posts), "-o", "out.csv", "--queue", *flag])
    assert result.stderr.splitlines()[0].endswith(told)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--action", "spy"], "--action must be one of: post, comment, share, like, follow\n"),
        (["--resume", "--restart"], "--resume and --restart cannot be used together.\n"),
        (["--queue", "--dask", "tcp://x:1"], "--queue and --dask cannot be used together.\n"),
    ],
)
def test_what_does_not_fit_score(posts: Path, wrong: list[str], told: str) -> None:
    result = runner.invoke(cli.app, ["score", str(posts), "-o", "out.csv", "--en", *wrong])
    assert (result.exit_code, result.output) == (common.BAD_USAGE, told)


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        (
            [],
            "Model tidak dapat dipakai: bundel dengan nama itu tidak ada, atau belum ada yang aktif (model-missing).\n",
        ),
        (["--en"], "The model cannot be used: "),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ["model", "show"],
        ["model", "show", "tidak-ada"],
        ["score", "posts.csv", "-o", "out.csv"],
        ["drift", "posts.csv"],
        ["shadow", "tidak-ada", "posts.csv", "-o", "out.csv"],
    ],
)
def test_a_model_that_is_not_there_is_said_in_both_languages(
    posts: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], flag: list[str], told: str
) -> None:
    monkeypatch.setenv("NETRA_MODELS_DIR", str(posts.parent))
    result = runner.invoke(cli.app, [*command, *flag])
    assert (result.exit_code, result.stdout) == (common.BAD_MODEL, "")
    assert result.stderr.startswith(told)
    assert ("Rincian" in result.stderr) == (not flag)


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("flag", [[], ["--en"]])
def test_a_manifest_is_shown_without_its_files_and_the_same_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, flag: list[str]
) -> None:
    manifest = {"name": "palsu", "files": {"weights.npy": "0" * 64}, "note": "ya – tidak"}
    monkeypatch.setattr("app.scoring.bundle.read_manifest", lambda folder: manifest)
    result = runner.invoke(cli.app, ["model", "show", "palsu", *flag])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == '{\n "name": "palsu",\n "note": "ya – tidak"\n}\n'


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("words", "indonesian", "english"),
    [
        (
            ["ayo coblos"],
            ["TANDAI  skor 0.900  jenis vote_call", "  tahap "],
            ["FLAG  score 0.900  kind vote_call", "  phase: "],
        ),
        (
            ["", "--action", "like"],
            ["TAK DAPAT DINILAI", "  alasan: perlu isi"],
            ["UNDECIDED  score -", "  reasons: what was "],
        ),
        (["ayo coblos", "--election", "zzz"], ["TANDAI", "  catatan: "], ["FLAG", "  note: "]),
    ],
)
def test_a_verdict_in_words(words: list[str], indonesian: list[str], english: list[str]) -> None:
    for flag, told, notice in ((), indonesian, INDICATION.id), (("--en",), english, INDICATION.en):
        result = runner.invoke(cli.app, ["classify", *words, *flag])
        lines = result.stdout.splitlines()
        assert (result.exit_code, lines[-1]) == (0, notice)
        assert [start for start in told if not any(line.startswith(start) for line in lines)] == []


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("words", "indonesian", "english"),
    [
        (["drift"], "Sebutkan berkas", "Name the files"),
        (["drift", "posts.csv", "--baseline"], "Terlalu sedikit: perlu paling sedikit 100", "Too few: it takes 100"),
        (["drift", "posts.csv"], "Model ini belum punya acuan", "This model has no reference"),
        (["key", "create", "--scopes", "semua"], "--scopes: hanya classify, ", "--scopes: only classify, "),
        (["key", "create", "--scopes", "classify", "--name", ""], "--name: 1 sampai 80", "--name: 1 to 80"),
        (["audit", "verify", "--anchor", "1"], "--anchor: URUTAN", "--anchor: NUMBER"),
        (["forget", "--author", ""], "--author tidak boleh", "--author must not"),
        (["serve", "--local-key", "--host", "192.0.2.1"], "--local-key hanya", "--local-key is only"),
        (["watchlist", "list", "--level", "camat"], "--level harus", "--level must"),
        (["watchlist", "show", "tidak-ada"], "Pemilihan itu tidak ada", "This election is not"),
        (["watchlist", "check", "posts.csv"], "Daftar pantau tidak dapat", "The watchlists cannot"),
    ],
)
def test_why_a_command_does_nothing(
    posts: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], indonesian: str, english: str
) -> None:
    monkeypatch.setenv("NETRA_STATE_DIR", str(posts.parent / "state"))
    monkeypatch.setenv("NETRA_MODELS_DIR", str(posts.parent))
    for flag, told in ([], indonesian), (["--en"], english), ([], indonesian):
        result = runner.invoke(cli.app, [*words, *flag])
        assert result.exit_code in (common.BAD_USAGE, common.BAD_FILE)
        assert (result.stdout, result.stderr.startswith(told)) == ("", True)


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ([], "Pengaturan tidak sesuai: NETRA_WORKERS (paling kecil 1)\n"),
        (["--en"], "Settings that do not fit: NETRA_WORKERS (at least 1)\n"),
    ],
)
def test_settings_that_do_not_fit(monkeypatch: pytest.MonkeyPatch, flag: list[str], told: str) -> None:
    monkeypatch.setenv("NETRA_WORKERS", "0")
    result = runner.invoke(cli.app, ["key", "list", *flag])
    assert (result.exit_code, result.output) == (common.BAD_USAGE, told)


@pytest.mark.usefixtures("fake_model")
def test_a_verdict_as_json_has_rules_and_notice_in_the_language_asked_for() -> None:
    found = [
        json.loads(runner.invoke(cli.app, ["classify", "ayo coblos", "--json", *flag]).stdout)
        for flag in ([], ["--en"])
    ]
    assert [one["notice"] for one in found] == list(INDICATION)
    assert found[0]["policy"]["notes"] != found[1]["policy"]["notes"]
    ids = [[rule["id"] for rule in one["policy"]["rules"]] for one in found]
    assert ids[0] == ids[1] != []


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"text,label\nayo coblos,1\n", 0, ("semua ", "all ")),
        (
            b"text,label\nx,2\n",
            3,
            (
                "Berkas berlabel tidak dapat dipakai: a.csv:2: label bukan",
                "The labelled file cannot be used: a.csv:2: label is",
            ),
        ),
        (
            b"text,label\n\xff,1\n",
            3,
            ("Berkas berlabel tidak dapat dipakai: isinya", "The labelled file cannot be used: its content"),
        ),
        (None, 3, ("Berkas berlabel tidak dapat dibaca: ", "The labelled file cannot be read: ")),
    ],
)
def test_what_evaluate_says(tmp_path: Path, content: bytes | None, code: int, told: tuple[str, str]) -> None:
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)
    for flag, start in zip(([], ["--en"]), told, strict=True):
        result = runner.invoke(cli.app, ["evaluate", str(path), *flag])
        assert result.exit_code == code
        assert result.output.startswith(start)
