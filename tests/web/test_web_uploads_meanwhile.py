"""The pages of uploads while something happens to the upload: its run ends, it is removed, somebody looks at it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from web.uploadkit import PATIENCE, lines
from web.uploadpages import PATH, done, download, halted, started, upload, uploads
from webkit import Console

from app.web import uploads as web_uploads
from app.web.uploads_files import UploadFolder
from app.web.wordbook import words

ID = words("id")


def test_a_run_that_ends_while_its_page_is_made_is_shown_as_it_ended(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing on a page of any other state asks again: whoever waited for the result would wait for ever."""
    path = started(console, lines(7))
    done(console, path)
    read = replace(uploads(console).folder.get(path[-32:]), state="running", counts={})
    monkeypatch.setattr(web_uploads, "_mine", lambda request: read)
    page = console.get(path)
    assert ID["uploads.state_done"] in page.words
    assert page.tree.xpath("//dl//dd/text()")[0] == "7"
    assert console.api.get(f"{path}/kemajuan").json()["state"] == "done"


def test_an_upload_that_is_removed_while_its_page_is_made_is_not_there(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = upload(console, lines(7)).to
    folder = uploads(console).folder
    read = replace(folder.get(path[-32:]), state="running")
    monkeypatch.setattr(web_uploads, "_mine", lambda request: read)
    monkeypatch.setattr(UploadFolder, "all", lambda *asked: [read])
    folder.remove(read.id)
    assert console.get(path).status == 404
    assert console.get(PATH).status == 200


def test_a_run_is_gone_on_with_while_somebody_looks_at_it(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks holds the lock: no row of the run before is told then."""
    with halted(console) as scorer:
        path = started(console, lines(1200), bentuk=".csv")
        assert scorer.begun.wait(PATIENCE)
        console.submit_on(console.get(path), f"{path}/berhenti")
    page = done(console, path)
    monkeypatch.setattr(UploadFolder, "rows_kept", lambda *asked: 0)
    assert console.submit_on(page, f"{path}/mulai").to == path
    assert ID["uploads.state_done"] in done(console, path).words
    assert len(download(console, path).text.splitlines()) == 1201
