"""What commands say of models and items that cannot be used: Indonesian first, English for ``--en``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from app.scoring.errors import ModelError

if TYPE_CHECKING:  # with it comes what answers requests
    from app.problems import Problem

_MODEL: Final[Mapping[str, str]] = {
    "model-missing": "bundel dengan nama itu tidak ada, atau belum ada yang aktif",
    "model-damaged": "ada berkas yang hilang, tidak terbaca, atau berubah",
    "model-other-version": "dibuat untuk format atau versi pustaka yang lain",
    "model-golden-mismatch": "prediksi acuannya tidak dihasilkan kembali di komputer ini",
}
#: What going back says instead: it names no bundle, and reads the history of models first.
NO_WAY_BACK: Final[Mapping[str, str]] = {
    "model-missing": "riwayat tidak mengenal model sebelumnya, atau bundelnya sudah tidak ada",
    "model-damaged": "model sebelumnya sudah berubah, atau riwayat model tidak utuh",
}
BROKEN_HISTORY: Final[Mapping[str, str]] = {"model-damaged": "riwayat model rusak atau diubah"}


def of_model(error: ModelError, en: bool = False, instead: Mapping[str, str] | None = None) -> str:
    """Why a model cannot be used, and in the second line what exactly is wrong; ``instead`` has other words for why."""
    if en:
        return f"{error.english} ({error.slug})"
    words = {**_MODEL, **(instead or {})}.get(error.slug, "bundelnya tidak dapat dipercaya")
    return f"{words} ({error.slug}).\nRincian: {error.indonesian}"


def of_problem(problem: Problem, en: bool = False) -> str:
    """A problem as the service has it, but for an address: commands have none."""
    if problem.members.get("reason") == "unknown_item":
        return "There is no item with this id" if en else "Tidak ada butir dengan id itu"
    return problem.title_en if en else problem.title_id
