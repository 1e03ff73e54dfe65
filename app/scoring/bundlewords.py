"""What can be wrong with a bundle, said in both languages."""

from __future__ import annotations

from typing import Final

from app.policy.types import Words
from app.scoring.errors import NoModel

NONE_ACTIVE: Final = Words(
    "tidak ada model aktif: models/ACTIVE tidak ada, tidak terbaca, atau tidak menunjuk ke bundel mana pun",
    "no active model: models/ACTIVE is missing, unreadable or points nowhere",
)
OTHER_MANIFEST: Final = Words(
    "manifes model aktif bukan lagi manifes saat diaktifkan",
    "the active model's manifest is not the one that was activated",
)
NO_MANIFEST: Final = Words("manifes model tidak terbaca", "the model's manifest cannot be read")
NOT_A_MANIFEST: Final = Words("manifes model tidak berisi manifes", "the model's manifest is not a manifest")
FILES_NOT_NAMED: Final = Words(
    "manifes model tidak menyebut semua berkas", "the model's manifest does not name every file"
)
NOT_FITTING: Final = Words("berkas-berkas model tidak cocok satu sama lain", "the model's files do not fit together")
CHANGED: Final = Words("model berubah selagi dipakai", "the model was changed while it was in use")
NO_GOLDEN: Final = Words("prediksi acuan model tidak terbaca", "the model's golden predictions cannot be read")
GOLDEN_EMPTY: Final = Words("model tidak punya prediksi acuan", "the model has no golden predictions")


def no_bundle(name: str) -> NoModel:
    """The error of a bundle that was asked for by a name that none has."""
    shown = repr(name[:100])
    return NoModel(Words(f"tidak ada bundel model bernama {shown}", f"no model bundle named {shown}"))


def no_file(name: str) -> Words:
    """Of a file that the manifest names."""
    return Words(
        f"berkas model {name} tidak ada atau tidak terbaca", f"the model's file {name} is missing or unreadable"
    )


def other_file(name: str) -> Words:
    """Of a file that is not the one that was written."""
    return Words(
        f"sidik (SHA-256) berkas model {name} berbeda dari yang ditulis manifes",
        f"the model's file {name} has another hash than the manifest",
    )


def other_format(found: object, read: int) -> Words:
    """Of a bundle in a format that is not the one that is ``read`` here."""
    return Words(
        f"format model {found!r}, sedangkan Netra ini membaca format {read}",
        f"the model has format {found!r}, this Netra reads {read}",
    )


def other_library(name: str, wanted: object, here: str) -> Words:
    """Of a library that changes scores and has another version ``here``."""
    return Words(
        f"model memerlukan {name} {wanted}, yang terpasang {here}",
        f"the model needs {name} {wanted}, installed is {here}",
    )


def not_reproduced(wrong: int, count: int) -> Words:
    """Of golden predictions that come out otherwise here."""
    return Words(
        f"{wrong} dari {count} prediksi acuan tidak dihasilkan kembali",
        f"{wrong} of {count} golden predictions are not reproduced",
    )
