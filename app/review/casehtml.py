"""The case file as a page to print: Indonesian, one file without anything to load, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.policy.wording import PHASE_NAMES, SANCTIONS
from app.review.acts import is_day, to_wib
from app.review.spans import segments
from app.review.words import ACTION_NAMES, BAND_NAMES, KIND_NAMES, LABEL_NAMES, STATE_NAMES
from app.templates import environment_of

if TYPE_CHECKING:
    from jinja2 import Template

#: Features that are printed; all of them are in the JSON file.
SHOWN_FEATURES: Final = 40
TEXT_NAMES: Final = {
    "text": "Tulisan sendiri",
    "target_text": "Isi yang ditanggapi",
    "media_text": "Tulisan dalam gambar",
}
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_NO_FEATURES: Final = {
    "model_missing": "bundel model versi ini tidak ada di sini",
    "manifest": "bundel model versi ini bukan yang dipakai saat menilai",
    "model_unusable": "bundel model versi ini tidak dapat dipakai",
}


def case_html(case: Mapping[str, Any]) -> str:
    """The page of a complete case file; a lone surrogate is shown as ``?``."""
    texts = [
        (TEXT_NAMES[field], segments(case["act"].get(field) or "", case["verdict"]["evidence"], field))
        for field in TEXT_NAMES
    ]
    page = _template().render(case=case, texts=[(name, cut) for name, cut in texts if cut])
    return page.encode("utf-8", "replace").decode("utf-8")


def in_wib(text: str | None, given: str | None = None) -> str:
    """``3 November 2031 pukul 19.05.00 WIB`` for an ISO 8601 moment, ``tidak diketahui`` for none.

    ``given`` is the time as it was sent: of a day alone no time is said.
    """
    if text is None:
        return "tidak diketahui"
    when = to_wib(datetime.fromisoformat(text))
    if is_day(given):
        return day_name(when.date())
    return f"{day_name(when.date())} pukul {when:%H.%M.%S} WIB"


def day_name(day: date | str) -> str:
    """``3 November 2031``."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def decimal(value: float, places: int = 2, *, signed: bool = False) -> str:
    """``+1,25``: with a decimal comma."""
    return f"{value:{'+' if signed else ''}.{places}f}".replace(".", ",")


@lru_cache(maxsize=1)
def _template() -> Template:
    made = environment_of(Path(__file__).with_name("templates"))
    made.filters.update(wib=in_wib, day=day_name, decimal=decimal)
    made.globals.update(
        shown=SHOWN_FEATURES,
        no_features=_NO_FEATURES,
        actions={name: words.id for name, words in ACTION_NAMES.items()},
        bands={name: words.id for name, words in BAND_NAMES.items()},
        kinds={name: words.id for name, words in KIND_NAMES.items()},
        labels={name: words.id for name, words in LABEL_NAMES.items()},
        states={name: words.id for name, words in STATE_NAMES.items()},
        phases={name: words.id for name, words in PHASE_NAMES.items()},
        sanctions={name: words.id for name, words in SANCTIONS.items()},
    )
    return made.get_template("casefile.html")
