"""Score one partition of a data frame: the same function for Dask, Spark, Ray, or pandas alone.

Rows come out as they do from ``netra score``: the same answers, the rejected ones with their reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from app.batch.answers import APPENDED, Answer
from app.batch.columns import ColumnFinder, Columns
from app.batch.frames import answer_arrays, appended_fields
from app.batch.job import Origin, read_by, score_rows
from app.batch.loaded import scorer_of
from app.batch.options import ScoreOptions
from app.batch.remembered import Remembering
from app.batch.summary import Counts
from app.batch.table import Row, label_columns
from app.batch.values import values_of
from app.batch.workers import Model
from app.scoring.types import Scorer


def score_frame(frame: pd.DataFrame, scorer: Scorer | Model, options: ScoreOptions | None = None) -> pd.DataFrame:
    """The frame with Netra's columns appended, those of an earlier run replaced; its own columns are not touched.

    A ``Model`` is loaded once a process, and not at all for an empty frame, so an empty frame gives the columns and
    types of the result. Rejected rows are numbered by the frame's index where it holds integers (from 0), else by
    their place. Options about files and processes mean nothing here. Raises ``ColumnError`` and ``ModelError``.
    """
    options = options or ScoreOptions()
    labels = label_columns(map(str, frame.columns))
    origin = Origin(ColumnFinder(options.text_column).require(_Frame(labels)))
    answers: list[Answer] = []
    remembering: Remembering | None = None
    for start in range(0, len(frame), options.chunk_rows):
        rows = _rows(frame.iloc[start : start + options.chunk_rows], list(labels), origin.columns, start)
        remembering = remembering or Remembering(scorer_of(scorer))
        answers += score_rows(rows, origin, remembering, options.asked(), Counts())
    kept = [place for place, name in enumerate(labels.values()) if name.strip().casefold() not in APPENDED]
    return frame.iloc[:, kept].assign(**_appended(answers, frame.index))


@dataclass
class _Frame:
    """A frame as the finder of columns wants to see it."""

    names: dict[str, str]
    path: Path = Path("tabel")


def _rows(frame: pd.DataFrame, labels: list[str], columns: Columns, start: int) -> list[Row]:
    """Rows with the cells that an item is made of."""
    wanted = read_by(columns)
    cells = {label: _values(frame.iloc[:, place]) for place, label in enumerate(labels) if label in wanted}
    numbers = frame.index if pd.api.types.is_integer_dtype(frame.index) else range(start, start + len(frame))
    return [
        Row(int(number) + 1, {label: values[place] for label, values in cells.items()})
        for place, number in enumerate(numbers)
    ]


def _values(column: pd.Series) -> list[object]:
    """Python values as Arrow gives them, ``None`` for all that pandas calls missing."""
    try:
        return values_of(pa.array(column, from_pandas=True))
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # objects of several types
        return [None if value is None or value != value else value for value in column.tolist()]


def _appended(answers: list[Answer], index: pd.Index) -> Mapping[str, pd.Series]:
    fields = appended_fields(APPENDED)
    arrays = answer_arrays(answers, APPENDED)
    return {
        field.name: pd.Series(pd.arrays.ArrowExtensionArray(array), index=index)
        for field, array in zip(fields, arrays, strict=True)
    }
