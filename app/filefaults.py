"""Why a file cannot be read or written, in words of an officer and not of the system."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.policy.types import Words

_REASONS: Final[Mapping[int, Words]] = {
    errno.ENOENT: Words("berkas atau foldernya tidak ada", "there is no such file or folder"),
    errno.EACCES: Words("tidak ada izin", "no permission"),
    errno.EPERM: Words("tidak ada izin", "no permission"),
    errno.EROFS: Words("foldernya hanya dapat dibaca", "the folder can only be read"),
    errno.EISDIR: Words("itu folder, bukan berkas", "it is a folder, not a file"),
    errno.ENOTDIR: Words("foldernya tidak ada", "there is no such folder"),
    errno.EEXIST: Words("sudah ada", "it is there already"),
    errno.ENAMETOOLONG: Words("namanya terlalu panjang", "the name is too long"),
    errno.EFBIG: Words("berkasnya terlalu besar", "the file is too large"),
    errno.ENOSPC: Words("tempat penyimpanan penuh", "the disk is full"),
}
_UNKNOWN: Final = Words("kesalahan sistem berkas", "an error of the file system")
_NOT_UTF8: Final = Words("isinya bukan UTF-8", "its content is not UTF-8")


def name_of(path: Path) -> str:
    """What a message calls a file: its name, or all of a path that has none, such as the present folder."""
    return path.name or str(path)


def why_not(error: OSError | UnicodeDecodeError) -> Words:
    """Why, without the file's name and content."""
    return reason_of(error.errno) if isinstance(error, OSError) else _NOT_UTF8


def reason_of(number: int | None) -> Words:
    """The words for a number of ``errno``."""
    return _REASONS.get(number or 0, _UNKNOWN)
