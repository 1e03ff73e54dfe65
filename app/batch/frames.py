"""Scored rows as Arrow record batches: input columns keep the type that Parquet gave them, all others are strings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from app.batch.answers import APPENDED, SOURCE_COLUMN, Answer
from app.batch.table import Row, as_text
from app.batch.values import values_of

#: Half a character pair: no encoding but UTF-16 can hold it.
SURROGATE = re.compile("[\ud800-\udfff]")
_APPENDED_TYPES = {"netra_flagged": pa.bool_(), "netra_score": pa.float64()}


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of an output: input columns by label with their names as written, and whether a source is appended.

    ``types`` holds the Arrow types of those input columns that have one.
    """

    names: Mapping[str, str]
    types: Mapping[str, Any]
    with_source: bool

    def appended(self) -> tuple[str, ...]:
        return (*APPENDED, SOURCE_COLUMN) if self.with_source else APPENDED


class Named(Protocol):
    """The columns of an input: names as written by label, and Arrow types by label where there are any."""

    @property
    def names(self) -> Mapping[str, str]: ...

    @property
    def types(self) -> Mapping[str, Any]: ...


def layout_of(inputs: Sequence[Named], with_source: bool) -> Layout:
    """Union of the input columns in order of appearance, without those that Netra writes itself."""
    replaced = {*APPENDED, SOURCE_COLUMN} if with_source else {*APPENDED}
    names: dict[str, str] = {}
    for one in inputs:
        for label, name in one.names.items():
            names.setdefault(label, name)
    kept = {label: name for label, name in names.items() if name.strip().casefold() not in replaced}
    return Layout(kept, _common_types(inputs, kept), with_source)


def _common_types(inputs: Sequence[Named], names: Mapping[str, str]) -> dict[str, Any]:
    """Arrow types of the columns that have one and the same in every input that has the column."""
    common: dict[str, Any] = {}
    for label in names:
        kinds = [one.types.get(label) for one in inputs if label in one.names]
        if kinds[0] is not None and all(kind == kinds[0] for kind in kinds):
            common[label] = kinds[0]
    return common


def schema_of(layout: Layout) -> pa.Schema:
    """Labels of the input columns, then the appended ones."""
    own = [pa.field(label, layout.types.get(label, pa.string())) for label in layout.names]
    return pa.schema([*own, *appended_fields(layout.appended())])


def appended_fields(names: Collection[str]) -> list[pa.Field]:
    """Arrow fields of the columns that Netra appends."""
    return [pa.field(name, _APPENDED_TYPES.get(name, pa.string())) for name in names]


def batch_of_rows(rows: Sequence[Row], answers: Sequence[Answer], layout: Layout) -> pa.RecordBatch:
    """Rows that were read one by one."""
    schema = schema_of(layout)
    own = [schema.field(label) for label in layout.names]
    columns = [array_of([row.cells.get(field.name) for row in rows], field.type) for field in own]
    return pa.RecordBatch.from_arrays(columns + answer_arrays(answers, layout.appended()), schema=schema)


def batch_of_columns(
    columns: Mapping[str, pa.Array], answers: Sequence[Answer], layout: Layout, size: int
) -> pa.RecordBatch:
    """``size`` rows that were read as columns; those of the right type are passed on untouched."""
    schema = schema_of(layout)
    own = [fitted(columns.get(label), schema.field(label).type, size) for label in layout.names]
    return pa.RecordBatch.from_arrays(own + answer_arrays(answers, layout.appended()), schema=schema)


def fitted(column: pa.Array | None, kind: pa.DataType, size: int) -> pa.Array:
    """A column as the type ``kind``; nulls where there is none."""
    if column is None:
        return pa.nulls(size, kind)
    if pa.types.is_dictionary(column.type) and column.type.value_type == kind:
        return column.dictionary_decode()
    return column if column.type == kind else array_of(values_of(column), kind)


def answer_arrays(answers: Sequence[Answer], names: Collection[str]) -> list[pa.Array]:
    """The appended columns, one array each."""
    cells = [answer.cells() for answer in answers]
    return [array_of([one[field.name] for one in cells], field.type) for field in appended_fields(names)]


def array_of(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values as an array; where it holds strings, whatever comes is turned into text.

    Kinds that Netra appends are laid out here: before ``pa.array`` looks at anything it imports pandas where that is
    installed, 1.8 processor seconds and 60 MB in each process.
    """
    if kind == pa.string():
        return _strings(values)
    if kind == pa.bool_():
        return pa.Array.from_buffers(kind, len(values), [_known(values), _bits(map(bool, values))])
    if kind == pa.float64():
        numbers = np.array([0.0 if value is None else value for value in values], np.float64)
        return pa.Array.from_buffers(kind, len(values), [_known(values), pa.py_buffer(numbers)])
    return pa.array(values, type=kind)


def _strings(values: Sequence[Any]) -> pa.Array:
    cells = [b"" if value is None else utf8(as_text(value)) for value in values]
    ends = np.fromiter(accumulate(map(len, cells), initial=0), np.int32, len(cells) + 1)
    content = pa.py_buffer(b"".join(cells))
    return pa.StringArray.from_buffers(len(cells), pa.py_buffer(ends), content, _known(values))


def _known(values: Sequence[Any]) -> pa.Buffer | None:
    """Which values are there; ``None`` when all are."""
    return _bits(value is not None for value in values) if None in values else None


def _bits(values: Iterable[bool]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(np.fromiter(values, np.bool_), bitorder="little"))


def utf8(text: str) -> bytes:
    """UTF-8, half character pairs replaced."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return SURROGATE.sub("\ufffd", text).encode()
