"""Why a file cannot be used, in words."""

from __future__ import annotations

import errno

import pytest

from app.batch.errors import OutputWriteError
from app.filefaults import reason_of, why_not


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
    assert why_not(error) == (indonesian, english)


def test_an_output_that_cannot_be_written_is_told_in_both_languages() -> None:
    error = OutputWriteError(name="hasil.csv", why=reason_of(errno.EISDIR)).about("lain.csv")
    assert str(error) == "Berkas keluaran lain.csv tidak dapat ditulis (itu folder, bukan berkas)."
    assert error.english == "Output file lain.csv cannot be written (it is a folder, not a file)."
