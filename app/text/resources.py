"""Read the lexicon files in ``data/lexicon`` once; every file says at its head how it was made.

A file is UTF-8 text, one entry a line, tab-separated columns, ``#`` at the start of a line for a comment.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

#: Folder that holds ``lexicon``, ``watchlists``, ``rules`` and ``corpus``.
DATA_DIR = Path(__file__).resolve().parents[2] / "data"


def read_rows(name: str) -> list[list[str]]:
    """Rows of ``data/lexicon/<name>``, comments and blank lines left out."""
    lines = (DATA_DIR / "lexicon" / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("# ")]


@lru_cache(maxsize=1)
def confusables() -> dict[str, str]:
    """Characters that stand for a plain one: ``{"а" (Cyrillic): "a"}``."""
    return {row[0]: row[1] for row in read_rows("confusables.tsv")}


@lru_cache(maxsize=1)
def slang() -> dict[str, tuple[str, ...]]:
    """Informal spelling or abbreviation to its standard words: ``{"yg": ("yang",)}``."""
    return {row[0]: tuple(row[1].split()) for row in read_rows("slang.tsv")}


@lru_cache(maxsize=1)
def protected() -> dict[str, str]:
    """Words that the stemmer must not touch, each with the form to use instead of a stem."""
    return {row[0]: row[1] if len(row) > 1 and row[1] else row[0] for row in read_rows("protected.tsv")}


@lru_cache(maxsize=1)
def negators() -> frozenset[str]:
    """Standard forms of words that negate what follows them."""
    return frozenset(row[0] for row in read_rows("negators.tsv"))


@lru_cache(maxsize=1)
def emoji_words() -> dict[str, str]:
    """Emoji to the word that the model sees for it: ``{"✌": "jari_dua"}``."""
    return {row[0]: row[1] for row in read_rows("emoji.tsv")}


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Common Indonesian given and clan names (no particular person), lower case."""
    return frozenset(row[0] for row in read_rows("names.tsv"))


@lru_cache(maxsize=1)
def names_over_words() -> dict[str, frozenset[str]]:
    """Given names that are dictionary words too but meant as names, with the words that tell otherwise."""
    return {row[0]: frozenset(row[1].split() if len(row) > 1 else ()) for row in read_rows("names_over_words.tsv")}


@lru_cache(maxsize=1)
def regions() -> dict[str, str]:
    """Names and short names of provinces, regencies and cities, folded, several words joined by a space."""
    return {row[0]: row[1] for row in read_rows("regions.tsv")}


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Forms of address, offices and candidacy words that stand before a name, with their class."""
    return {row[0]: row[1] for row in read_rows("titles.tsv")}


@lru_cache(maxsize=1)
def campaign_words() -> dict[str, str]:
    """Stems of the stance lexicon with their class (call, wish, praise, blame, news …)."""
    return {row[0]: row[1] for row in read_rows("campaign.tsv")}


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Words too common to be a name wherever they stand."""
    return _listed("function")


@lru_cache(maxsize=1)
def office_words() -> frozenset[str]:
    """Offices and trades that follow a form of address without being a name (``pak lurah``)."""
    return _listed("office")


@lru_cache(maxsize=1)
def beside_names() -> frozenset[str]:
    """Roots that often follow a name with a capital of their own without being part of it (``Hendri Oke``).

    Function words and offices are not among them: those are no name wherever they stand.
    """
    return _listed("beside")


def _listed(group: str) -> frozenset[str]:
    return frozenset(row[0] for row in read_rows("not_names.tsv") if row[1] == group)


@lru_cache(maxsize=1)
def kamus() -> frozenset[str]:
    """Root words of Indonesian as shipped with PySastrawi, and the words added by this project."""
    text = (files("Sastrawi") / "Stemmer/data/kata-dasar.txt").read_text(encoding="utf-8")
    own = (row[0] for row in read_rows("words.tsv"))
    return frozenset(text.split()) | frozenset(own)
