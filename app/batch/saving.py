"""Put an output in place whole or not at all, and tell its format and packing from its name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from app.batch.errors import BatchError, OutputWriteError, UnsupportedOutputError
from app.filefaults import name_of, why_not

Format = Literal["csv", "tsv", "jsonl", "json", "parquet", "xlsx"]
_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}
_PACKINGS = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class OutputForm:
    """What an output's name asks for; ``packing`` is ``""``, ``".gz"`` or ``".zst"``."""

    format: Format
    packing: str = ""


def output_form(output: Path) -> OutputForm:
    """Format by the ending of the name. Raises ``UnsupportedOutputError``."""
    packing = output.suffix.lower() if output.suffix.lower() in _PACKINGS else ""
    bare = Path(output.stem) if packing else output
    form = _ENDINGS.get(bare.suffix.lower())
    if form is None or (packing and form in ("parquet", "xlsx")):
        known = ", ".join([*_ENDINGS, *(f".csv{packed}" for packed in _PACKINGS)])
        raise UnsupportedOutputError(name=name_of(output), known=known)
    return OutputForm(form, packing)


@contextmanager
def replaced_when_done(output: Path, beside: Path | None = None) -> Iterator[IO[bytes]]:
    """A new file beside ``output`` that takes its place when the block ends well and is removed when it does not.

    ``beside`` names that file; what a run that was killed left under this name is overwritten. Raises
    ``OutputWriteError`` for what the system refuses; an older ``output`` is then untouched.
    """
    part = beside or output.with_name(f".{output.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb" if beside else "xb") as raw:
            yield raw
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(output)
        sync_folder(output.parent)
    except BatchError:
        raise
    except OSError as error:
        raise OutputWriteError(name=output.name, why=why_not(error)) from error
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system lets a folder be opened."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
