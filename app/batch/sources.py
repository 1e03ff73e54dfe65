"""From a path to bytes and characters: compression, encoding and kind of file, all told from the content."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

import pyarrow as pa

from app.batch.errors import (
    BatchError,
    DamagedInputError,
    EmptyInputError,
    InputIsFolderError,
    InputMissingError,
    InputTooLargeError,
    UnknownFormatError,
)
from app.filefaults import name_of
from app.policy.types import Words

Kind = Literal["delimited", "json", "jsonl", "parquet", "xlsx"]
Packing = Literal["gz", "zst"]

#: Bytes looked at to tell encoding and kind.
SAMPLE_BYTES = 1 << 16
#: Share of control characters above which a file counts as binary.
_MAX_CONTROL_SHARE = 0.3
_PACKED: tuple[tuple[bytes, Packing], ...] = ((b"\x1f\x8b", "gz"), (b"\x28\xb5\x2f\xfd", "zst"))
_MEMORY, _HERE = Words("memori", "memory"), Words("komputer ini", "this computer")
_PICTURE = Words("gambar", "a picture")
_FOREIGN: tuple[tuple[bytes, str | Words], ...] = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", Words("XLS/DOC lama atau berkata sandi", "an old XLS/DOC, or one with a password")),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"SQLite format 3", "SQLite"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What gzip, zipfile, Arrow, openpyxl and its XML parser raise on broken files.
_DAMAGE = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    SyntaxError,
    NotImplementedError,
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8, one by one as Windows-1252, the five it leaves open as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in wrong), error.end


codecs.register_error("netra_windows_1252", _windows_1252)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that has been looked at. ``sample`` is its decoded beginning, or all of it when ``whole``.

    Parquet and XLSX have no sample.
    """

    path: Path
    kind: Kind
    packing: Packing | None = None
    encoding: str = "utf-8"
    sample: str = ""
    whole: bool = False


class Reading:
    """An open text input that knows how far it has got. Use as a context manager."""

    def __init__(self, source: Source) -> None:
        self._raw = source.path.open("rb")
        self._size = max(1, os.fstat(self._raw.fileno()).st_size)
        unpacked = _unpack(self._raw, source.packing)
        encoding = source.encoding
        self.text = io.TextIOWrapper(unpacked, encoding=encoding, errors=_fallback(encoding), newline="")

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self.text.close()
        self._raw.close()

    def progress(self) -> float:
        """Part of the bytes on disk that has been read, in [0, 1]."""
        return 1.0 if self._raw.closed else min(1.0, self._raw.tell() / self._size)


def _unpack(raw: IO[bytes], packing: Packing | None) -> IO[bytes]:
    if packing == "gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if packing == "zst":  # Arrow's reader notices a file that was cut off; the zstandard package ends silently
        return cast(IO[bytes], pa.input_stream(raw, compression="zstd"))
    return raw


@contextmanager
def damage_reported(path: Path) -> Iterator[None]:
    """Turn what decompressors and format libraries raise on broken files into ``DamagedInputError``."""
    try:
        yield
    except BatchError:
        raise
    except MemoryError as error:
        raise InputTooLargeError(name=path.name, what=_MEMORY, limit=_HERE) from error
    except _DAMAGE as error:
        raise DamagedInputError(name=path.name) from error


def examine(path: Path) -> Source:
    """Look at the head of a file. Raises ``InputMissingError``, ``EmptyInputError``, ``UnknownFormatError``."""
    try:
        with path.open("rb") as raw:
            head = raw.read(SAMPLE_BYTES)
    except IsADirectoryError as error:
        raise InputIsFolderError(name=name_of(path)) from error
    except OSError as error:
        raise InputMissingError(name=name_of(path)) from error
    packing = next((name for magic, name in _PACKED if head.startswith(magic)), None)
    if packing is not None:
        head = _unpacked_head(path, packing)
    elif head.startswith(b"PAR1"):
        return Source(path, "parquet")
    elif head.startswith(b"PK"):
        return _examine_zip(path)
    return _examine_text(path, head, packing)


def fingerprint(path: Path) -> dict[str, object]:
    """What tells a file from another, or from itself before a change: place, size, time, hash of its beginning.

    Values are ready for JSON. Raises ``InputMissingError``.
    """
    try:
        with path.open("rb") as raw:
            found, head = os.fstat(raw.fileno()), raw.read(SAMPLE_BYTES)
    except OSError as error:
        raise InputMissingError(name=name_of(path)) from error
    digest = hashlib.sha256(head).hexdigest()
    return {"path": str(path.resolve()), "size": found.st_size, "mtime_ns": found.st_mtime_ns, "head_sha256": digest}


def _unpacked_head(path: Path, packing: Packing) -> bytes:
    with damage_reported(path), path.open("rb") as raw, _unpack(raw, packing) as unpacked:
        return unpacked.read(SAMPLE_BYTES)


def _examine_zip(path: Path) -> Source:
    with damage_reported(path), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if "xl/workbook.xml" not in names:
        raise UnknownFormatError(name=path.name, looks_like="ZIP")
    return Source(path, "xlsx")


def _examine_text(path: Path, head: bytes, packing: Packing | None) -> Source:
    for magic, looks_like in _FOREIGN:
        if head.lstrip()[: len(magic)].lower() == magic.lower():
            raise UnknownFormatError(name=path.name, looks_like=looks_like)
    encoding = guess_encoding(head)
    # The head may end inside a character; an incremental decoder keeps that back instead of mangling it.
    decoder = codecs.getincrementaldecoder(encoding)(_fallback(encoding))
    sample = decoder.decode(head, final=False).lstrip("\ufeff")
    if not sample.strip():
        raise EmptyInputError(name=path.name)
    if len(_CONTROL.findall(sample)) > _MAX_CONTROL_SHARE * len(sample):
        raise UnknownFormatError(name=path.name, looks_like=Words("berkas biner", "a binary file"))
    kind = _text_kind(sample, _suffix(path, packing))
    return Source(path, kind, packing, encoding, sample, whole=len(head) < SAMPLE_BYTES)


def guess_encoding(head: bytes) -> str:
    """Encoding by byte-order mark, else UTF-16 where every other byte is NUL, else UTF-8 (with fallback)."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    even, odd = head[0::2], head[1::2]
    if len(odd) >= 4 and odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(odd) >= 4 and even.count(0) > 0.6 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return "utf-8"


def _fallback(encoding: str) -> str:
    return "netra_windows_1252" if encoding.startswith("utf-8") else "replace"


def _suffix(path: Path, packing: Packing | None) -> str:
    return Path(path.stem).suffix.lower() if packing else path.suffix.lower()


def _text_kind(sample: str, suffix: str) -> Kind:
    """``{`` alone does not tell JSON from JSONL: many ``.json`` dumps hold one object a line."""
    start = sample.lstrip()
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    first, newline, rest = start.partition("\n")
    if start[0] == "{" and newline and rest.strip() and _is_object(first):
        return "jsonl"
    if suffix == ".json" or (suffix not in (".csv", ".tsv") and start[0] in "[{"):
        return "json"
    return "delimited"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
