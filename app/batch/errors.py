"""Everything that stops a whole run; a bad row never does (see ``table.Problem``).

    BatchError
    ├── InputError
    │   ├── NoInputError            no file was named
    │   ├── InputMissingError       the path is not a readable file
    │   ├── EmptyInputError         nothing in it
    │   ├── UnknownFormatError      binary, or a kind of file that is not read
    │   ├── DamagedInputError       cut off or broken in a way that rows cannot be told apart
    │   ├── InputTooLargeError      would not fit in bounded memory
    │   └── ColumnError
    │       ├── NoTextColumnError   no column looks like the text
    │       └── ColumnMissingError  the column asked for is not there
    └── OutputError
        ├── UnsupportedOutputError  the ending of OUT names no format
        ├── OutputIsInputError      OUT would overwrite an input
        ├── OutputTooLargeError     more rows than the format holds
        └── OutputWriteError        disk full, no permission, no such folder

``str(error)`` is Indonesian, ``error.english`` the same in English. No message holds text of a post: names of
files, counts and the names of columns the caller typed are all that is filled in.
"""

from __future__ import annotations

from typing import ClassVar


class BatchError(Exception):
    """Base of the tree. Subclasses carry both messages as templates; ``fields`` fill them."""

    indonesian: ClassVar[str] = "Berkas tidak dapat diproses."
    english_template: ClassVar[str] = "The file cannot be processed."

    def __init__(self, **fields: object) -> None:
        super().__init__(self.indonesian.format(**fields))
        self.english = self.english_template.format(**fields)
        self.fields = fields


class InputError(BatchError):
    """An input cannot be used; nothing was written."""


class NoInputError(InputError):
    indonesian = "Tidak ada berkas masukan."
    english_template = "No input file was given."


class InputMissingError(InputError):
    indonesian = "Berkas {name} tidak ada atau tidak boleh dibaca."
    english_template = "File {name} does not exist or may not be read."


class EmptyInputError(InputError):
    indonesian = "Berkas {name} kosong."
    english_template = "File {name} is empty."


class UnknownFormatError(InputError):
    indonesian = (
        "Berkas {name} bukan CSV, TSV, JSON, JSONL, Parquet, atau XLSX (tampaknya: {looks_like}). "
        "Simpan ulang sebagai salah satu format itu."
    )
    english_template = (
        "File {name} is not CSV, TSV, JSON, JSONL, Parquet or XLSX (it looks like: {looks_like}). "
        "Save it as one of these."
    )


class DamagedInputError(InputError):
    indonesian = "Berkas {name} rusak atau terpotong; unduh atau salin ulang."
    english_template = "File {name} is damaged or cut off; download or copy it again."


class InputTooLargeError(InputError):
    indonesian = "Berkas {name} terlalu besar untuk dibaca: {what} melebihi batas {limit}."
    english_template = "File {name} is too large to read: {what} exceeds the limit of {limit}."


class ColumnError(InputError):
    """The columns of an input do not serve."""


class NoTextColumnError(ColumnError):
    indonesian = (
        "Tidak ada kolom teks yang dikenali di antara {count} kolom berkas {name}. "
        "Beri nama salah satu kolom 'text' atau sebutkan dengan --text-column. "
        "Baris pertama berkas harus berisi nama kolom."
    )
    english_template = (
        "None of the {count} columns of file {name} is known as the text column. "
        "Name one of them 'text' or give its name with --text-column. "
        "The first line of the file must hold the column names."
    )


class ColumnMissingError(ColumnError):
    indonesian = "Kolom '{column}' tidak ada dalam berkas {name}."
    english_template = "File {name} has no column '{column}'."


class OutputError(BatchError):
    """The output cannot be written; what stood there before is untouched."""


class UnsupportedOutputError(OutputError):
    indonesian = "Akhiran berkas keluaran {name} tidak dikenal; gunakan {known}."
    english_template = "The ending of output file {name} is not known; use {known}."


class OutputIsInputError(OutputError):
    indonesian = "Berkas keluaran {name} sama dengan berkas masukan; pilih nama lain."
    english_template = "Output file {name} is also an input; choose another name."


class OutputTooLargeError(OutputError):
    indonesian = "Hasil melebihi {limit} baris, batas format XLSX; gunakan .csv atau .parquet."
    english_template = "The result exceeds {limit} rows, the limit of XLSX; use .csv or .parquet."


class OutputWriteError(OutputError):
    indonesian = "Berkas keluaran {name} tidak dapat ditulis ({why})."
    english_template = "Output file {name} cannot be written ({why})."
