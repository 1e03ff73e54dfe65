"""Watchlists follow their folder: sound changes are taken over whole, broken ones never."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.watchlists import load
from app.watchlists import store as stores
from app.watchlists.store import MAX_LOGGED, WatchlistStore
from tests.fakes import FICTIONAL

MORE = """
elections:
- {id: pilkada-kota-baru-2031, name: Baru, level: wali kota, region: Kota Baru, contestants: [{people: [{name: Dirga Pra}]}]}
"""
BROKEN = "elections: [{id: rahasia}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FICTIONAL, tmp_path / "daftar"))


@pytest.fixture
def store(folder: Path) -> WatchlistStore:
    store = WatchlistStore(folder)
    assert store.refresh()
    return store


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "netra.watchlists")
    return caplog


def ids(store: WatchlistStore) -> list[str]:
    assert store.lists is not None
    return [election["id"] for election in store.lists.elections]


def test_nothing_is_read_again_while_nothing_changes(store: WatchlistStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "read_folder", lambda _: pytest.fail("read again"))
    lists = store.lists
    assert not store.refresh()
    assert store.lists is lists


def test_a_new_file_is_taken_over(store: WatchlistStore, folder: Path, log: pytest.LogCaptureFixture) -> None:
    before = store.lists
    (folder / "baru.yaml").write_text(MORE, encoding="utf-8")
    assert store.refresh()
    assert "pilkada-kota-baru-2031" in ids(store)
    assert before is not None
    assert store.lists is not None
    assert before.version != store.lists.version
    assert f"watchlists {store.lists.version}: 4 elections, 1 parties" in log.text
    assert not store.refresh()


def test_whoever_holds_the_old_lists_keeps_them(store: WatchlistStore, folder: Path) -> None:
    before = store.lists
    assert before is not None
    (folder / "uji.yaml").write_text(MORE, encoding="utf-8")
    assert store.refresh()
    assert before.find("pilkada-kota-uji-2031") is not None
    assert before.scope("Kota Uji") is not before.everything
    assert ids(store) == ["pilkada-kota-baru-2031"]


def test_a_change_of_time_alone_gives_no_new_lists(store: WatchlistStore, folder: Path) -> None:
    lists = store.lists
    os.utime(folder / "uji.yaml", ns=(1, 1))
    assert not store.refresh()
    assert store.lists is lists


def test_a_change_of_the_same_length_is_seen(store: WatchlistStore, folder: Path) -> None:
    path = folder / "uji.yaml"
    stamp = path.stat().st_mtime_ns
    path.write_text(path.read_text(encoding="utf-8").replace("Gendis", "Kendis"), encoding="utf-8")
    os.utime(path, ns=(stamp + 1, stamp + 1))
    assert store.refresh()


def test_a_deleted_file_is_forgotten(store: WatchlistStore, folder: Path) -> None:
    (folder / "baru.yaml").write_text(MORE, encoding="utf-8")
    assert store.refresh()
    (folder / "baru.yaml").unlink()
    assert store.refresh()
    assert "pilkada-kota-baru-2031" not in ids(store)


BREAKAGE = {
    "schema": lambda folder: (folder / "baru.yaml").write_text(BROKEN, encoding="utf-8"),
    "no YAML": lambda folder: (folder / "uji.yaml").write_text("elections: [", encoding="utf-8"),
    "cut off": lambda folder: (folder / "uji.yaml").write_bytes((folder / "uji.yaml").read_bytes()[:1234]),
    "no file left": lambda folder: (folder / "uji.yaml").unlink(),
    "folder gone": shutil.rmtree,
    "an id twice": lambda folder: (folder / "baru.yaml").write_text(
        MORE.replace("{id: pilkada-kota-baru-2031,", "{id: lain, also: [pilwalkot-uji-2031],"), encoding="utf-8"
    ),
}


@pytest.mark.parametrize("damage", BREAKAGE)
def test_broken_files_change_nothing_and_are_said_once(
    store: WatchlistStore, folder: Path, log: pytest.LogCaptureFixture, damage: str
) -> None:
    lists = store.lists
    assert lists is not None
    BREAKAGE[damage](folder)
    log.clear()
    assert not store.refresh()
    assert store.lists is lists
    errors = [record.getMessage() for record in log.records if record.levelno == logging.ERROR]
    assert errors
    assert all(message.startswith(f"watchlists {lists.version} kept: ") for message in errors)
    assert "Lesmana" not in log.text
    log.clear()
    assert not store.refresh()
    assert log.records == []


def test_mended_files_are_taken_over(store: WatchlistStore, folder: Path) -> None:
    (folder / "baru.yaml").write_text(BROKEN, encoding="utf-8")
    assert not store.refresh()
    (folder / "baru.yaml").write_text(MORE, encoding="utf-8")
    assert store.refresh()
    assert "pilkada-kota-baru-2031" in ids(store)


def test_broken_from_the_start_there_are_no_lists_until_mended(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.yaml").write_text(BROKEN, encoding="utf-8")
    store = WatchlistStore(tmp_path)
    assert not store.refresh()
    assert store.lists is None
    assert "no watchlists: a.yaml: elections[0] (rahasia) › name: wajib diisi" in log.text
    (tmp_path / "a.yaml").write_text(MORE, encoding="utf-8")
    assert store.refresh()


def test_whatever_breaks_while_reading_is_caught(
    store: WatchlistStore, folder: Path, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(_: Path) -> None:
        raise RuntimeError("rahasia")

    lists = store.lists
    monkeypatch.setattr(stores, "read_folder", explode)
    (folder / "baru.yaml").write_text(MORE, encoding="utf-8")
    assert not store.refresh()
    assert store.lists is lists
    assert "RuntimeError" in log.text
    assert "rahasia" not in log.text


def test_a_file_that_vanishes_while_being_looked_at_is_no_crash(
    store: WatchlistStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = store.lists
    monkeypatch.setattr(stores, "list_files", lambda _: [folder / "tidak-ada.yaml"])
    store.refresh()
    assert store.lists is lists


def test_many_faults_are_counted_not_listed(store: WatchlistStore, folder: Path, log: pytest.LogCaptureFixture) -> None:
    entries = "\n".join(f"- {{id: x{i}}}" for i in range(30))
    (folder / "baru.yaml").write_text("elections:\n" + entries, encoding="utf-8")
    log.clear()
    store.refresh()
    assert len(log.records) == MAX_LOGGED + 1
    assert "further faults" in log.records[-1].getMessage()


# -- the lists that come with Netra ---------------------------------------------------------------------------------


@pytest.fixture
def ours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that stands for the one that comes with Netra."""
    monkeypatch.setattr(load, "WATCHLIST_DIR", folder.resolve())
    load.shipped.cache_clear()
    yield folder
    load.shipped.cache_clear()


def test_lists_that_a_model_was_checked_with_are_not_built_again(ours: Path) -> None:
    checked = load.shipped()
    store = WatchlistStore(ours)
    assert store.refresh()
    assert store.lists is checked


def test_once_its_files_change_they_are_read_and_going_back_gives_the_first_ones(ours: Path) -> None:
    first, store = load.shipped(), WatchlistStore(ours)
    (ours / "baru.yaml").write_text(MORE, encoding="utf-8")
    assert store.refresh()
    assert "pilkada-kota-baru-2031" in ids(store)
    assert load.shipped() is first
    (ours / "baru.yaml").unlink()
    assert store.refresh()
    assert store.lists is first


def test_another_folder_with_the_same_files_is_read_by_itself(ours: Path, tmp_path: Path) -> None:
    store = WatchlistStore(Path(shutil.copytree(ours, tmp_path / "lain")))
    assert store.refresh()
    assert store.lists is not None
    assert store.lists is not load.shipped()
    assert store.lists.version == load.shipped().version


def test_a_file_that_vanishes_meanwhile_is_no_error_of_comparing(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load.shipped()
    monkeypatch.setattr(load, "list_files", lambda _: [ours / "hilang.yaml"])
    assert load.as_shipped(ours) is None
