"""Labels of posts that are not in this repository, put together with the posts where somebody has them.

``data/readings/*.tsv`` names a post by the beginning of its SHA-256 and holds no text:
``python -m training.readings FOLDER OUT.csv`` finds the posts in the scraped files of a folder and writes the labelled
file that ``--extra`` takes. The same files give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.batch.columns import ColumnFinder, item_of
from app.batch.errors import InputError
from app.batch.readers import open_table
from app.policy.types import Words
from app.scoring.types import Item
from app.text.resources import DATA_DIR
from training.examples import Example, ExampleError, from_row

#: Columns of a file of readings, the key first; those of a labelled file are the same with the text for its key.
COLUMNS = ("key", "label", "sure", "kind", "election", "platform", "source")
#: Hexadecimal digits of the key: no two of a million posts share one but by a chance of one in forty million.
KEY = 16
READINGS = DATA_DIR / "readings"


def key_of(text: str) -> str:
    """What stands for a text; nobody can read the text from it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:KEY]


def read_readings(folder: Path = READINGS) -> list[dict[str, str]]:
    """All readings of ``folder/*.tsv`` in file and line order, by column."""
    lines = [line for path in sorted(folder.glob("*.tsv")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines if line and not line.startswith("# ")]


def posts_in(folder: Path) -> Iterator[str]:
    """The text of every row of every file in ``folder`` that can be read as a table, as ``netra score`` reads it.

    Of a row that would be rejected it is empty.
    """
    finder = ColumnFinder()
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        try:
            table = open_table(path, finder)
            columns = finder.require(table)
        except InputError:
            continue
        for row in table.rows():
            item = item_of(row, columns)
            yield item.text if isinstance(item, Item) else ""


def labelled(folder: Path, readings: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of a labelled file, in the order of the readings.

    Raises ``ExampleError`` when a post is not in the folder: training must learn from the same wherever it runs.
    """
    texts = {key_of(text): text for text in posts_in(folder)}
    missing = [reading for reading in readings if reading["key"] not in texts]
    if missing:
        count = f"{len(missing)} / {len(readings)}"
        raise ExampleError(
            folder.name, Words(f"unggahan berlabel tidak ditemukan: {count}", f"labelled posts not found: {count}")
        )
    return [{"text": texts[reading["key"]], **{name: reading[name] for name in COLUMNS[1:]}} for reading in readings]


def scraped(folder: Path) -> list[Example]:
    """The labelled posts of ``folder`` as training reads them. Raises ``ExampleError`` when one is not there."""
    return [from_row(row, f"{folder.name}:{k}") for k, row in enumerate(labelled(folder, read_readings()), 1)]


def written(folder: Path, out: Path) -> Path:
    """Write the labelled posts of ``folder`` to ``out``. Raises ``ExampleError`` when one of them is not there."""
    content = io.StringIO()
    writer = csv.DictWriter(content, ("text", *COLUMNS[1:]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(labelled(folder, read_readings()))
    out.write_text(content.getvalue(), encoding="utf-8", newline="")
    return out


if __name__ == "__main__":
    try:
        written(Path(sys.argv[1]), Path(sys.argv[2]))
    except ExampleError as error:
        sys.exit(error.english)
