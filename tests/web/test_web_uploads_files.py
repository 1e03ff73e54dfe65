"""Uploads on disk: private, bounded in time, and never in a state that nobody can explain."""

from __future__ import annotations

import json
import os
import string
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.uploadkit import OWNER, is_free, lines, modes, put

from app.web.uploads_files import Kept, UploadFolder, ending_of, locked, private_file, shown_name


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "state")


def test_everything_is_for_this_user_alone(folder: UploadFolder) -> None:
    before = os.umask(0)
    try:
        upload = put(folder, lines(3))
        folder.note_progress(upload.id, {"rows": 1})
        folder.ask_to_stop(upload.id)
        is_free(folder, upload)
    finally:
        os.umask(before)
    assert modes(folder.path) == {"0o700", "0o600"}


def test_nothing_sent_is_in_the_name_of_any_file(folder: UploadFolder) -> None:
    upload = put(folder, lines(3), "rahasia si Xandrowi.csv")
    names = {path.name for path in folder.path.rglob("*")}
    assert names == {upload.id, "upload.json", "input.csv"}


def test_what_is_known_of_an_upload_is_read_again(folder: UploadFolder) -> None:
    upload = put(folder, lines(3), text_column="isi", action="comment", ending=".csv", queue=False)
    assert folder.get(upload.id) == upload
    assert folder.get(upload.id, OWNER) == upload
    assert folder.all() == folder.all(OWNER) == [upload]
    assert folder.input(upload).read_bytes() == lines(3)


def test_uploads_of_others_are_not_there(folder: UploadFolder) -> None:
    upload = put(folder, lines(3))
    assert folder.all("orang-lain") == []
    with pytest.raises(KeyError):
        folder.get(upload.id, "orang-lain")


@pytest.mark.parametrize(
    "upload_id", ["", "..", "../../etc", "0" * 31, "G" * 32, "0" * 32 + "\n", "0" * 32 + "/a", "0" * 32]
)
def test_an_id_that_is_none_leads_nowhere(folder: UploadFolder, upload_id: str) -> None:
    put(folder, lines(3))
    with pytest.raises(KeyError):
        folder.get(upload_id)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_text(""),
    "no JSON": lambda path: path.write_text("{"),
    "a list": lambda path: path.write_text("[]"),
    "half": lambda path: path.write_text('{"id": "x"}'),
    "more": lambda path: path.write_text(json.dumps({**json.loads(path.read_text()), "lain": 1})),
    "of another": lambda path: path.write_text(json.dumps({**json.loads(path.read_text()), "id": "0" * 32})),
    "binary": lambda path: path.write_bytes(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_upload_is_no_upload_and_is_removed_in_time(folder: UploadFolder, damage: str) -> None:
    upload = put(folder, lines(3))
    sound = put(folder, lines(3))
    DAMAGE[damage](folder.folder(upload.id) / "upload.json")
    with pytest.raises(KeyError):
        folder.get(upload.id)
    assert folder.all() == [sound]
    later = datetime.now(UTC) + timedelta(days=8)
    folder.put(sound, later)
    assert folder.sweep(7, later) == 1
    assert not folder.folder(upload.id).exists()
    assert folder.get(sound.id) == sound


def test_what_nobody_touched_is_removed(folder: UploadFolder) -> None:
    now = datetime.now(UTC)
    old, young = put(folder, lines(3)), put(folder, lines(3))
    folder.put(old, now - timedelta(days=7, seconds=1))
    folder.put(young, now - timedelta(days=6, hours=23))
    assert folder.sweep(7, now) == 1
    assert [upload.id for upload in folder.all()] == [young.id]
    assert folder.sweep(7, now) == 0


def test_what_is_scored_is_not_removed(folder: UploadFolder) -> None:
    upload = put(folder, lines(3))
    with folder.hold(upload.id) as held:
        assert held
        assert not is_free(folder, upload)
        assert folder.sweep(7, datetime.now(UTC) + timedelta(days=30)) == 0
        assert not folder.remove(upload.id)
        assert folder.get(upload.id) == upload
    assert is_free(folder, upload)
    assert folder.remove(upload.id)
    assert folder.all() == []


def test_nothing_but_uploads_is_touched(folder: UploadFolder) -> None:
    put(folder, lines(3))
    (folder.path / "lain").mkdir()
    (folder.path / "slot-0").touch()
    folder.sweep(1, datetime.now(UTC) + timedelta(days=30))
    assert {path.name for path in folder.path.iterdir()} == {"lain", "slot-0"}


def test_there_need_be_no_folder(folder: UploadFolder) -> None:
    assert (folder.all(), folder.sweep(1)) == ([], 0)


def test_a_run_whose_process_is_gone_was_interrupted(folder: UploadFolder) -> None:
    upload = put(folder, lines(3), state="running")
    assert folder.now(upload) == (upload, "interrupted")
    with folder.hold(upload.id):
        assert folder.now(upload) == (upload, "running")
    assert folder.now(upload) == (upload, "interrupted")


@pytest.mark.parametrize("state", ["done", "stopped", "failed"])
def test_a_run_that_ended_since_it_was_read_was_not_interrupted(folder: UploadFolder, state: Kept) -> None:
    read = put(folder, lines(3), state="running")
    ended = replace(read, state=state, counts={"read": 3})
    folder.put(ended)
    assert folder.now(read) == (ended, state)


def test_what_was_removed_since_it_was_read_is_not_there(folder: UploadFolder) -> None:
    read = put(folder, lines(3), state="running")
    assert folder.remove(read.id)
    with pytest.raises(KeyError):
        folder.now(read)


@pytest.mark.parametrize("state", ["ready", "stopped", "failed", "done"])
def test_other_states_do_not_depend_on_any_process(folder: UploadFolder, state: str) -> None:
    upload = put(folder, lines(3), state=state)
    assert folder.now(upload) == (upload, state)


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    """Killed, so that it has no time for anything."""
    path = tmp_path / "lock"
    program = "import sys; from pathlib import Path; from app.web.uploads_files import locked\n"
    program += "with locked(Path(sys.argv[1])) as held: print(held, flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with locked(path) as held:
            assert not held
        holder.kill()
        holder.wait()
        with locked(path) as held:
            assert held


def test_progress_is_whole_or_the_one_before(folder: UploadFolder) -> None:
    upload = put(folder, lines(3))
    assert folder.progress(upload.id) == {}
    for rows in (1, 2):
        folder.note_progress(upload.id, {"rows": rows, "part": 0.5})
        assert folder.progress(upload.id) == {"rows": rows, "part": 0.5}
    assert sorted(path.name for path in folder.folder(upload.id).iterdir()) == [
        "input.csv",
        "progress.json",
        "upload.json",
    ]


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private_file(tmp_path / "a", b"isi")
    finally:
        os.umask(before)
    assert modes(tmp_path / "a") == {"0o600"}


ENDINGS = {
    "a.csv": ".csv",
    "A.CSV": ".csv",
    "a.b.jsonl.gz": ".jsonl.gz",
    "a.ndjson.zst": ".ndjson.zst",
    "a.xlsx": ".xlsx",
    "a.parquet": ".parquet",
    "a.gz": "",
    "a.exe": "",
    "a": "",
    "a.csv/..": "",
    "": "",
}


@pytest.mark.parametrize("name", ENDINGS)
def test_only_endings_that_are_known_are_kept(name: str) -> None:
    assert ending_of(name) == ENDINGS[name]


NAMES = {
    "unggahan.csv": "unggahan.csv",
    "C:\\Users\\uji\\unggahan.csv": "unggahan.csv",
    "../../etc/passwd": "passwd",
    "a\nb\x00c.csv": "a b c.csv",
    "": "berkas",
    "/": "berkas",
    ".csv": "berkas.csv",
    "x" * 300 + ".CSV": "x" * 116 + ".csv",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_shown_in_one_line(name: str) -> None:
    assert shown_name(name) == NAMES[name]


@given(name=st.text(max_size=400))
def test_any_name_can_be_shown(name: str) -> None:
    shown = shown_name(name)
    assert 0 < len(shown) <= 120
    assert shown.isprintable()
    assert "/" not in shown
    assert ending_of(shown) == ending_of(name) or "/" in name or "\\" in name or set(name) - set(string.printable)
