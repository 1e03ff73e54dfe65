"""What the commands share: exit codes, how they fail, and the model they use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from pydantic import ValidationError

from app.cli import words
from app.cli.environment import unfit
from app.filefaults import why_not
from app.policy.errors import RulesError
from app.policy.rules import Rules, load_rules
from app.policy.types import Language, Words
from app.scoring.errors import ModelError
from app.scoring.pointer import ACTIVE, bundle_at
from app.settings import Settings

if TYPE_CHECKING:
    from app.scoring.scorer import BundleScorer  # numpy and the word lists: only commands that score load them
from app.watchlists.lists import Watchlists
from app.watchlists.load import read_files, read_folder, shipped
from app.watchlists.schema import WatchlistError

English = Annotated[bool, typer.Option("--en", help="Pesan galat dalam bahasa Inggris.")]
#: Of a command that says more than errors in English.
AllInEnglish = Annotated[bool, typer.Option("--en", help="Pesan dalam bahasa Inggris.")]
OwnLists = Annotated[
    list[Path] | None,
    typer.Option("--watchlist", help="Berkas daftar pantau sendiri; hanya isinya yang dicocokkan. Boleh diulang."),
]
Election = Annotated[str | None, typer.Option(help="Id pemilihan atau wilayah pada daftar pantau.")]

#: Exit codes: the command line or a setting was wrong (2), a file or whatever else was named is not there or cannot be
#: used (3), no model can be trusted (4). All of them stand in docs/operations.md.
BAD_USAGE, BAD_FILE, BAD_MODEL = 2, 3, 4
#: What is said where a file is read or written and it cannot be told which of both went wrong.
NO_READING = Words("Berkas tidak dapat dibaca atau ditulis", "The file cannot be read or written")
NO_LABELS = Words("Berkas berlabel tidak dapat dipakai", "The labelled file cannot be used")
ALL = Words("semua", "all")


#: What the command line asked for; the default is for who calls a command without one.
_asked: Final[ContextVar[Language]] = ContextVar("netra.language", default="id")


def speak(language: Language) -> None:
    """Have :func:`said`, :func:`warn` and :func:`fail` say in ``language`` what they are given in both."""
    _asked.set(language)


def said(words: Words) -> str:
    """``words`` in the language that the command line asked for."""
    return words.to(_asked.get())


def plain_figure(value: float | None) -> str:
    """A number for a table: of three places, a count as it is, a dash where there is none."""
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def figure(value: float | None) -> str:
    """A number of three places within a sentence, with the decimal sign of its language; a dash where there is none."""
    if value is None:
        return "-"
    return f"{value:.3f}" if _asked.get() == "en" else f"{value:.3f}".replace(".", ",")


def warn(message: str | Words) -> None:
    """Say something on stderr."""
    typer.echo(said(message) if isinstance(message, Words) else message, err=True)


def fail(message: str | Words, code: int) -> NoReturn:
    """Say why on stderr and leave with ``code``."""
    warn(message)
    sys.exit(code)


def language(en: bool) -> Language:
    """The language of messages."""
    return "en" if en else "id"


def fail_for_model(error: ModelError, en: bool = False) -> NoReturn:
    """Say why the model cannot be used and leave with ``BAD_MODEL``."""
    fail(f"{'The model cannot be used' if en else 'Model tidak dapat dipakai'}: {words.of_model(error, en)}", BAD_MODEL)


def fail_for_file(error: OSError | UnicodeDecodeError, what: Words, en: bool = False) -> NoReturn:
    """Say what cannot be done with a file and why, and leave with ``BAD_FILE``."""
    told = language(en)
    fail(f"{what.to(told)}: {why_not(error).to(told)}", BAD_FILE)


@contextmanager
def said_of_files(en: bool) -> Iterator[None]:
    """Say what is wrong with files that were given or named, and leave with ``BAD_FILE``."""
    from app.batch.errors import BatchError

    try:
        yield
    except BatchError as error:
        fail(error.english if en else str(error), BAD_FILE)


def read_settings() -> Settings:
    """The settings; leaves with ``BAD_USAGE`` and the names of those that do not fit, and what would."""
    try:
        return Settings()
    except ValidationError as error:
        fail(unfit(error), BAD_USAGE)


def models_dir() -> Path:
    """The models folder of the settings; a relative one that is not here is looked for beside the code."""
    folder = read_settings().models_dir
    return folder if folder.is_absolute() or folder.is_dir() else Path(__file__).resolve().parents[2] / folder


def active_name(folder: Path) -> str | None:
    """Name of the bundle that ``folder``/ACTIVE points to; ``None`` where there is none or it cannot be read."""
    try:
        return next(iter((folder / ACTIVE).read_text(encoding="ascii").split()), None)
    except (OSError, UnicodeDecodeError):
        return None


def bundle_folder(name: str | None = None) -> Path | None:
    """Folder of the bundle that :func:`load_scorer` takes; ``None`` where none is named and none is active."""
    folder = models_dir()
    if name is None and (setting := read_settings().model):
        return bundle_at(folder, setting)
    name = name or active_name(folder)
    return folder / name if name else None


def load_scorer(name: str | None = None, en: bool = False) -> BundleScorer:
    """Scorer of the bundle named here, of the one that ``NETRA_MODEL`` names, or of the active one.

    Leaves with ``BAD_MODEL`` when it cannot be trusted.
    """
    from app.scoring.bundle import load_active, load_set

    try:
        return load_active(models_dir(), name) if name else load_set(models_dir(), read_settings().model)
    except ModelError as error:
        fail_for_model(error, en)


def watchlists(files: list[Path] | None = None) -> Watchlists:
    """Lists of the named files, or those of the settings; leaves with ``BAD_FILE`` and every fault found.

    Files without parties keep the shipped ones: parties stand in every election.
    """
    try:
        if files:
            return read_files(files, shipped().parties)
        folder = read_settings().watchlists_dir
        return shipped() if folder is None else read_folder(folder)
    except WatchlistError as error:
        told = Words("Daftar pantau tidak dapat dipakai", "The watchlists cannot be used (why, in Indonesian)")
        fail(Words(*(f"{start}:\n{error}" for start in told)), BAD_FILE)


def rules() -> Rules:
    """The rules that come with Netra; leaves with ``BAD_FILE`` when they cannot be used."""
    try:
        return load_rules()
    except RulesError as error:
        told = Words("Berkas aturan tidak dapat dipakai", "The rules cannot be used (why, in Indonesian)")
        fail(Words(*(f"{start}:\n{error}" for start in told)), BAD_FILE)
