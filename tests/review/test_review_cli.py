"""The command line around the review, on both databases, with a scorer of fixed rules."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import STRONG, opened
from fakes import FICTIONAL, FakeScorer
from pydantic import SecretStr
from reviewkit import ANNA, BUDI, judged, numbered, queued, say, tamper
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from app import cli
from app.access.secret import Secrets
from app.cli import common
from app.cli.database import BAD_STORE, REFUSED
from app.cli.review import DIFFERS
from app.review.audit import last_rows
from app.review.desk import Desk
from app.review.tables import AuditRow, ReviewItem
from app.settings import Settings
from app.store import Store
from tests.scoring.tinybundle import NAME, build
from training.examples import read_labelled
from training.reviews import read_reviews

runner = CliRunner()
Netra = Callable[..., Result]


@pytest.fixture
def store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store that the commands use too."""
    for name in [name for name in os.environ if name.startswith("NETRA_")]:
        monkeypatch.delenv(name)
    told: dict[str, Any] = {
        "STATE_DIR": settings.state_dir,
        "SECRET_KEY": STRONG,
        "WATCHLISTS_DIR": FICTIONAL,
        "SECOND_READ_PERCENT": "0",
    }
    if isinstance(settings.database_url, SecretStr):
        told["DATABASE_URL"] = settings.database_url.get_secret_value()
    for name, value in told.items():
        monkeypatch.setenv(f"NETRA_{name}", str(value))
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())
    with opened(settings) as found:
        yield found


@pytest.fixture
def desk() -> Desk:
    """The desk that the commands sit at."""
    return Desk(Secrets(STRONG.encode()), second_percent=0)


@pytest.fixture
def netra(store: Store) -> Netra:
    def run(*arguments: object, code: int = 0, stdin: str | None = None) -> Result:
        result = runner.invoke(cli.app, [str(argument) for argument in arguments], input=stdin)
        assert result.exit_code == code, result.output
        return result

    return run


def steps(store: Store) -> list[str]:
    with store.read() as tx:
        return [row.action for row in reversed(last_rows(tx, 1000))]


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "unggahan.csv"
    path.write_text(
        "id,username,teks,waktu_diketahui\n1,uji-1,ayo coblos nomor 2,2031-11-03\n2,uji-2,masih ragu,\n3,,,\n"
        "4,uji-1,selamat pagi,\n5,uji-1,besok coblos,bukan waktu\n",
        encoding="utf-8",
    )
    return path


def items(store: Store) -> list[ReviewItem]:
    with store.read() as tx:
        return list(tx.scalars(select(ReviewItem).order_by(ReviewItem.score.desc(), ReviewItem.id)))


def test_scoring_a_file_into_the_queue(store: Store, netra: Netra, posts: Path, tmp_path: Path, desk: Desk) -> None:
    for _ in range(2):
        result = netra("score", posts, "-o", tmp_path / "hasil.csv", "--queue", "--election", "pilkada-kota-uji-2031")
        assert "ditandai 2 · perlu diperiksa 1 · dalam antrean 3" in result.output
    found = items(store)
    assert {item.act["text"] for item in found if item.act} == {"ayo coblos nomor 2", "masih ragu", "besok coblos"}
    assert {item.author for item in found} == {desk.author("uji-1"), desk.author("uji-2")}
    assert {item.election for item in found} == {"pilkada-kota-uji-2031"}
    assert {item.act["known_at"] for item in found if item.act} == {"2031-11-03", None, "bukan waktu"}
    assert all(item.verdict["evidence"] for item in found if item.band == "flag")
    assert steps(store) == ["queue"] * 3


def test_scoring_without_the_queue_leaves_it_alone(store: Store, netra: Netra, posts: Path, tmp_path: Path) -> None:
    result = netra("score", posts, "-o", tmp_path / "hasil.csv")
    assert "antrean" not in result.output
    assert items(store) == []


def test_nothing_is_scored_where_nothing_can_be_queued(
    netra: Netra, posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRA_KEEP_TEXTS", "off")
    result = netra("score", posts, "-o", tmp_path / "hasil.csv", "--queue", code=common.BAD_USAGE)
    assert "tidak menyimpan teks" in result.output
    assert not (tmp_path / "hasil.csv").exists()


def test_a_log_that_is_whole(store: Store, netra: Netra, desk: Desk) -> None:
    queued(store, desk, judged())
    anchor = netra("audit", "anchor").output.strip()
    assert anchor.startswith("1:")
    assert netra("audit", "verify", "--anchor", anchor).output == f"utuh: 1 baris, jangkar {anchor}\n"
    assert netra("audit", "verify", "--en").output == f"whole: 1 rows, anchor {anchor}\n"


def test_a_log_that_was_tampered_with(store: Store, netra: Netra, desk: Desk) -> None:
    ids = queued(store, desk, *numbered(2))
    anchor = netra("audit", "anchor").output.strip()
    tamper(store, "UPDATE audit_row SET actor = 'x' WHERE sequence = 1")
    tamper(store, "UPDATE review_item SET score = 0.1 WHERE id = :id", id=ids[1])
    output = netra("audit", "verify", "--anchor", f"9:{'0' * 64}", code=DIFFERS).output
    assert "baris 1: baris diubah" in output
    assert "baris 9: jangkar tidak cocok" in output
    assert f"butir {ids[1]}: isi butir berbeda" in output
    assert output.endswith(f"TIDAK UTUH: 2 baris, jangkar {anchor}\n")
    output = netra("audit", "verify", "--anchor", f"9:{'0' * 64}", "--en", code=DIFFERS).output
    assert "row 1: the row was changed" in output
    assert "row 9: the anchor does not fit" in output
    assert f"item {ids[1]}: the item is not what was logged" in output
    assert output.endswith(f"NOT WHOLE: 2 rows, anchor {anchor}\n")


@pytest.mark.parametrize("anchor", ["x", "1", "1:abc", f"-1:{'0' * 64}", f"{'9' * 30}:{'0' * 64}", f"²:{'0' * 64}"])
def test_an_anchor_that_is_none(netra: Netra, anchor: str) -> None:
    assert "netra audit anchor" in netra("audit", "verify", f"--anchor={anchor}", code=common.BAD_USAGE).output


def test_labels_go_to_training(store: Store, netra: Netra, desk: Desk, tmp_path: Path) -> None:
    ids = queued(store, desk, judged("ayo coblos =1+1"), judged("saya ragu"), judged("besok coblos"))
    say(store, desk, ANNA, ids[0], "dukungan", kind="slogan")
    say(store, desk, BUDI, ids[1], "bukan")
    say(store, desk, ANNA, ids[2], "ragu")
    path = tmp_path / "labels.jsonl"
    told = "label 2 · tidak ditulis karena belum ada mayoritas 1\n"
    assert netra("labels", "export", "-o", path).output == told
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first, second = sorted(read_labelled(path), key=lambda example: -example.label)
    assert (first.text, first.label, first.kind, first.doubtful) == ("ayo coblos =1+1", 1, "slogan", False)
    assert (second.label, second.doubtful) == (0, False)
    reviews = read_reviews(path)
    assert {name for row in reviews.rows for name in row.reviewers} == {desk.reviewer(ANNA), desk.reviewer(BUDI)}
    shown = netra("labels", "export", "--ids").stdout
    assert [json.loads(line)["id"] for line in shown.splitlines()] == [ids[0], ids[1]]
    assert "coblos" not in shown
    assert steps(store)[-2:] == ["labels", "labels"]


def test_labels_that_cannot_be_written_are_not_logged_as_taken(store: Store, netra: Netra, desk: Desk) -> None:
    result = netra("labels", "export", "-o", "/nada/labels.jsonl", code=common.BAD_FILE)
    assert "tidak dapat ditulis" in result.output
    assert steps(store) == []


def test_a_sample_as_a_table_and_as_lines(store: Store, netra: Netra, desk: Desk, tmp_path: Path) -> None:
    queued(store, desk, judged("=coblos nomor dua"), judged("ragu sekali"), judged("pilih coblos lain"))
    plain = list(csv.DictReader(io.StringIO(netra("sample", "-n", 2).stdout)))
    assert len(plain) == 2
    assert "text" not in plain[0]
    lines = tmp_path / "contoh.jsonl"
    netra("sample", "-o", lines, "--with-text", "--mark")
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert {row["text"] for row in rows} == {"=coblos nomor dua", "ragu sekali", "pilih coblos lain"}
    table = tmp_path / "contoh.csv"
    netra("sample", "-o", table, "--with-text")
    content = table.read_bytes().decode()
    assert content.count("\r\n") == 4
    texts = [row["text"] for row in csv.DictReader(io.StringIO(content, newline=""))]
    assert "'=coblos nomor dua" in texts
    assert all(item.sampled for item in items(store))
    assert steps(store)[-1] == "sample"


def test_an_empty_queue_gives_an_empty_sample(netra: Netra) -> None:
    assert netra("sample").stdout.splitlines() == ["id"]


def test_agreement_in_words_and_as_json(store: Store, netra: Netra, desk: Desk) -> None:
    one, two, wrong = queued(store, desk, *numbered(3))
    for item_id in (one, two):
        with store.begin() as tx:
            tx.get_one(ReviewItem, item_id).second = True
    for item_id, labels in ((one, ("dukungan", "dukungan")), (two, ("bukan", "dukungan"))):
        say(store, desk, ANNA, item_id, labels[0])
        say(store, desk, BUDI, item_id, labels[1])
    say(store, desk, ANNA, wrong, "bukan")
    found = json.loads(netra("agreement", "--json").output)
    assert found["overall"]["pairs"] == 2
    assert list(found["by_pair"]) == [f"{desk.reviewer(ANNA)} {desk.reviewer(BUDI)}"]
    assert [suspect["id"] for suspect in found["label_errors"]["suspects"]] == [wrong]
    words = netra("agreement").output
    assert "semua\tpasangan 2\tsama 0,500\tkappa" in words
    assert f"periksa lagi\t{wrong}\tbukan" in words
    assert ANNA not in words
    words = netra("agreement", "--en").output
    assert "all\tpairs 2\tequal 0.500\tkappa" in words
    assert f"look again\t{wrong}\tnot support\tscore 0." in words


def test_agreement_of_nobody(netra: Netra) -> None:
    assert "semua\tpasangan 0\tsama -\tkappa -" in netra("agreement").output


def test_a_case_file_and_its_replay(
    store: Store, netra: Netra, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = build(tmp_path / "models")
    monkeypatch.setenv("NETRA_MODELS_DIR", str(tiny.models_dir))
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: tiny.scorer)
    posts = tmp_path / "unggahan.jsonl"
    posts.write_text('{"text": "ayo coblos nomor 2 <b>"}\n', encoding="utf-8")
    netra("score", posts, "-o", tmp_path / "hasil.jsonl", "--queue")
    [item] = items(store)
    assert item.manifest_hash is not None
    case, page = tmp_path / "kasus.json", tmp_path / "kasus.html"
    netra("evidence", item.id, "-o", case)
    netra("evidence", item.id, "-o", page)
    assert json.loads(netra("evidence", item.id).stdout)["id"] == item.id
    assert stat.S_IMODE(case.stat().st_mode) == stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "&lt;b&gt;" in page.read_text(encoding="utf-8")
    assert steps(store) == ["queue", "evidence", "evidence", "evidence"]
    output = netra("replay", case).output
    assert output == f"SAMA: butir {item.id}, skor {item.score!r} ({item.score.hex()})\n"
    _differ(netra, case, tiny.models_dir)


def _differ(netra: Netra, case: Path, models_dir: Path) -> None:
    content = json.loads(case.read_text(encoding="utf-8"))
    content["verdict"]["score_bits"] = (0.5).hex()
    case.write_text(json.dumps(content), encoding="utf-8")
    output = netra("replay", case, code=DIFFERS).output
    assert "berkas ini telah diubah" in output
    assert f"skor berbeda: berkas {(0.5).hex()}; di sini 0x" in output
    (models_dir / NAME).rename(models_dir.parent / "lain")
    output = netra("replay", case, code=DIFFERS).output
    assert "model versi itu tidak ada di sini: berkas 1" in output
    assert "coblos" not in output


@pytest.mark.parametrize("content", [None, "", "{}", '{"id": "kata-uji"}'])
def test_what_is_no_case_file_is_not_repeated(netra: Netra, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "kasus.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    output = netra("replay", path, code=common.BAD_FILE).output
    words = (
        "bukan berkas kasus" if content is not None else "Berkas kasus tidak dapat dibaca: berkas atau foldernya tidak"
    )
    assert words in output
    assert "kata-uji" not in output
    english = netra("replay", path, "--en", code=common.BAD_FILE).output
    assert english.startswith(
        "This is no case file" if content is not None else "The case file cannot be read: there is"
    )


@pytest.mark.parametrize(("flag", "words"), [([], "Tidak ada butir dengan id itu"), (["--en"], "There is no item")])
def test_an_item_that_is_not_there(netra: Netra, flag: list[str], words: str) -> None:
    assert words in netra("evidence", "0" * 16, *flag, code=common.BAD_FILE).output


def test_purging_by_age(store: Store, netra: Netra, desk: Desk) -> None:
    queued(store, desk, *numbered(3))
    tamper(store, "UPDATE review_item SET touched_at = '2020-01-01 00:00:00+00:00' WHERE score < 0.7")
    assert netra("purge", "--dry-run").output == "akan dihapus 2\n"
    assert netra("purge", "--days", 36500, "--dry-run").output == "akan dihapus 0\n"
    assert netra("purge").stdout == "dihapus 2\n"
    assert [item.state for item in items(store)].count("erased") == 2
    assert netra("purge").stdout == "dihapus 0\n"
    netra("audit", "verify")


def test_retention_comes_from_the_settings(
    store: Store, netra: Netra, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(store, desk, judged())
    tamper(store, "UPDATE review_item SET touched_at = '2026-01-01 00:00:00+00:00'")
    monkeypatch.setenv("NETRA_RETENTION_DAYS", "36500")
    assert netra("purge").stdout == "dihapus 0\n"
    monkeypatch.setenv("NETRA_RETENTION_DAYS", "1")
    assert netra("purge").stdout == "dihapus 1\n"


def test_forgetting_a_person_by_argument_or_by_standard_input(store: Store, netra: Netra, desk: Desk) -> None:
    queued(store, desk, judged("coblos 1", author="uji-1"), judged("coblos 2", author="uji-2"), judged("coblos 3"))
    assert netra("forget", "--author", "uji-1").stdout == "dihapus 1\n"
    assert netra("forget", "--author", "-", stdin="uji-2\n").stdout == "dihapus 1\n"
    assert netra("forget", "--author", "uji-2").stdout == "dihapus 0\n"
    assert [item.state for item in items(store)].count("erased") == 2
    netra("audit", "verify")
    for nobody in ([""], ["-"]):
        assert "tidak boleh kosong" in netra("forget", "--author", *nobody, stdin="", code=common.BAD_USAGE).output


def test_nothing_of_the_forgotten_is_left_in_the_file(
    netra: Netra, store: Store, settings: Settings, desk: Desk
) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL clears up on its own time")
    queued(store, desk, *(judged(f"coblos kata-uji-{k} " + "x" * 500, author="uji-1") for k in range(50)))
    folder = settings.state_dir
    assert any(b"kata-uji-7" in path.read_bytes() for path in folder.glob("netra.db*"))
    store.engine.dispose()
    result = netra("forget", "--author", "uji-1")
    assert result.stdout == "dihapus 50\n"
    assert result.stderr == ""
    assert not [path.name for path in folder.glob("netra.db*") if b"kata-uji" in path.read_bytes()]


def test_a_busy_file_is_said_to_be_busy(
    netra: Netra, store: Store, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.review import erasure

    monkeypatch.setattr(erasure, "compact", lambda store: False)
    queued(store, desk, judged(author="uji-1"))
    assert "sedang dipakai" in netra("forget", "--author", "uji-1").stderr


def test_a_secret_too_weak_is_refused(netra: Netra, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_SECRET_KEY", "rahasia")
    assert "terlalu lemah" in netra("audit", "verify", code=REFUSED).output


def test_a_store_that_cannot_be_used(netra: Netra, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_DATABASE_URL", "mysql://nada")
    assert "NETRA_DATABASE_URL" in netra("labels", "export", code=BAD_STORE).output


def test_no_command_shows_words_or_names(store: Store, netra: Netra, desk: Desk, tmp_path: Path) -> None:
    [item_id] = queued(store, desk, judged("coblos kata-uji", author="penulis-uji", id="id-uji"))
    say(store, desk, ANNA, item_id, "dukungan", "alasan-uji yang jelas")
    output = "".join(
        netra(*words.split()).output
        for words in (
            "audit verify",
            "labels export --ids",
            "sample",
            "agreement",
            "agreement --json",
            "purge --dry-run",
        )
    )
    for word in ("kata-uji", "penulis-uji", "id-uji", "alasan-uji", ANNA):
        assert word not in output
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(AuditRow)) == 3
