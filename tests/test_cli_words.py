"""What commands say of models, files and items that cannot be used."""

from __future__ import annotations

import errno

import pytest

from app.cli import words
from app.problems import NotFound
from app.review.problems import QueueOff
from app.scoring import errors
from app.scoring.errors import ModelError

KINDS = [ModelError, *ModelError.__subclasses__()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_refused_in_indonesian_first(kind: type[ModelError]) -> None:
    first, detail = words.of_model(kind("the detail")).splitlines()
    assert first.endswith(f" ({kind.slug}).")
    assert "detail" not in first
    assert detail == "Rincian: the detail"
    assert words.of_model(kind("the detail"), en=True) == f"the detail ({kind.slug})"


def test_other_words_where_something_else_was_asked_for() -> None:
    assert words.of_model(errors.NoModel("x"), instead=words.NO_WAY_BACK).startswith("riwayat tidak mengenal")
    assert words.of_model(errors.OtherVersion("x"), instead=words.NO_WAY_BACK).startswith("dibuat untuk format")


@pytest.mark.parametrize(
    ("error", "indonesian", "english"),
    [
        (
            FileNotFoundError(errno.ENOENT, "no", "/rahasia"),
            "berkas atau foldernya tidak ada",
            "there is no such file or folder",
        ),
        (PermissionError(errno.EACCES, "no", "/rahasia"), "tidak ada izin", "no permission"),
        (OSError(errno.ENOSPC, "no"), "tempat penyimpanan penuh", "the disk is full"),
        (OSError(errno.EIO, "no", "/rahasia"), "kesalahan sistem berkas", "an error of the file system"),
        (OSError("rahasia"), "kesalahan sistem berkas", "an error of the file system"),
        (UnicodeDecodeError("utf-8", b"rahasia", 0, 1, "no"), "isinya bukan UTF-8", "its content is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used(error: OSError | UnicodeDecodeError, indonesian: str, english: str) -> None:
    assert (words.of_file(error), words.of_file(error, en=True)) == (indonesian, english)


def test_problems_are_told_as_the_service_does_but_for_addresses() -> None:
    assert words.of_problem(QueueOff()) == QueueOff.title_id
    assert words.of_problem(QueueOff(), en=True) == QueueOff.title_en
    assert words.of_problem(NotFound(reason="unknown_item")) == "Tidak ada butir dengan id itu"
