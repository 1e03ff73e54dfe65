"""Everything that stops a whole run; a bad row never does (see ``table.Problem``).

    BatchError
    ├── InputError
    │   ├── NoInputError            no file was named
    │   ├── InputMissingError       the path is not a readable file
    │   │   └── InputIsFolderError  but a folder
    │   ├── EmptyInputError         nothing in it
    │   ├── UnknownFormatError      binary, or a kind of file that is not read
    │   ├── NoObjectsError          JSON without any object
    │   ├── DamagedInputError       cut off or broken in a way that rows cannot be told apart
    │   ├── InputTooLargeError      would not fit in bounded memory
    │   └── ColumnError
    │       ├── NoTextColumnError   no column looks like the text
    │       │   ├── NoTextInHeaderError  of a file whose first line names them
    │       │   │   ├── OneColumnError      that has one column only, perhaps of an unknown delimiter
    │       │   │   └── NoTextInSheetError  of a workbook with further sheets
    │       │   └── NoTextKeyError  no key of JSON objects does
    │       └── ColumnMissingError  the column asked for is not there
    │           └── ColumnNotInSheetError  of a workbook with further sheets
    ├── OutputError
    │   ├── UnsupportedOutputError  the ending of OUT names no format
    │   ├── OutputIsInputError      OUT would overwrite an input
    │   ├── OutputTwiceError        the summary would overwrite OUT
    │   ├── OutputTooLargeError     more rows than the format holds
    │   ├── OutputWriteError        disk full, no permission, no such folder
    │   └── OutputBusyError         another run writes OUT at this moment
    ├── LeftoverError
    │   ├── UnfinishedError         an earlier run stopped half way, and nobody said what to do about it
    │   ├── OtherRunError           it was about something else
    │   │   ├── OtherInputsError
    │   │   ├── OtherModelError     model or watchlists
    │   │   ├── OtherOptionsError
    │   │   └── OtherVersionError   of Netra
    │   └── DamagedLeftoverError    its files were changed or do not fit together
    ├── WorkersDiedError            processes die again and again
    └── ClusterError
        ├── ClusterMissingError     the library for it is not installed
        ├── ClusterSilentError      nobody answers at the address
        ├── AddressError            an address that no file system here understands
        ├── NotParquetError         a cluster reads Parquet only
        ├── FolderInUseError        OUT is a folder that holds something already
        └── PieceFailedError        a piece failed again and again

``str(error)`` is Indonesian, ``error.english`` the same in English. No message holds text of a post: names of
files and sheets, counts and the names of columns the caller typed are all that is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from app.policy.types import Language, Words

_OTHER_SHEETS: Final = Words(
    "Hanya lembar “{title}” yang dibaca; {others} lembar lain tidak. "
    "Simpan lembar yang dimaksud sebagai berkas tersendiri.",
    "Only the sheet “{title}” is read, {others} others are not. Save the one you mean as a file of its own.",
)
_JSON_SHAPES: Final = Words(
    "Unggahan harus berupa satu objek per baris, atau larik objek: di tingkat teratas, "
    "atau di bawah kunci items, data, results, rows, posts, tweets, atau comments.",
    "Posts must be one object a line, or an array of objects: at the top, "
    "or under the key items, data, results, rows, posts, tweets or comments.",
)


class BatchError(Exception):
    """Base of the tree. Subclasses carry both messages as templates; ``fields`` fill them, ``Words`` in each."""

    indonesian: ClassVar[str] = "Berkas tidak dapat diproses."
    english_template: ClassVar[str] = "The file cannot be processed."

    def __init__(self, **fields: object) -> None:
        super().__init__(self.indonesian.format(**_said(fields, "id")))
        self.english = self.english_template.format(**_said(fields, "en"))
        self.fields = fields

    def about(self, name: str) -> BatchError:
        """The same error of a file by another ``name``, where it names one."""
        return type(self)(**{**self.fields, "name": name}) if "name" in self.fields else self

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors of worker processes come back pickled; by default that would call without the fields' names."""
        return _rebuilt, (type(self), self.fields)


def _said(fields: Mapping[str, object], language: Language) -> dict[str, object]:
    return {name: value.to(language) if isinstance(value, Words) else value for name, value in fields.items()}


def _rebuilt(kind: type[BatchError], fields: dict[str, object]) -> BatchError:
    return kind(**fields)


class InputError(BatchError):
    """An input cannot be used; nothing was written."""


class NoInputError(InputError):
    indonesian = "Tidak ada berkas masukan."
    english_template = "No input file was given."


class InputMissingError(InputError):
    indonesian = "Berkas {name} tidak ada atau tidak boleh dibaca."
    english_template = "File {name} does not exist or may not be read."


class InputIsFolderError(InputMissingError):
    indonesian = "{name} adalah folder, bukan berkas; sebutkan berkas-berkas di dalamnya."
    english_template = "{name} is a folder, not a file; name the files in it."


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


class NoObjectsError(InputError):
    indonesian = f'Dalam berkas {{name}} tidak ada objek JSON seperti {{{{"text": "isi unggahan"}}}}. {_JSON_SHAPES.id}'
    english_template = (
        f'File {{name}} holds no JSON object such as {{{{"text": "words of the post"}}}}. {_JSON_SHAPES.en}'
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
        "Beri nama salah satu kolom 'text' atau sebutkan dengan --text-column."
    )
    english_template = (
        "None of the {count} columns of file {name} is known as the text column. "
        "Name one of them 'text' or give its name with --text-column."
    )


class NoTextInHeaderError(NoTextColumnError):
    indonesian = f"{NoTextColumnError.indonesian} Baris pertama berkas harus berisi nama kolom."
    english_template = f"{NoTextColumnError.english_template} The first line of the file must hold the column names."


class NoTextKeyError(NoTextColumnError):
    indonesian = (
        "Tidak ada kunci teks yang dikenali di antara {count} kunci objek JSON berkas {name}. "
        f"Beri nama salah satu kunci 'text' atau sebutkan dengan --text-column. {_JSON_SHAPES.id}"
    )
    english_template = (
        "None of the {count} keys of the JSON objects of file {name} is known as the text. "
        f"Name one of them 'text' or give its name with --text-column. {_JSON_SHAPES.en}"
    )


class OneColumnError(NoTextInHeaderError):
    indonesian = (
        "Dalam berkas {name} hanya ditemukan {count} kolom, dan namanya tidak dikenal sebagai teks. "
        "Kolom harus dipisahkan koma, titik koma, tab, atau |, dan baris pertama harus berisi nama kolom. "
        "Bila memang hanya satu, beri nama 'text' atau sebutkan dengan --text-column."
    )
    english_template = (
        "In file {name} only {count} column was found, and its name is not known as the text. "
        "Columns must be separated by comma, semicolon, tab or |, and the first line must hold their names. "
        "If there is only one indeed, name it 'text' or give its name with --text-column."
    )


class NoTextInSheetError(NoTextInHeaderError):
    indonesian = f"{NoTextInHeaderError.indonesian} {_OTHER_SHEETS.id}"
    english_template = f"{NoTextInHeaderError.english_template} {_OTHER_SHEETS.en}"


class ColumnMissingError(ColumnError):
    indonesian = "Kolom '{column}' tidak ada dalam berkas {name}."
    english_template = "File {name} has no column '{column}'."


class ColumnNotInSheetError(ColumnMissingError):
    indonesian = f"{ColumnMissingError.indonesian} {_OTHER_SHEETS.id}"
    english_template = f"{ColumnMissingError.english_template} {_OTHER_SHEETS.en}"


class OutputError(BatchError):
    """The output cannot be written; what stood there before is untouched."""


class UnsupportedOutputError(OutputError):
    indonesian = "Akhiran berkas keluaran {name} tidak dikenal; gunakan {known}."
    english_template = "The ending of output file {name} is not known; use {known}."


class OutputIsInputError(OutputError):
    indonesian = "Berkas keluaran {name} sama dengan berkas masukan; pilih nama lain."
    english_template = "Output file {name} is also an input; choose another name."


class OutputTwiceError(OutputError):
    indonesian = "Ringkasan dan hasil sama-sama ditulis ke {name}; pilih dua nama yang berbeda."
    english_template = "The summary and the result would both be written to {name}; choose two names."


class OutputTooLargeError(OutputError):
    indonesian = "Hasil melebihi {limit} baris, batas format XLSX; gunakan .csv atau .parquet."
    english_template = "The result exceeds {limit} rows, the limit of XLSX; use .csv or .parquet."


class OutputWriteError(OutputError):
    indonesian = "Berkas keluaran {name} tidak dapat ditulis ({why})."
    english_template = "Output file {name} cannot be written ({why})."


class OutputBusyError(OutputError):
    indonesian = "Berkas keluaran {name} sedang ditulis oleh proses netra lain."
    english_template = "Output file {name} is being written by another netra process."


class LeftoverError(BatchError):
    """An earlier run left ``OUT.part`` and ``OUT.journal``; they are untouched."""


class UnfinishedError(LeftoverError):
    indonesian = (
        "Ada pekerjaan yang belum selesai untuk {name}: {rows} baris sudah dinilai. "
        "Lanjutkan dengan --resume, atau buang dan mulai dari awal dengan --restart."
    )
    english_template = (
        "There is an unfinished run for {name}: {rows} rows were scored. "
        "Go on with --resume, or throw it away and start anew with --restart."
    )


class OtherRunError(LeftoverError):
    """The earlier run was about something else."""


class OtherInputsError(OtherRunError):
    indonesian = (
        "Pekerjaan yang belum selesai untuk {name} tidak dapat dilanjutkan: berkas masukan sudah berbeda. "
        "Pakai yang semula, atau mulai dari awal dengan --restart."
    )
    english_template = (
        "The unfinished run for {name} cannot be gone on with: the inputs are others, or were changed. "
        "Use the same as before, or start anew with --restart."
    )


class OtherModelError(OtherRunError):
    indonesian = (
        "Pekerjaan yang belum selesai untuk {name} tidak dapat dilanjutkan: model atau daftar pantau sudah berbeda. "
        "Pakai yang semula, atau mulai dari awal dengan --restart."
    )
    english_template = (
        "The unfinished run for {name} cannot be gone on with: the model or the watchlists are others. "
        "Use the same as before, or start anew with --restart."
    )


class OtherOptionsError(OtherRunError):
    indonesian = (
        "Pekerjaan yang belum selesai untuk {name} tidak dapat dilanjutkan: pilihan perintah sudah berbeda. "
        "Pakai yang semula, atau mulai dari awal dengan --restart."
    )
    english_template = (
        "The unfinished run for {name} cannot be gone on with: the options are others. "
        "Use the same as before, or start anew with --restart."
    )


class OtherVersionError(OtherRunError):
    indonesian = (
        "Pekerjaan yang belum selesai untuk {name} tidak dapat dilanjutkan: versi Netra sudah berbeda. "
        "Pakai yang semula, atau mulai dari awal dengan --restart."
    )
    english_template = (
        "The unfinished run for {name} cannot be gone on with: the version of Netra is another. "
        "Use the same as before, or start anew with --restart."
    )


class DamagedLeftoverError(LeftoverError):
    indonesian = (
        "Pekerjaan yang belum selesai untuk {name} tidak dapat dilanjutkan: {file} rusak atau telah diubah. "
        "Mulai dari awal dengan --restart."
    )
    english_template = (
        "The unfinished run for {name} cannot be gone on with: {file} is damaged or was changed. "
        "Start anew with --restart."
    )


class WorkersDiedError(BatchError):
    indonesian = (
        "Proses penilai terus berhenti ({count} kali); mungkin memori kurang. "
        "Coba lagi dengan --workers yang lebih kecil; yang sudah dinilai tersimpan, lanjutkan dengan --resume."
    )
    english_template = (
        "Scoring processes keep dying ({count} times); there may be too little memory. "
        "Try again with fewer --workers; what was scored is kept, go on with --resume."
    )


class ClusterError(BatchError):
    """A run on a cluster cannot be carried out."""


class ClusterMissingError(ClusterError):
    indonesian = "Untuk --dask pasang dahulu: pip install 'netra[cluster]'."
    english_template = "For --dask install first: pip install 'netra[cluster]'."


class ClusterSilentError(ClusterError):
    indonesian = "Penjadwal Dask di {address} tidak menjawab."
    english_template = "The Dask scheduler at {address} does not answer."


class AddressError(ClusterError):
    indonesian = "Alamat {name} tidak dapat dibuka ({why})."
    english_template = "Address {name} cannot be opened ({why})."


class NotParquetError(ClusterError):
    indonesian = "Berkas {name} bukan Parquet; dengan --dask hanya Parquet yang dibaca. Ubah dahulu ke Parquet."
    english_template = "File {name} is not Parquet; with --dask only Parquet is read. Convert it to Parquet first."


class FolderInUseError(ClusterError):
    indonesian = (
        "Folder keluaran {name} tidak kosong. Pilih folder lain; pekerjaan --dask yang terhenti di situ dapat "
        "dilanjutkan dengan --resume atau dibuang dengan --restart."
    )
    english_template = (
        "Output folder {name} is not empty. Choose another; an unfinished --dask run in it can be gone on with "
        "by --resume or thrown away by --restart."
    )


class PieceFailedError(ClusterError):
    indonesian = (
        "Bagian {name} berulang kali gagal di klaster ({why}). Bagian lain yang selesai tersimpan; "
        "lanjutkan dengan --resume."
    )
    english_template = (
        "Piece {name} failed again and again on the cluster ({why}). Other pieces that were done are kept; "
        "go on with --resume."
    )
