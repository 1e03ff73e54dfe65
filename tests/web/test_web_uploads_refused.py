"""The pages of uploads: nothing of anybody else's is there, and much is not taken."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import settings_of
from web.uploadkit import PATIENCE, lines
from web.uploadpages import PATH, done, halted, started, upload, uploads
from webkit import Console

from app.web.uploads_files import MOST_KEPT
from app.web.wordbook import words

ID = words("id")


# -- nothing of anybody else's ---------------------------------------------------------------------------------------


def test_uploads_of_others_are_not_there(console: Console) -> None:
    path = started(console, lines(4))
    done(console, path)
    console.log_in(console.budi)
    assert ID["uploads.none"] in console.get(PATH).words
    for address in (path, f"{path}/kemajuan", f"{path}/hasil"):
        assert console.get(address).status == 404
    for step in ("mulai", "berhenti", "hapus"):
        assert console.submit(f"{path}/{step}").status == 404
    console.log_in(console.anna)
    assert ID["uploads.state_done"] in console.get(path).words


@pytest.mark.parametrize("name", ["0" * 32, "x", "..%2F..%2Fetc", "0" * 31 + "%0a"])
def test_an_upload_that_is_none_is_a_page_of_its_own(shared: Console, name: str) -> None:
    assert shared.get(f"{PATH}/{name}").status == 404


@pytest.mark.parametrize("scope", ["review", "admin", "metrics"])
def test_scoring_needs_a_key_that_may_score(console: Console, scope: Any) -> None:
    console.log_in(console.keys[scope])
    assert console.get(PATH).status == 403
    assert upload(console, lines(4), token="x").status == 403


# -- what is not taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_no_file_is_kept_of_a_form_that_is_not_ours(shared: Console, token: str) -> None:
    before = sorted(uploads(shared).folder.path.glob("*")) if uploads(shared).folder.path.exists() else []
    assert upload(shared, lines(4), token=token).status == 403
    assert sorted(uploads(shared).folder.path.glob("*")) == before


@pytest.mark.parametrize("headers", [{"Origin": "https://situs.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_no_file_is_taken_from_another_site(shared: Console, headers: dict[str, str]) -> None:
    parts: list[tuple[str, Any]] = [("token", (None, shared.token())), ("berkas", ("a.csv", b"x", "text/csv"))]
    assert shared.api.run(shared.api.client.post(PATH, files=parts, headers=headers)).status_code == 403


def test_a_form_without_a_file_says_so(shared: Console) -> None:
    for page in (upload(shared, b"", ""), shared.submit(PATH)):
        assert page.status == 422
        assert ID["uploads.choose_file"] in page.words


def test_a_file_over_the_limit_is_refused_and_nothing_of_it_kept(tmp_path: Path, stack: ExitStack) -> None:
    console = Console(settings_of(tmp_path), stack, upload_max_bytes=2000)
    assert upload(console, b"text\n" + b"x" * 1995).status == 303
    for size in (2001, 50_000, 500_000):
        page = upload(console, b"x" * size)
        assert (page.status, ID["problem.large"] in page.words) == (413, True)
    assert len([one for one in uploads(console).folder.path.iterdir() if one.is_dir()]) == 1


def test_other_bodies_keep_to_their_own_limit(tmp_path: Path, stack: ExitStack) -> None:
    """The larger one is for files, and for nothing beside them."""
    console = Console(settings_of(tmp_path), stack, max_body_bytes=2000, upload_max_bytes=100_000)
    assert upload(console, b"text\n" + b"x" * 50_000).status == 303
    assert console.submit(f"{PATH}/x/mulai", a="x" * 3000).status == 413


def test_where_sending_is_turned_off_there_is_no_form(tmp_path: Path, stack: ExitStack) -> None:
    console = Console(settings_of(tmp_path), stack, upload_max_bytes=0)
    page = console.get(PATH)
    assert ID["uploads.turned_off"] in page.words
    assert not page.forms(PATH)
    assert upload(console, lines(4)).status == 404


def test_nobody_keeps_more_than_so_many(console: Console) -> None:
    for _ in range(MOST_KEPT):
        assert upload(console, b"text\nhalo\n").status == 303
    page = console.get(PATH)
    assert ID["uploads.full"] in page.words
    assert not page.forms(PATH)
    assert upload(console, b"text\nhalo\n").status == 409
    console.log_in(console.budi)
    assert upload(console, b"text\nhalo\n").status == 303


BAD_CHOICES = [
    {"aksi": "terbang"},
    {"bentuk": ".exe"},
    {"bentuk": "/../../x.csv"},
    {"kolom": "tidak ada"},
    {"pemilihan": "x" * 129},
    {"platform": "x" * 65},
]


@pytest.mark.parametrize("choice", BAD_CHOICES)
def test_choices_that_no_form_offers_are_refused(console: Console, choice: dict[str, str]) -> None:
    path = upload(console, lines(4)).to
    page = console.submit_on(console.get(path), f"{path}/mulai", **choice)
    assert page.status == 400
    assert ID["uploads.state_ready"] in console.get(path).words


def test_without_a_model_nothing_is_begun(console: Console) -> None:
    path = upload(console, lines(4)).to
    page = console.get(path)
    app = console.api.app
    app.state.runtime = replace(app.state.runtime, scorer=None, failure="starting")
    assert console.submit_on(page, f"{path}/mulai").status == 503
    assert uploads(console).folder.get(path[-32:]).state == "ready"


def test_what_is_done_is_not_scored_again(console: Console) -> None:
    path = started(console, lines(4))
    done(console, path)
    before = uploads(console).folder.get(path[-32:])
    assert console.submit(f"{path}/mulai").to == path
    assert uploads(console).folder.get(path[-32:]) == before


def test_what_runs_already_is_not_begun_again_from_an_old_window(console: Console) -> None:
    with halted(console) as scorer:
        path = started(console, lines(1200), bentuk=".csv")
        assert scorer.begun.wait(PATIENCE)
        console.submit_on(console.get(path), f"{path}/berhenti")
    old = done(console, path)
    assert ID["uploads.go_on"] in old.words
    with halted(console) as scorer:
        assert console.submit_on(old, f"{path}/mulai").to == path
        assert scorer.begun.wait(PATIENCE)
        again = console.submit_on(old, f"{path}/mulai")
        assert (again.status, again.to) == (303, path)
        assert ID["uploads.state_running"] in console.get(path).words
    assert ID["uploads.state_done"] in done(console, path).words
