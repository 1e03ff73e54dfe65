"""What exactly is wrong with a model, in Indonesian: the errors themselves say it in English, for logs and ``--en``."""

from __future__ import annotations

import re
from typing import Final

#: Words of an error, with what differs between two of the kind, and the same in Indonesian.
_DETAILS: Final[tuple[tuple[str, str], ...]] = (
    (r"no model bundle named (.+)", "tidak ada bundel model bernama {}"),
    (
        r"no active model: models/ACTIVE is missing, unreadable or points nowhere",
        "tidak ada model aktif: models/ACTIVE tidak ada, tidak terbaca, atau tidak menunjuk ke bundel mana pun",
    ),
    (r"models/ACTIVE cannot be read", "models/ACTIVE tidak terbaca"),
    (
        r"the active model's manifest is not the one that was activated",
        "manifes model aktif bukan lagi manifes saat diaktifkan",
    ),
    (r"the model's manifest cannot be read", "manifes model tidak terbaca"),
    (r"the model's manifest is not a manifest", "manifes model tidak berisi manifes"),
    (r"the model's manifest does not name every file", "manifes model tidak menyebut semua berkas"),
    (r"the model's files do not fit together", "berkas-berkas model tidak cocok satu sama lain"),
    (r"the model's file (.+) is missing or unreadable", "berkas model {} tidak ada atau tidak terbaca"),
    (
        r"the model's file (.+) has another hash than the manifest",
        "sidik (SHA-256) berkas model {} berbeda dari yang ditulis manifes",
    ),
    (r"the model has format (.+), this Netra reads (.+)", "format model {}, sedangkan Netra ini membaca format {}"),
    (r"the model needs (\S+) (.+), installed is (.+)", "model memerlukan {} {}, yang terpasang {}"),
    (r"the model's golden predictions cannot be read", "prediksi acuan model tidak terbaca"),
    (r"the model has no golden predictions", "model tidak punya prediksi acuan"),
    (r"(.+) of (.+) golden predictions are not reproduced", "{} dari {} prediksi acuan tidak dihasilkan kembali"),
    (r"the model was changed while it was in use", "model berubah selagi dipakai"),
    (r"the model was not brought to this worker", "model tidak sampai ke proses penilai ini"),
    (r"the history knows no model before the active one", "riwayat tidak mengenal model sebelum yang aktif"),
    (
        r"the model before is not the one that was active: its manifest has changed",
        "model sebelumnya bukan lagi yang dulu aktif: manifesnya berubah",
    ),
    (r"the history of models cannot be read", "riwayat model tidak terbaca"),
    (r"line (.+) of the history of models cannot be read", "baris {} riwayat model tidak terbaca"),
    (
        r"line (.+) of the history of models does not follow on the line before",
        "baris {} riwayat model tidak menyambung baris sebelumnya",
    ),
)


def in_indonesian(detail: str) -> str:
    """The words of a model's error in Indonesian; as they are where nobody has translated them yet."""
    for pattern, told in _DETAILS:
        if found := re.fullmatch(pattern, detail, re.DOTALL):
            return told.format(*found.groups())
    return detail
