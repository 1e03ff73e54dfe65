"""The command line as a user meets it, with a scorer of fixed rules behind it."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from fakes import FakeScorer
from typer.testing import CliRunner

from app import __version__, cli
from app.cli import common
from app.policy.wording import INDICATION
from app.scoring.bundlewords import other_file
from app.scoring.errors import DamagedModel
from app.scoring.types import NOTICE

runner = CliRunner()


@pytest.fixture(autouse=True)
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.csv"
    path.write_text("id,teks\n1,ayo coblos nomor 2\n2,masih ragu\n3,\n4,selamat pagi\n", encoding="utf-8")
    return path


def test_version() -> None:
    assert runner.invoke(cli.app, ["--version"]).output == f"netra {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["ayo coblos dua"], "TANDAI  skor 0.900  jenis vote_call"),
        (["ragu"], "PERIKSA  skor 0.400"),
        (["selamat pagi"], "BERSIH  skor 0.100"),
        (["--action", "like"], "TAK DAPAT DINILAI  skor -  jenis -"),
    ],
)
def test_classify_in_words(arguments: list[str], start: str) -> None:
    result = runner.invoke(cli.app, ["classify", *arguments])
    assert result.exit_code == 0
    assert result.output.startswith(start)
    assert result.output.endswith(NOTICE + "\n")


def test_classify_in_words_tells_reasons_phase_and_notes_as_the_service_does() -> None:
    act = ["classify", "ayo coblos", "--posted-at", "2024-10-01", "--election"]
    lines = runner.invoke(cli.app, [*act, "pilkada-2024-kota-palu"]).output.splitlines()
    notes = json.loads(runner.invoke(cli.app, [*act, "pilkada-2024-kota-palu", "--json"]).output)["policy"]["notes"]
    assert [line for line in lines if "catatan" in line] == [f"  catatan: {note}" for note in notes] != []
    assert any(line.startswith("  tahap masa kampanye, aturan untuk dilihat: SKB-") for line in lines)
    unknown = runner.invoke(cli.app, [*act, "tidak-ada"]).output
    assert "  alasan: pemilihan atau wilayah tidak ada dalam daftar pantau (unknown_election)\n" in unknown
    assert (
        "  catatan: Tahap tidak diketahui: pemilihannya tidak diberikan atau tidak ada di daftar pantau.\n" in unknown
    )


@pytest.mark.parametrize(
    ("piped", "surface", "start"),
    [
        ("ayo coblos\n", "coblos", 4),
        ("ayo\ncoblos", "coblos", 4),
        (b"ayo \xff coblos\r\n", "coblos", 6),
    ],
)
def test_classify_reads_what_no_shell_shall_remember(piped: str | bytes, surface: str, start: int) -> None:
    result = runner.invoke(cli.app, ["classify", "-", "--json"], input=piped)
    assert result.exit_code == 0
    [shown] = json.loads(result.output)["evidence"]
    assert (shown["surface"], shown["start"]) == (surface, start)


def test_classify_in_words_says_why_no_rules_are_shown() -> None:
    output = runner.invoke(cli.app, ["classify", "selamat pagi"]).output
    assert "  Netra tidak melihat tanda dukungan, jadi tidak ada baris aturan yang ditunjukkan.\n" in output


def test_classify_as_json_shows_evidence_model_and_notice() -> None:
    answer = json.loads(runner.invoke(cli.app, ["classify", "ayo coblos", "--json"]).output)
    assert answer["evidence"] == [{"field": "text", "start": 4, "end": 10, "surface": "coblos", "weight": 1.5}]
    assert answer["model"]["name"] == "palsu"
    assert answer["notice"] == NOTICE


@pytest.mark.parametrize(
    "command", [["classify", "x", "--action", "spy"], ["score", "a", "-o", "b", "--action", "spy"]]
)
def test_an_unknown_action_is_refused_in_indonesian(command: list[str]) -> None:
    result = runner.invoke(cli.app, command)
    assert result.exit_code == common.BAD_USAGE
    assert "--action harus salah satu dari: post" in result.output


def test_score_keeps_columns_and_counts_every_row(posts: Path, tmp_path: Path) -> None:
    out, summary = tmp_path / "out.csv", tmp_path / "summary.json"
    result = runner.invoke(cli.app, ["score", str(posts), "-o", str(out), "--summary", str(summary)])
    assert result.exit_code == 0
    counts = json.loads(summary.read_text(encoding="utf-8"))
    assert (counts["read"], counts["scored"], counts["rejected"], counts["flagged"], counts["review"]) == (
        4,
        3,
        1,
        1,
        1,
    )
    assert out.read_text(encoding="utf-8").splitlines()[0].startswith("id,teks,netra_flagged,netra_score")
    assert "dibaca 4 · dinilai 3 · ditolak 1 · ditandai 1 · perlu diperiksa 1" in result.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("text\n", "dibaca 0 · tidak ada baris data dalam masukan"),
        ("text\nya\n", "dibaca 1 · dinilai 1 · ditolak 0 · ditandai 0 · perlu diperiksa 0"),
        (
            "text,action\n,like\nayo coblos,post\n",
            "dibaca 2 · dinilai 2 · ditolak 0 · ditandai 1 · perlu diperiksa 0 · tidak dapat dinilai 1",
        ),
    ],
)
def test_what_became_of_the_rows_is_one_line(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    result = runner.invoke(cli.app, ["score", str(tmp_path / "a.csv"), "-o", str(tmp_path / "out.csv")])
    assert (result.exit_code, result.stderr) == (0, f"{told}\n{NOTICE}\n")


EMPTY, EMPTY_EN = "teks kosong dan tidak ada teks sasaran", "the text is empty, and no target has one"


@pytest.mark.parametrize(
    ("files", "flag", "told"),
    [
        ({"a.csv": "text,n\nya,1\n"}, [], []),
        ({"a.csv": "text,n\nya,1\n,2\n,3\n"}, [], [f"  2 × {EMPTY} (missing_text) · pertama: baris 3"]),
        ({"a.csv": "text,n\nya,1\n,2\n,3\n"}, ["--en"], [f"  2 × {EMPTY_EN} (missing_text) · first: line 3"]),
        (
            {"a.csv": "text,action\nya,rahasia\n,post\n,post\n"},
            [],
            [
                f"  2 × {EMPTY} (missing_text) · pertama: baris 3",
                "  1 × kata aksi tidak dikenal (unknown_action) · pertama: baris 2",
            ],
        ),
        (
            {"a.csv": "text\nya\n", "b.csv": "text,n\n,1\n", "c.csv": "text,n\n,1\n"},
            [],
            [f"  2 × {EMPTY} (missing_text) · pertama: b.csv baris 2"],
        ),
        ({"a.json": '[{"text": "ya"}, {"text": ""}]'}, [], [f"  1 × {EMPTY} (missing_text) · pertama: butir 2"]),
        ({"a.json": '[{"text": "ya"}, {"text": ""}]'}, ["--en"], [f"  1 × {EMPTY_EN} (missing_text) · first: item 2"]),
    ],
)
def test_why_rows_were_rejected_is_said_below_their_number(
    tmp_path: Path, files: dict[str, str], flag: list[str], told: list[str]
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    inputs = [str(tmp_path / name) for name in files]
    result = runner.invoke(cli.app, ["score", *inputs, "-o", str(tmp_path / "out.csv"), *flag])
    counts, *lines = result.stderr.splitlines()
    assert counts.startswith("read " if flag else "dibaca ")
    assert lines == [*told, INDICATION.en if flag else NOTICE]


def test_the_words_for_a_rejection_are_those_of_the_error_column(posts: Path, tmp_path: Path) -> None:
    result = runner.invoke(cli.app, ["score", str(posts), "-o", str(tmp_path / "out.csv")])
    (error,) = [line for line in (tmp_path / "out.csv").read_text("utf-8").splitlines() if line.startswith("3,")]
    place, _, why = error.rpartition(",")[2].partition(": ")
    assert f"  1 × {why} · pertama: {place}\n" in result.stderr


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--election", "tidak-ada"], "Peringatan: pemilihan yang disebut dengan --election tidak ada"),
        (["--election", "tidak-ada", "--en"], "Warning: the election given by --election is not"),
        (["--election", "pilkada-2024-kota-palu"], "dibaca 4"),
        (["--election", "Kota Palu"], "dibaca 4"),
        ([], "dibaca 4"),
    ],
)
def test_an_election_that_no_list_knows_is_said_at_once(
    posts: Path, tmp_path: Path, more: list[str], told: str
) -> None:
    result = runner.invoke(cli.app, ["score", str(posts), "-o", str(tmp_path / "out.csv"), *more])
    assert result.exit_code == 0
    assert result.stderr.startswith(told)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("posts.csv", "Berkas keluaran posts.csv sama dengan berkas masukan"),
        ("tidak_ada/../posts.csv", "Berkas keluaran posts.csv sama dengan berkas masukan"),
        ("out.csv", "Ringkasan dan hasil sama-sama ditulis ke out.csv"),
        ("tidak_ada/s.json", "Berkas keluaran s.json tidak dapat ditulis (berkas atau foldernya tidak ada)"),
        (".", " tidak dapat ditulis (itu folder, bukan berkas)"),
    ],
)
def test_a_place_where_no_summary_can_be_is_refused_before_scoring(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, told: str
) -> None:
    before = posts.read_bytes()
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: pytest.fail("scored"))
    arguments = ["score", str(posts), "-o", str(tmp_path / "out.csv"), "--summary", f"{tmp_path}/{place}"]
    result = runner.invoke(cli.app, arguments)
    assert result.exit_code == common.BAD_FILE
    assert told in result.output
    assert posts.read_bytes() == before
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ([], "Dari buku kerja a.xlsx hanya lembar “Data” yang dibaca; 1 lembar lain "),
        (["--en"], "Of workbook a.xlsx only the sheet “Data” is read; 1 other "),
    ],
)
def test_sheets_that_are_not_read_are_said_in_both_languages(tmp_path: Path, flag: list[str], told: str) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Data"
    for sheet in (book.worksheets[0], book.create_sheet()):
        sheet.append(["text"])
        sheet.append(["ayo coblos"])
    book.save(tmp_path / "a.xlsx")
    result = runner.invoke(cli.app, ["score", str(tmp_path / "a.xlsx"), "-o", str(tmp_path / "o.csv"), *flag])
    assert result.exit_code == 0
    assert result.output.startswith(told)
    assert result.stdout == ""


@pytest.mark.parametrize(("flag", "words"), [([], "tidak ada atau tidak boleh dibaca"), (["--en"], "does not exist")])
def test_a_missing_file_is_said_in_both_languages(tmp_path: Path, flag: list[str], words: str) -> None:
    result = runner.invoke(cli.app, ["score", str(tmp_path / "nada.csv"), "-o", str(tmp_path / "o.csv"), *flag])
    assert result.exit_code == common.BAD_FILE
    assert words in result.output
    assert not (tmp_path / "o.csv").exists()


def test_a_folder_is_no_output_and_no_input(posts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(posts.parent)
    output = runner.invoke(cli.app, ["score", str(posts), "-o", "."])
    assert output.exit_code == common.BAD_FILE
    assert output.output.startswith("Akhiran berkas keluaran . tidak dikenal; gunakan .csv, ")
    given = runner.invoke(cli.app, ["score", ".", "-o", "o.csv"])
    assert given.exit_code == common.BAD_FILE
    assert given.output == ". adalah folder, bukan berkas; sebutkan berkas-berkas di dalamnya.\n"


@pytest.mark.parametrize(
    "command", [["drift", "."], ["watchlist", "check", "."], ["classify", "x", "--watchlist", "."]]
)
def test_a_folder_given_for_a_file_is_named(command: list[str]) -> None:
    result = runner.invoke(cli.app, command)
    assert result.exit_code == common.BAD_FILE
    assert any(line.startswith((".: tidak ada", ". adalah folder, ")) for line in result.output.splitlines())


def test_evaluate_prints_the_figures_of_each_group(tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text(
        "text,label,sure,election\nayo coblos,1,1,a\nselamat pagi,0,1,a\nragu,1,0,b\ncoblos,0,1,b\n", encoding="utf-8"
    )
    found = json.loads(runner.invoke(cli.app, ["evaluate", str(path), "--json"]).output)
    assert found["all"]["n"] == 4
    assert found["sure"]["n"] == 3
    assert found["sure"]["precision"] == 0.5
    assert found["sure"]["recall"] == 1.0
    assert set(found["elections"]) == {"a", "b"}
    assert "yakin" in runner.invoke(cli.app, ["evaluate", str(path)]).output


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("bad.csv", "text\nrahasia\n", "bad.csv:1: tidak ada kolom label"),
        ("bad.csv", "text;label\nrahasia;1\n", "bad.csv:1: tidak ada kolom text dan label"),
        ("bad.csv", "label,text\n1,ya\nx,rahasia\n", "bad.csv:3: label bukan 0 dan bukan 1"),
        ("bad.csv", f"text,label\n{'rahasia' * 20_000},2\n", "bad.csv:2: label bukan 0 dan bukan 1"),
        ("bad.csv", "text,label\n", "bad.csv: tidak ada baris"),
        ("bad.csv", "", "bad.csv: tidak ada baris"),
        ("bad.jsonl", "", "bad.jsonl: tidak ada baris"),
        ("bad.jsonl", '{"text": "rahasia"\n', "bad.jsonl:1: bukan satu baris JSON"),
        ("bad.csv", b"text,label\nrahasia \xff,1\n", "bukan UTF-8"),
        ("nada/bad.csv", None, "tidak dapat dibaca: berkas atau foldernya tidak ada"),
    ],
)
def test_evaluate_says_what_is_wrong_and_never_repeats_a_text(
    tmp_path: Path, name: str, content: str | bytes | None, why: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    result = runner.invoke(cli.app, ["evaluate", str(path)])
    assert (result.exit_code, type(result.exception)) == (common.BAD_FILE, SystemExit)
    assert result.output.startswith("Berkas berlabel tidak dapat ")
    assert why in result.output
    assert "rahasia" not in result.output


def test_a_model_that_cannot_be_trusted_ends_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    def refuse(*_: object) -> None:
        raise DamagedModel(other_file("weights.npy"))

    monkeypatch.setattr("app.scoring.bundle.load_active", refuse)
    result = runner.invoke(cli.app, ["classify", "x"])
    assert result.exit_code == common.BAD_MODEL
    assert "model-damaged" in result.output


@pytest.mark.parametrize(
    "command",
    [["classify", "x"], ["score", "a.csv", "-o", "b.csv"], ["model", "list"], ["watchlist", "list"], ["key", "list"]],
)
def test_a_setting_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("NETRA_WORKERS", "rahasia")
    result = runner.invoke(cli.app, command)
    assert (result.exit_code, result.output) == (
        common.BAD_USAGE,
        "Pengaturan tidak sesuai: NETRA_WORKERS (harus bilangan bulat)\n",
    )


@pytest.mark.parametrize("pointer", [b"", b" \n", b"\xff\xfe", None])
def test_models_are_listed_beside_a_damaged_pointer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pointer: bytes | None
) -> None:
    (tmp_path / "palsu").mkdir()
    (tmp_path / "palsu" / "manifest.json").touch()
    if pointer is not None:
        (tmp_path / "ACTIVE").write_bytes(pointer)
    monkeypatch.setenv("NETRA_MODELS_DIR", str(tmp_path))
    assert runner.invoke(cli.app, ["model", "list"]).output == "  palsu\n"


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ([], "Folder model {} tidak dapat dibaca: {}\n"),
        (["--en"], "The models folder {} cannot be read: {}\n"),
    ],
)
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("tidak_ada", ("berkas atau foldernya tidak ada", "there is no such file or folder")),
        ("berkas", ("foldernya tidak ada", "there is no such folder")),
    ],
)
def test_a_models_folder_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: tuple[str, str], flag: list[str], told: str
) -> None:
    (tmp_path / "berkas").touch()
    monkeypatch.setenv("NETRA_MODELS_DIR", str(tmp_path / name))
    result = runner.invoke(cli.app, ["model", "list", *flag])
    assert (result.exit_code, result.stdout) == (common.BAD_FILE, "")
    assert result.stderr == told.format(tmp_path / name, why[bool(flag)])


def test_a_models_folder_without_a_bundle_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_MODELS_DIR", str(tmp_path))
    result = runner.invoke(cli.app, ["model", "list"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"Tidak ada bundel model di folder {tmp_path}.\n"


def test_a_port_that_none_can_be_is_refused() -> None:
    assert runner.invoke(cli.app, ["serve", "--port", "65536"]).exit_code == common.BAD_USAGE


def test_every_command_has_an_indonesian_description() -> None:
    groups = [cli.app, *(group.typer_instance for group in cli.app.registered_groups)]
    commands = [command for group in groups for command in group.registered_commands]
    assert len(commands) >= 12  # the walk above finds the groups too
    for command in commands:
        assert command.callback is not None
        assert (command.callback.__doc__ or "").strip()
